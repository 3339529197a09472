/** How the scores of two precisions differ: shift, histograms, and a range that has been squeezed. */

import type { BoxPair } from './box-matching.ts';
import type { ScoreShift, SqueezedScores } from './evaluation-result.ts';

export const histogramBins = 20;

/** Counts of scores from 0 to 1 in bins of equal width; 1 falls in the last. */
export function scoreHistogram(scores: Iterable<number>): number[] {
  const bins = new Array<number>(histogramBins).fill(0);
  for (const score of scores) {
    const bin = Math.min(Math.max(Math.floor(score * histogramBins), 0), histogramBins - 1);
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  return bins;
}

/** Value at a share of sorted numbers, linear between neighbours; `sorted` must not be empty. */
export function quantile(sorted: readonly number[], at: number): number {
  const place = at * (sorted.length - 1);
  const low = sorted[Math.floor(place)] ?? 0;
  const high = sorted[Math.ceil(place)] ?? 0;
  return low + (high - low) * (place - Math.floor(place));
}

const rising = (values: readonly number[]) => values.toSorted((a, b) => a - b);

export function scoreShift(pairs: readonly BoxPair[]): ScoreShift | null {
  if (pairs.length === 0) return null;
  const shifts = rising(pairs.map(({ reference, other }) => other.score - reference.score));
  return {
    pairs: shifts.length,
    mean: shifts.reduce((sum, shift) => sum + shift, 0) / shifts.length,
    p05: quantile(shifts, 0.05),
    p25: quantile(shifts, 0.25),
    p50: quantile(shifts, 0.5),
    p75: quantile(shifts, 0.75),
    p95: quantile(shifts, 0.95),
  };
}

/** Below this many pairs a decile says nothing. */
const leastPairs = 10;
/** An upper decile under this part of the reference's is a squeezed range; rounding to INT8 moves it far less. */
const squeezedBelow = 0.8;

/**
 * Tells scores that shrank while their boxes stayed (confidences that a quantized head pressed together) from boxes
 * that are gone, and finds the threshold that gives the other precision as many detections as the reference has.
 *
 * @param pairs boxes that both have, whatever the other's score.
 * @param referenceCount detections of the reference over its score threshold.
 * @param otherScores all scores of the other precision.
 */
export function squeezedScores(
  pairs: readonly BoxPair[],
  referenceCount: number,
  otherScores: readonly number[],
): SqueezedScores | null {
  if (pairs.length < leastPairs || pairs.length < referenceCount / 2) return null;
  const upperDecile = (values: readonly number[]) => quantile(rising(values), 0.9);
  const ratio =
    upperDecile(pairs.map(({ other }) => other.score)) /
    upperDecile(pairs.map(({ reference }) => reference.score));
  if (!(ratio < squeezedBelow)) return null;
  const falling = otherScores.toSorted((a, b) => b - a);
  const last = falling[Math.min(referenceCount, falling.length) - 1] ?? 0;
  // Rounded down, so that the detection which gave it still passes.
  return { ratio, suggestedThreshold: Math.floor(last * 1000) / 1000 };
}
