/** Whether more calibration images would change the ranges, in words. */

import { type ConvergencePoint, settledChange } from '../calibration/convergence.ts';
import { info, warning } from './notes.ts';
import type { Note } from './report.ts';
import { formatShare } from './report-html/figures.ts';

/** One sentence on the last doubling; null without a curve. */
export function describeConvergence(curve: readonly ConvergencePoint[]): string | null {
  const last = curve.at(-1);
  if (last === undefined) return null;
  const { previousImages, images, medianChange } = last;
  const moved = `Between ${previousImages} and ${images} images the median range moved by ${formatShare(medianChange)}`;
  return medianChange > settledChange
    ? `${moved}, more than ${formatShare(settledChange)}: more images are needed.`
    : `${moved}: more images of this kind change little.`;
}

export function notesOnConvergence(curve: readonly ConvergencePoint[] | null): Note[] {
  const last = curve?.at(-1);
  const sentence = curve && describeConvergence(curve);
  if (last === undefined || !sentence) return [];
  return last.medianChange > settledChange
    ? [
        warning(
          'ranges-unsettled',
          sentence,
          `Calibrate on ${2 * last.images} images or more (--calibration, --calibration-limit).`,
        ),
      ]
    : [info('ranges-settled', sentence)];
}
