/** What long work takes from its caller: a signal that cancels it and a listener that hears its progress. */

import { Failure } from './failure.ts';

export interface Progress {
  /** Share done, 0 to 1. */
  readonly value: number;
  /** What is being done now, e.g. `image 12 of 96`. */
  readonly description: string;
}

export interface WorkOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Throws a `cancelled` failure when the signal has been aborted. Call it between units of work under 0.5 s. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new Failure('cancelled', 'The run was cancelled.', 'Start it again when you are ready.');
  }
}

/** Progress of one of several weighted parts, as a share of the whole: part values map into [start, start + share]. */
export function partOfProgress(
  options: WorkOptions,
  start: number,
  share: number,
): ((progress: Progress) => void) | undefined {
  const report = options.onProgress;
  return report && ((p) => report({ value: start + share * p.value, description: p.description }));
}

/** Lets timers, messages and an abort arrive between units of synchronous work. */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * `work`, or the `cancelled` failure as soon as the signal is aborted. Not Promise.race with one promise for the abort:
 * that would keep every result alive until the end.
 */
export function orCancelled<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => {
      try {
        throwIfCancelled(signal);
      } catch (error) {
        reject(error);
      }
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
