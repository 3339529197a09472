/** Ctrl-C and its kin: the first asks the work to end, the second does not ask. */

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Lives while a command runs; `signal` aborts when the user interrupts. */
export class Interruption {
  readonly #controller = new AbortController();

  readonly #onSignal = (): void => {
    // Worker processes end by themselves when this process, their only peer, is gone.
    if (this.#controller.signal.aborted) process.exit(130);
    this.#controller.abort();
  };

  constructor() {
    for (const name of signals) process.on(name, this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    for (const name of signals) process.off(name, this.#onSignal);
  }
}
