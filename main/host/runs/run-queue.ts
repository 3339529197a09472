/** Runs what waits, one at a time, in the order in which it came. */

import { Failure } from '../../../core/base/failure.ts';
import { type Convert, executeRun } from './execute-run.ts';
import type { RunBook } from './run-book.ts';

interface Current {
  readonly id: string;
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

export class RunQueue {
  readonly #book: RunBook;
  readonly #convert: Convert | undefined;
  #current: Current | null = null;
  #closing = false;

  constructor(book: RunBook, convert?: Convert) {
    this.#book = book;
    this.#convert = convert;
  }

  /** Begins the next run, if none is under way. */
  wake(): void {
    const [id] = this.#book.queue;
    if (id === undefined || this.#current !== null || this.#closing) return;
    const controller = new AbortController();
    const reason = () => (this.#closing ? 'interrupted' : 'cancelled');
    const ended = executeRun(this.#book, id, { signal: controller.signal, reason }, this.#convert).finally(
      () => {
        this.#current = null;
        this.wake();
      },
    );
    this.#current = { id, controller, ended };
  }

  /**
   * Takes a run out of the queue, or ends it; resolves when it is over.
   * @throws Failure `bad-usage` when it is over already
   */
  async cancel(id: string): Promise<void> {
    const { state } = this.#book.get(id);
    if (this.#current?.id === id) {
      this.#current.controller.abort();
      await this.#current.ended;
    } else if (state === 'queued') {
      this.#book.change(id, { state: 'cancelled', finishedAt: new Date().toISOString() });
      this.#book.end(id, null);
    } else {
      throw new Failure('bad-usage', `The run ${id} is over (${state}).`, 'Nothing is left to cancel.');
    }
  }

  /** Ends what is under way as `interrupted` and begins nothing more; what waits stays queued for the next start. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#current?.controller.abort();
    await this.#current?.ended;
  }
}
