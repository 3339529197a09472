/** What a task gets besides its input. */

export interface TaskWork<Item = never> {
  readonly signal: AbortSignal;
  /** Sends a part of the result on its way. */
  emit(item: Item): void;
}
