/** Carries out one run of the book: its events coalesced, its files recorded, its end told apart. */

import { join } from 'node:path';
import type { RunEvent } from '../../../contract/events.ts';
import type { WireError } from '../../../contract/rpc/messages.ts';
import { isFailure } from '../../../core/base/failure.ts';
import { hashFile } from '../../../core/base/files.ts';
import { type ConversionOutcome, convert } from '../../../core/conversion/convert.ts';
import type { RunEvent as CoreEvent } from '../../../core/conversion/events.ts';
import type { Report } from '../../../core/conversion/report.ts';
import { parseSpecification } from '../../../core/conversion/specification.ts';
import type { RunBook } from './run-book.ts';
import type { RunFigure, RunFile } from './run-record.ts';

/** `convert`, or what stands for it in tests. */
export type Convert = typeof convert;

/** Twenty a second is as much as a person sees. */
const progressIntervalMs = 50;

/** Passes events on, progress at most every 50 ms; what comes in between is replaced by what comes later. */
export function coalesceProgress(tell: (event: CoreEvent) => void): {
  event(event: CoreEvent): void;
  flush(): void;
} {
  let latest: CoreEvent | null = null;
  let toldAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | null = null;
  const flush = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (latest === null) return;
    const event = latest;
    latest = null;
    toldAt = performance.now();
    tell(event);
  };
  return {
    event(event) {
      if (event.type !== 'progress') {
        flush();
        tell(event);
        return;
      }
      latest = event;
      const wait = toldAt + progressIntervalMs - performance.now();
      if (wait <= 0) flush();
      else timer ??= setTimeout(flush, wait);
    },
    flush,
  };
}

/** One line for each precision. */
export function figuresOf(report: Report): RunFigure[] {
  return report.results.map(({ precision, status, bytes, latencyMs, accuracy, agreement }) => ({
    precision,
    status,
    bytes,
    p50Ms: latencyMs.p50,
    map50: accuracy?.map50 ?? null,
    map5095: accuracy?.map5095 ?? null,
    matchedShare:
      agreement === null || agreement.referenceDetections === 0
        ? null
        : agreement.matched / agreement.referenceDetections,
  }));
}

export function errorOf(error: unknown): WireError {
  if (isFailure(error)) return { code: error.code, message: error.message, remedy: error.remedy };
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'internal',
    message: `Engine Room made a mistake: ${message.split('\n')[0] ?? ''}`,
    remedy: 'Repeat the run; if it happens again, report it with the log of the host.',
  };
}

/** Hashes of the files as the run left them, for `engines.verify`. */
async function hashFiles(out: string, names: readonly string[], report: Report): Promise<RunFile[]> {
  const known = new Map(report.results.map(({ engine, sha256 }) => [engine, sha256]));
  const files: RunFile[] = [];
  for (const name of names) {
    files.push({ name, sha256: known.get(name) ?? (await hashFile(join(out, name))) });
  }
  return files;
}

async function finish(book: RunBook, id: string, outcome: ConversionOutcome): Promise<void> {
  const { out, files } = book.get(id);
  const { report, reportPath, htmlPath, verdict } = outcome;
  const hashed = await hashFiles(
    out,
    files.map(({ name }) => name),
    report,
  );
  // A check that failed is the last event before the report, as it is with --json.
  const error = verdict === null ? null : errorOf(verdict);
  if (error !== null) book.event(id, { type: 'error', ...error });
  // What core writes as its report is what the contract's schema describes (main/cli/contract.test.ts).
  const shown = report as unknown as Extract<RunEvent, { type: 'report' }>['report'];
  book.finish(
    id,
    {
      state: 'done',
      finishedAt: new Date().toISOString(),
      progress: 1,
      step: null,
      secondsLeft: null,
      error,
      figures: figuresOf(report),
      files: hashed,
    },
    shown,
  );
  book.end(id, { type: 'report', path: reportPath, htmlPath, report: shown });
}

/**
 * Runs one queued run to its end, whatever that is; never rejects.
 * @param reason after an abort: what the run becomes, `cancelled` by its user or `interrupted` by the host's end
 */
export async function executeRun(
  book: RunBook,
  id: string,
  work: { readonly signal: AbortSignal; readonly reason: () => 'cancelled' | 'interrupted' },
  convertModel: Convert = convert,
): Promise<void> {
  book.change(id, { state: 'running', progress: 0, step: 'Look for the images' });
  const progress = coalesceProgress((event) => book.event(id, event as RunEvent));
  try {
    const outcome = await convertModel(parseSpecification(book.get(id).specification), {
      id,
      signal: work.signal,
      onEvent: progress.event,
      onPublish(name) {
        const { files } = book.get(id);
        // Ranges may be published again by a run that was repeated into the same folder.
        book.change(id, { files: [...files.filter((file) => file.name !== name), { name, sha256: null }] });
      },
    });
    progress.flush();
    await finish(book, id, outcome);
  } catch (thrown) {
    progress.flush();
    const error = errorOf(thrown);
    const cancelled = work.signal.aborted && error.code === 'cancelled';
    book.event(id, { type: 'error', ...error });
    book.change(id, {
      state: cancelled ? work.reason() : 'failed',
      finishedAt: new Date().toISOString(),
      step: null,
      secondsLeft: null,
      error,
    });
    book.end(id, null);
  }
}
