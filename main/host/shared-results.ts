/** Results of costly work by key: computed once for all who ask at the same time, the latest few kept. */

import { orCancelled, throwIfCancelled } from '../../core/base/work.ts';

interface Pending<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

export class SharedResults<T> {
  readonly #kept = new Map<string, T>();
  readonly #pending = new Map<string, Pending<T>>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * The result under `key`; `compute` runs when there is none. It is aborted when everybody who waits for it has
   * cancelled; failures are not kept.
   */
  async get(key: string, signal: AbortSignal, compute: (signal: AbortSignal) => Promise<T>): Promise<T> {
    throwIfCancelled(signal);
    const kept = this.#kept.get(key);
    if (kept !== undefined) {
      this.#keep(key, kept);
      return kept;
    }
    const pending = this.#pending.get(key) ?? this.#start(key, compute);
    pending.waiting++;
    try {
      return await orCancelled(pending.result, signal);
    } finally {
      if (--pending.waiting === 0) pending.controller.abort();
    }
  }

  forget(key: string): void {
    this.#kept.delete(key);
  }

  #start(key: string, compute: (signal: AbortSignal) => Promise<T>): Pending<T> {
    const controller = new AbortController();
    const result = compute(controller.signal).then((value) => {
      this.#keep(key, value);
      return value;
    });
    const pending = { result, controller, waiting: 0 };
    this.#pending.set(key, pending);
    const forget = (): void => {
      if (this.#pending.get(key) === pending) this.#pending.delete(key);
    };
    result.then(forget, forget);
    // Nobody new may join what is being aborted.
    controller.signal.addEventListener('abort', forget, { once: true });
    return pending;
  }

  #keep(key: string, value: T): void {
    this.#kept.delete(key);
    this.#kept.set(key, value);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#limit) break;
      this.#kept.delete(oldest);
    }
  }
}
