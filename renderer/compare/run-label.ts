/** A run in a few words, alike in every list of runs. */

import type { RunSummary } from './report-parts.ts';

/** `parts · 24 Nov, 12:18`; the year only when it is another one than this. */
export function runLabel(run: Pick<RunSummary, 'modelName' | 'createdAt'>, now = new Date()): string {
  return `${modelTitle(run.modelName)} \u00b7 ${momentLabel(run.createdAt, now)}`;
}

/** A model's file name without `.onnx`. */
export function modelTitle(modelName: string): string {
  return modelName.replace(/\.onnx$/i, '');
}

/** The label with seconds where another run of the model began in the same minute. */
export function distinctLabel(run: RunSummary, runs: readonly RunSummary[], now = new Date()): string {
  const label = runLabel(run, now);
  const minute = run.createdAt.slice(0, 16);
  const alike = runs.some(
    (other) => other.id !== run.id && other.modelName === run.modelName && other.createdAt.startsWith(minute),
  );
  const seconds = new Date(run.createdAt).getSeconds();
  return !alike ? label : `${label}:${String(seconds).padStart(2, '0')}`;
}

export function momentLabel(iso: string, now = new Date()): string {
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) return iso;
  const year = moment.getFullYear() === now.getFullYear() ? {} : ({ year: 'numeric' } as const);
  return moment.toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    ...year,
  });
}

const stateWords: Readonly<Record<RunSummary['state'], string>> = {
  queued: 'waiting',
  running: 'running',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
  interrupted: 'interrupted',
};

/** `FP32 FP16 INT8`, or the state of a run that has nothing to show. */
export function runHint({ state, figures }: Pick<RunSummary, 'state' | 'figures'>): string {
  const names = figures.map(({ precision, status }) =>
    status === 'ok' ? precision.toUpperCase() : `${precision.toUpperCase()} (${status.replace('-', ' ')})`,
  );
  if (names.length === 0) return stateWords[state];
  return state === 'done' ? names.join(', ') : `${names.join(', ')} \u00b7 ${stateWords[state]}`;
}
