/** Runs: submitted, queued, carried out, followed, repeated and removed; kept in the store whatever happens. */

import { basename, dirname, join } from 'node:path';
import type { RunEvent } from '../../../contract/events.ts';
import type { runProcedures, runStreams } from '../../../contract/procedures/runs.ts';
import type { Report } from '../../../contract/report-schema.ts';
import type { HandlersOf, StreamHandlersOf } from '../../../contract/rpc/handlers.ts';
import { Failure } from '../../../core/base/failure.ts';
import { newRunId } from '../../../core/conversion/run-folder.ts';
import type { ServiceContext } from '../service.ts';
import type { Convert } from './execute-run.ts';
import { commandFor, prepareSpecification } from './prepare-specification.ts';
import { RunBook } from './run-book.ts';
import { removeFiles, removeLeftOvers } from './run-files.ts';
import { createRunImages } from './run-images.ts';
import { RunQueue } from './run-queue.ts';
import type { RunRecord, RunSummary } from './run-record.ts';
import type { RunStore } from './run-store.ts';

export interface RunServiceContext extends ServiceContext {
  readonly store: RunStore;
  /** Where a run goes whose client names no output folder: a folder of its own below this one. */
  readonly outputFolder: string;
  /** Hears that something could not be kept. */
  readonly onStoreError: (error: unknown) => void;
  readonly convert?: Convert | undefined;
  /** Engines of a run that were moved aside go with it. */
  readonly onRemove: (run: string) => Promise<void>;
}

export interface RunService {
  readonly procedures: HandlersOf<keyof typeof runProcedures>;
  readonly streams: StreamHandlersOf<keyof typeof runStreams>;
  readonly book: RunBook;
  /** @throws Failure `bad-input` for a run without report */
  report(id: string): Report;
  /** Path of an image of a run's validation set, allowed by the policy. */
  imagePath(id: string, index: number): Promise<string>;
  /** Ends the run that is under way. */
  close(): Promise<void>;
}

const interrupted = {
  code: 'worker-lost',
  message: 'Engine Room ended in the middle of this run.',
  remedy: 'Repeat it: ranges that were measured are used again.',
} as const;

/** Runs that were under way when the last host ended. */
async function markInterrupted(book: RunBook, store: RunStore): Promise<void> {
  const cutOff = book.records.filter(({ state }) => state === 'running');
  for (const { id } of cutOff) {
    store.appendEvent(id, store.events(id).length + 1, { type: 'error', ...interrupted });
    book.change(id, {
      state: 'interrupted',
      finishedAt: new Date().toISOString(),
      step: null,
      secondsLeft: null,
      error: interrupted,
    });
  }
  await removeLeftOvers(cutOff);
}

export async function createRunService(context: RunServiceContext): Promise<RunService> {
  const { store, paths, outputFolder } = context;
  const book = new RunBook(store, context.onStoreError);
  await markInterrupted(book, store);
  const queue = new RunQueue(book, context.convert);
  const images = createRunImages();

  const submit = async (specification: Readonly<Record<string, unknown>>): Promise<RunSummary> => {
    const createdAt = new Date().toISOString();
    const id = newRunId(createdAt);
    const prepared = await prepareSpecification(specification, join(outputFolder, id), paths);
    const record: RunRecord = {
      id,
      state: 'queued',
      createdAt,
      finishedAt: null,
      modelName: basename(prepared.model),
      modelPath: prepared.model,
      out: prepared.out,
      specification: { ...prepared },
      progress: 0,
      step: null,
      secondsLeft: null,
      error: null,
      figures: [],
      files: [],
    };
    book.add(record);
    queue.wake();
    return book.summary(id);
  };

  const report = (id: string): Report => {
    book.get(id);
    const found = book.report(id);
    if (found === null) {
      throw new Failure(
        'bad-input',
        `The run ${id} has no report.`,
        'Only a finished run has one; repeat it.',
      );
    }
    return found;
  };

  const lastWord = (id: string): RunEvent | null => {
    const found = book.report(id);
    const { out } = book.get(id);
    if (found === null) return null;
    const [path, htmlPath] = [join(out, 'report.json'), join(out, 'report.html')];
    return { type: 'report', path, htmlPath, report: found };
  };

  queue.wake();
  return {
    book,
    report,
    imagePath: async (id, index) => paths.check(await images.path(book.get(id), index)),
    close: () => queue.close(),
    procedures: {
      'runs.submit': ({ specification }) => submit(specification),
      'runs.list': async () => ({ runs: book.records.map(({ id }) => book.summary(id)) }),
      'runs.get': async ({ id }) => ({
        summary: book.summary(id),
        specification: book.get(id).specification,
        report: book.report(id),
        log: book.log(id),
      }),
      'runs.cancel': async ({ id }) => {
        await queue.cancel(id);
        return {};
      },
      'runs.repeat': async ({ id }) => {
        const { specification, out, state } = book.get(id);
        const isOwnFolder = dirname(out) === outputFolder;
        // What is finished stays beside its repetition; what is not leaves its ranges to it.
        const kept = isOwnFolder && state === 'done' ? undefined : out;
        return submit({ ...specification, out: kept });
      },
      'runs.remove': async ({ id }) => {
        const run = book.get(id);
        if (run.state === 'running' || run.state === 'queued') {
          throw new Failure('bad-usage', `The run ${id} is not over.`, 'Cancel it first.');
        }
        book.remove(id);
        await context.onRemove(id);
        await removeFiles(run, book.records);
        return {};
      },
      'runs.command': async ({ specification }) => ({ command: commandFor(specification, outputFolder) }),
      'runs.images': async ({ id, precision, offset, limit }) =>
        images.compared(book.get(id), precision, offset, limit),
      'runs.detections': async ({ id, index }) => images.detections(book.get(id), index),
    },
    streams: {
      'runs.watch': (_, { signal }) => book.watch(signal),
      'runs.follow': ({ id }, { signal }) => {
        book.get(id);
        return book.follow(id, signal, lastWord);
      },
    },
  };
}
