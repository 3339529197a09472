/** All runs as the host knows them: in memory for answering, in the store for keeping, and told to whoever watches. */

import type { RunEvent } from '../../../contract/events.ts';
import type { Report } from '../../../contract/report-schema.ts';
import { Failure } from '../../../core/base/failure.ts';
import { Broadcast } from './broadcast.ts';
import { type RunRecord, type RunSummary, summaryOf } from './run-record.ts';
import type { RunChange, RunStore } from './run-store.ts';

type Progress = Extract<RunEvent, { type: 'progress' }>;

/** A run that waits or goes on: its events so far, the last of its progress, and who follows it. */
interface LiveRun {
  readonly events: RunEvent[];
  progress: Progress | null;
  readonly followers: Broadcast<RunEvent>;
}

/** Progress goes to the disk this often: after a crash nobody misses the rest. */
const keptProgressMs = 1000;

export class RunBook {
  readonly #store: RunStore;
  readonly #onStoreError: (error: unknown) => void;
  readonly #records = new Map<string, RunRecord>();
  readonly #live = new Map<string, LiveRun>();
  readonly #watchers = new Broadcast<RunSummary>();
  #keptProgressAt = 0;

  /** @param onStoreError hears that something could not be kept (a full disk); the run goes on all the same */
  constructor(store: RunStore, onStoreError: (error: unknown) => void) {
    this.#store = store;
    this.#onStoreError = onStoreError;
    for (const record of store.list()) {
      this.#records.set(record.id, record);
      if (record.state === 'queued') this.#open(record.id, store.events(record.id));
    }
  }

  /** Oldest first. */
  get records(): readonly RunRecord[] {
    return [...this.#records.values()];
  }

  /** Ids of the runs that wait, the next first. */
  get queue(): readonly string[] {
    return this.records.filter(({ state }) => state === 'queued').map(({ id }) => id);
  }

  /** @throws Failure `bad-input` when there is no such run */
  get(id: string): RunRecord {
    const record = this.#records.get(id);
    if (record === undefined) {
      throw new Failure('bad-input', `There is no run ${id}.`, 'It was removed; choose one of the list.');
    }
    return record;
  }

  summary(id: string): RunSummary {
    return this.#summaryOf(this.get(id), this.queue);
  }

  /** @throws what the store throws: a run that is not kept is not begun */
  add(record: RunRecord): void {
    this.#store.add(record);
    this.#records.set(record.id, record);
    this.#open(record.id, []);
    this.#tell(record.id);
  }

  /** Changes a run and tells of it. */
  change(id: string, change: RunChange): void {
    this.#apply(id, change, () => this.#store.update(id, change));
  }

  /** The end of a run with a report. */
  finish(id: string, change: RunChange, report: Report): void {
    this.#apply(id, change, () => this.#store.finish(id, change, report));
  }

  /** What happens in a run; progress is kept as the latest only. */
  event(id: string, event: RunEvent): void {
    const live = this.#live.get(id);
    if (live === undefined) throw new Error(`the run ${id} is over`);
    if (event.type === 'progress') {
      live.progress = event;
      live.followers.publish(event, 'progress');
      this.#progress(id, event);
      return;
    }
    live.events.push(event);
    this.#keep(() => this.#store.appendEvent(id, live.events.length, event));
    live.followers.publish(event);
  }

  /** The last word to those who follow; nothing more comes of this run. */
  end(id: string, last: RunEvent | null): void {
    const live = this.#live.get(id);
    if (last !== null) live?.followers.publish(last);
    live?.followers.finish();
    this.#live.delete(id);
  }

  /** Events without progress, oldest first, and the latest progress of a run that goes on. */
  log(id: string): RunEvent[] {
    const live = this.#live.get(id);
    if (live === undefined) return this.#store.events(id);
    return live.progress === null ? [...live.events] : [...live.events, live.progress];
  }

  report(id: string): Report | null {
    return this.#store.report(id);
  }

  remove(id: string): void {
    this.#store.remove(id);
    const record = this.get(id);
    this.#records.delete(id);
    this.end(id, null);
    this.#watchers.publish({ ...summaryOf(record, null), removed: true }, id);
  }

  /** Every change of any run, the present state of all first. */
  watch(signal: AbortSignal): AsyncIterable<RunSummary> {
    const queue = this.queue;
    return this.#watchers.subscribe(
      this.records.map((record) => this.#summaryOf(record, queue)),
      signal,
    );
  }

  /**
   * What has happened in a run, then what happens.
   * @param last the last word on a run that is over
   */
  follow(id: string, signal: AbortSignal, last: (id: string) => RunEvent | null): AsyncIterable<RunEvent> {
    const live = this.#live.get(id);
    if (live !== undefined) return live.followers.subscribe(this.log(id), signal);
    const end = last(id);
    const events = end === null ? this.log(id) : [...this.log(id), end];
    return (async function* () {
      yield* events;
    })();
  }

  #open(id: string, events: readonly RunEvent[]): void {
    this.#live.set(id, { events: [...events], progress: null, followers: new Broadcast() });
  }

  #apply(id: string, change: RunChange, keep: () => void): void {
    const before = this.get(id);
    const waiting = this.queue;
    this.#records.set(id, { ...before, ...change });
    this.#keep(keep);
    this.#tell(id);
    // Whoever waits moves up.
    if (change.state !== undefined && before.state === 'queued') {
      for (const other of waiting) if (other !== id) this.#tell(other);
    }
  }

  #progress(id: string, { value, description, secondsLeft }: Progress): void {
    const change = { progress: value, step: description, secondsLeft };
    this.#records.set(id, { ...this.get(id), ...change });
    const now = performance.now();
    if (now - this.#keptProgressAt >= keptProgressMs) {
      this.#keptProgressAt = now;
      this.#keep(() => this.#store.update(id, change));
    }
    this.#tell(id);
  }

  #keep(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#onStoreError(error);
    }
  }

  #tell(id: string): void {
    this.#watchers.publish(this.summary(id), id);
  }

  #summaryOf(record: RunRecord, queue: readonly string[]): RunSummary {
    const position = queue.indexOf(record.id);
    return summaryOf(record, position < 0 ? null : position);
  }
}
