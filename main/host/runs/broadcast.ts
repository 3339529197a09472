/** Hands what happens to any number of listeners, each at its own pace; news of one thing replaces older news of it. */

interface Entry<T> {
  readonly item: T;
  /** Null: never replaced. */
  readonly key: string | null;
}

class Listener<T> {
  #pending: Entry<T>[] = [];
  #wake: (() => void) | null = null;
  #ended = false;

  push(item: T, key: string | null): void {
    if (this.#ended) return;
    const stale = key === null ? -1 : this.#pending.findIndex((entry) => entry.key === key);
    // The newer one goes to the end, where it belongs in time.
    if (stale >= 0) this.#pending.splice(stale, 1);
    this.#pending.push({ item, key });
    this.#wake?.();
  }

  /** No more comes; what is pending is still read. */
  finish(): void {
    this.#ended = true;
    this.#wake?.();
  }

  cancel(): void {
    this.#pending = [];
    this.finish();
  }

  async *items(onLeave: () => void): AsyncGenerator<T> {
    try {
      for (;;) {
        const next = this.#pending.shift();
        if (next !== undefined) yield next.item;
        else if (this.#ended) return;
        else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
          this.#wake = null;
        }
      }
    } finally {
      onLeave();
    }
  }
}

export class Broadcast<T> {
  readonly #listeners = new Set<Listener<T>>();

  /** @param key items of one key that a listener has not read yet are replaced by the newest */
  publish(item: T, key: string | null = null): void {
    for (const listener of this.#listeners) listener.push(item, key);
  }

  /**
   * Listens from now on, also before the first item is asked for.
   * @param earlier what the listener gets first
   * @param signal ends it
   */
  subscribe(earlier: readonly T[], signal: AbortSignal): AsyncIterable<T> {
    const listener = new Listener<T>();
    for (const item of earlier) listener.push(item, null);
    const leave = (): void => {
      this.#listeners.delete(listener);
      signal.removeEventListener('abort', cancel);
    };
    const cancel = (): void => {
      listener.cancel();
      leave();
    };
    if (signal.aborted) listener.cancel();
    else {
      this.#listeners.add(listener);
      signal.addEventListener('abort', cancel, { once: true });
    }
    return listener.items(leave);
  }

  /** Ends all listeners once they have read what is pending. */
  finish(): void {
    for (const listener of this.#listeners) listener.finish();
    this.#listeners.clear();
  }
}
