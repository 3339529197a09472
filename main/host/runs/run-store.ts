/** Runs on disk, in one SQLite file: whatever ends the host, what was written before is there again afterwards. */

import { DatabaseSync, type SqlValue } from 'node:sqlite';
import { deflateSync, inflateSync } from 'node:zlib';
import { z } from 'zod';
import { eventSchema, type RunEvent } from '../../../contract/events.ts';
import { type Report, reportSchema } from '../../../contract/report-schema.ts';
import { Failure } from '../../../core/base/failure.ts';
import { type RunRecord, runRecordSchema } from './run-record.ts';
import { migrate } from './store-schema.ts';

/** Fields of a record that change after it was made, with their columns. */
const columns = {
  state: 'state',
  finishedAt: 'finished_at',
  progress: 'progress',
  step: 'step',
  secondsLeft: 'seconds_left',
  error: 'error',
  figures: 'figures',
  files: 'files',
} as const;

export type RunChange = Partial<Pick<RunRecord, keyof typeof columns>>;

const removedEngineSchema = z
  .object({
    id: z.string(),
    removedAt: z.string(),
    /** The folder that they came from, and the one that holds them now. */
    origin: z.string(),
    folder: z.string(),
    files: z.array(z.string()).readonly(),
  })
  .readonly();
export type RemovedEngine = z.infer<typeof removedEngineSchema>;

function toColumn(value: unknown): SqlValue {
  if (value === null || typeof value === 'number' || typeof value === 'string') return value;
  return JSON.stringify(value);
}

function parseJson(text: unknown): unknown {
  return typeof text === 'string' ? JSON.parse(text) : null;
}

function recordOf(row: Record<string, unknown>): RunRecord {
  return runRecordSchema.parse({
    id: row.id,
    state: row.state,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
    modelName: row.model_name,
    modelPath: row.model_path,
    out: row.out,
    specification: parseJson(row.specification),
    progress: row.progress,
    step: row.step,
    secondsLeft: row.seconds_left,
    error: parseJson(row.error),
    figures: parseJson(row.figures),
    files: parseJson(row.files),
  });
}

function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    // The lock is the operating system's and ends with the process, so a killed host leaves none behind.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    database.exec('PRAGMA foreign_keys = ON; BEGIN EXCLUSIVE; COMMIT;');
    migrate(database, path);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** What SQLite says of a file, as a sentence. */
function storeFailure(error: unknown, path: string): unknown {
  const text = error instanceof Error ? error.message : String(error);
  if (/locked|busy/i.test(text)) {
    return new Failure(
      'not-writable',
      `The run store ${path} is in use by another Engine Room.`,
      'Use that one, end it, or give this one a folder of its own with --data-dir.',
      { cause: error },
    );
  }
  if (/is full/i.test(text)) {
    return new Failure(
      'disk-full',
      `No space is left to write ${path}.`,
      'Free some space on that disk, or start with another --data-dir.',
      { cause: error },
    );
  }
  if (/not a database|malformed/i.test(text)) {
    return new Failure(
      'bad-input',
      `${path} is damaged or no run store.`,
      'Move it away, or start with another --data-dir; engines and reports are not in it and stay.',
      { cause: error },
    );
  }
  if (/unable to open|readonly/i.test(text)) {
    return new Failure(
      'not-writable',
      `The run store ${path} cannot be written.`,
      'Start with another --data-dir.',
      { cause: error },
    );
  }
  return error;
}

export class RunStore {
  readonly #database: DatabaseSync;
  readonly #path: string;

  private constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
  }

  /**
   * Opens or makes the store and keeps it for itself.
   * @throws Failure when another host has it, when it is damaged, newer, or cannot be written
   */
  static open(path: string): RunStore {
    try {
      return new RunStore(openDatabase(path), path);
    } catch (error) {
      throw storeFailure(error, path);
    }
  }

  /** @throws Failure `disk-full`, as all that write do */
  add(record: RunRecord): void {
    this.#write(
      `INSERT INTO runs (id, state, created_at, finished_at, model_name, model_path, out, specification, error, figures, files)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      record.id,
      record.state,
      record.createdAt,
      record.finishedAt,
      record.modelName,
      record.modelPath,
      record.out,
      JSON.stringify(record.specification),
      toColumn(record.error),
      JSON.stringify(record.figures),
      JSON.stringify(record.files),
    );
  }

  update(id: string, change: RunChange): void {
    const fields = Object.entries(change) as [keyof RunChange, unknown][];
    if (fields.length === 0) return;
    const sets = fields.map(([field]) => `${columns[field]} = ?`).join(', ');
    this.#write(`UPDATE runs SET ${sets} WHERE id = ?`, ...fields.map(([, value]) => toColumn(value)), id);
  }

  /** The end of a run that has a report, in one transaction. */
  finish(id: string, change: RunChange, report: Report): void {
    this.#database.exec('BEGIN');
    try {
      this.update(id, change);
      this.#write('UPDATE runs SET report = ? WHERE id = ?', deflateSync(JSON.stringify(report)), id);
      this.#database.exec('COMMIT');
    } catch (error) {
      try {
        this.#database.exec('ROLLBACK');
      } catch {
        // A full disk has rolled it back already.
      }
      throw storeFailure(error, this.#path);
    }
  }

  /** All runs in the order in which they were submitted. */
  list(): RunRecord[] {
    return this.#database
      .prepare(
        `SELECT id, state, created_at, finished_at, model_name, model_path, out, specification, progress, step,
                seconds_left, error, figures, files
         FROM runs ORDER BY rowid`,
      )
      .all()
      .map(recordOf);
  }

  /** Null for a run that is not done, and for a report of an older version that is not read any more. */
  report(id: string): Report | null {
    const report = this.#database.prepare('SELECT report FROM runs WHERE id = ?').get(id)?.report;
    if (!(report instanceof Uint8Array)) return null;
    const read = reportSchema.safeParse(JSON.parse(inflateSync(report).toString('utf8')));
    return read.success ? read.data : null;
  }

  appendEvent(run: string, sequence: number, event: RunEvent): void {
    this.#write(
      'INSERT INTO events (run, sequence, event) VALUES (?, ?, ?)',
      run,
      sequence,
      JSON.stringify(event),
    );
  }

  events(run: string): RunEvent[] {
    return this.#database
      .prepare('SELECT event FROM events WHERE run = ? ORDER BY sequence')
      .all(run)
      .map(({ event }) => eventSchema.parse(parseJson(event)));
  }

  /** Forgets a run with its events; its files are not the store's. */
  remove(id: string): void {
    this.#write('DELETE FROM runs WHERE id = ?', id);
  }

  /** Engines that were moved aside, the first first; also those that have been forgotten. */
  removedEngines(): RemovedEngine[] {
    return this.#database
      .prepare('SELECT id, removed_at, origin, folder, files FROM removed_engines ORDER BY removed_at')
      .all()
      .map(({ id, removed_at, origin, folder, files }) =>
        removedEngineSchema.parse({ id, removedAt: removed_at, origin, folder, files: parseJson(files) }),
      );
  }

  addRemovedEngine({ id, removedAt, origin, folder, files }: RemovedEngine): void {
    this.#write(
      'INSERT INTO removed_engines (id, removed_at, origin, folder, files) VALUES (?, ?, ?, ?, ?)',
      id,
      removedAt,
      origin,
      folder,
      JSON.stringify(files),
    );
  }

  forgetRemovedEngine(id: string): void {
    this.#write('DELETE FROM removed_engines WHERE id = ?', id);
  }

  #write(statement: string, ...values: SqlValue[]): void {
    try {
      this.#database.prepare(statement).run(...values);
    } catch (error) {
      throw storeFailure(error, this.#path);
    }
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}
