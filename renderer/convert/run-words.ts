/** A run in words: how it stands, what came out of it, and what a screen reader is told while it goes on. */

import { formatDuration, formatShare } from '../design/format.ts';
import { precisionName } from '../design/precision.ts';
import type { RunFigure, RunSummary } from './run-types.ts';

/** Two medians closer than this are not told apart without the spread behind them, which a summary does not carry. */
const equalWithin = 0.05;

function speedWords(ratio: number): string {
  if (Math.abs(ratio - 1) < equalWithin) return 'about as fast as FP32';
  const times = ratio > 1 ? ratio : 1 / ratio;
  return `${times.toFixed(times < 1.1 ? 2 : 1)} times ${ratio > 1 ? 'faster' : 'slower'}`;
}

function accuracyWords(figure: RunFigure, reference: RunFigure): string | null {
  if (figure.map5095 !== null && reference.map5095 !== null) {
    const points = Math.round((figure.map5095 - reference.map5095) * 1000) / 10;
    if (points === 0) return 'same mAP';
    const size = Math.abs(points);
    return `${size.toFixed(1)} ${size === 1 ? 'point' : 'points'} of mAP ${points < 0 ? 'lost' : 'gained'}`;
  }
  return figure.matchedShare === null
    ? null
    : `${formatShare(figure.matchedShare)} of FP32’s boxes found again`;
}

export interface FigureWords {
  readonly precision: RunFigure['precision'];
  readonly good: boolean;
  readonly words: string;
}

/** One line for each precision beside FP32: `INT8: 2.1 times faster, 0.4 points of mAP lost, 27.1 % of the size`. */
export function figureWords(figures: readonly RunFigure[]): readonly FigureWords[] {
  const reference = figures.find(({ precision }) => precision === 'fp32');
  return figures
    .filter(({ precision }) => precision !== 'fp32')
    .map((figure) => {
      const { precision, status } = figure;
      if (status === 'detections-lost') {
        return { precision, good: false, words: 'not usable: more than half of FP32’s detections are gone' };
      }
      if (status === 'non-finite') {
        return { precision, good: false, words: 'not usable: its outputs hold NaN or infinite values' };
      }
      const parts: (string | null)[] =
        reference === undefined
          ? []
          : [
              reference.p50Ms > 0 && figure.p50Ms > 0 ? speedWords(reference.p50Ms / figure.p50Ms) : null,
              accuracyWords(figure, reference),
              reference.bytes > 0 ? `${formatShare(figure.bytes / reference.bytes)} of the size` : null,
            ];
      if (status === 'dropped') parts.push('not kept, because it is not as much faster as you asked for');
      return { precision, good: status === 'ok', words: parts.filter((part) => part !== null).join(', ') };
    });
}

/** `figureWords` as one sentence for lists and announcements. */
export function summaryWords(figures: readonly RunFigure[]): string {
  const words = figureWords(figures).map(({ precision, words }) => `${precisionName(precision)}: ${words}`);
  return words.length === 0 ? 'FP32 only' : words.join('; ');
}

/** `about 40 s left`, rounded so that it does not flicker; empty while nothing is known. */
export function timeLeftWords(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds) || seconds < 0.5) return '';
  const step = seconds < 20 ? 1 : seconds < 90 ? 5 : 60;
  return `about ${formatDuration(Math.max(1, Math.round(seconds / step) * step))} left`;
}

export const stateNames: Readonly<Record<RunSummary['state'], string>> = {
  queued: 'Waiting',
  running: 'Running',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
  interrupted: 'Interrupted',
};

/** A run that went to its end but lost detections or missed what was demanded of it: never shown as plainly done. */
export function missedCheck(run: RunSummary): RunSummary['error'] {
  return run.state === 'done' ? run.error : null;
}

/** The name of a run's state as a tag shows it. */
export function stateName(run: RunSummary): string {
  return missedCheck(run) === null ? stateNames[run.state] : 'Check failed';
}

/** How a run stands, in a line. */
export function standingWords(run: RunSummary): string {
  switch (run.state) {
    case 'queued':
      return run.queuePosition === null || run.queuePosition === 0
        ? 'Next in the queue'
        : `${run.queuePosition} before it in the queue`;
    case 'running': {
      const parts = [`${Math.floor(run.progress * 100)} %`, run.step, timeLeftWords(run.secondsLeft)];
      return parts.filter((part) => part !== null && part !== '').join(', ');
    }
    case 'done':
      return missedCheck(run)?.message ?? summaryWords(run.figures);
    case 'failed':
      return run.error?.message ?? 'It failed without saying why';
    case 'cancelled':
      return 'Cancelled before it was done';
    case 'interrupted':
      return 'The host stopped while it ran';
  }
}

/** What a screen reader hears of a run that goes on: spoken when it differs from what was said last. */
export function announcementOf(run: RunSummary): string {
  switch (run.state) {
    case 'running': {
      // In tenths, so that it is not said at every per cent.
      const tenths = Math.floor(run.progress * 10) * 10;
      return `${run.modelName}: ${run.step ?? 'starting'}, ${tenths} per cent`;
    }
    case 'queued':
      return `${run.modelName}: waiting`;
    case 'done': {
      const missed = missedCheck(run);
      return missed === null
        ? `${run.modelName}: done. ${summaryWords(run.figures)}`
        : `${run.modelName}: check failed. ${missed.message}`;
    }
    case 'failed':
      return `${run.modelName}: failed. ${run.error?.message ?? ''}`;
    default:
      return `${run.modelName}: ${stateNames[run.state].toLowerCase()}`;
  }
}
