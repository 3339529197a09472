/** Ends the app: asks while runs are in progress, then ends the host, and leaves no process behind. */

export interface QuittingApp {
  on(event: 'before-quit' | 'will-quit', listener: (event: { preventDefault(): void }) => void): unknown;
  quit(): void;
}

export interface QuittingOptions {
  readonly app: QuittingApp;
  /** Runs that would be lost. */
  readonly activeRuns: () => number;
  /** Asks the user; true to end the runs. */
  readonly confirm: (runs: number) => Promise<boolean>;
  /** Ends the host; resolves when its process is gone. */
  readonly stopHost: () => Promise<void>;
}

/** Decides whether windows may close and the app may end. */
export class Quitting {
  readonly #options: QuittingOptions;
  #agreed = false;
  #asking = false;
  #stopped = false;

  constructor(options: QuittingOptions) {
    this.#options = options;
    const { app } = options;
    app.on('before-quit', (event) => this.hold(event));
    app.on('will-quit', (event) => {
      if (this.#stopped) return;
      event.preventDefault();
      void options.stopHost().then(() => {
        this.#stopped = true;
        app.quit();
      });
    });
  }

  /** Quits without asking: the system or the developer ends the app. */
  force(): void {
    this.#agreed = true;
    this.#options.app.quit();
  }

  /** Stops an event that would end the app while runs are in progress, and asks; quits when the user agrees. */
  hold(event: { preventDefault(): void }): void {
    const runs = this.#options.activeRuns();
    if (this.#agreed || runs === 0) return;
    event.preventDefault();
    if (this.#asking) return;
    this.#asking = true;
    void this.#options.confirm(runs).then((agreed) => {
      this.#asking = false;
      if (agreed) this.force();
    });
  }
}
