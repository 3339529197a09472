/** From activation statistics to one symmetric int8 range for each tensor. */

import type { RangeMethod } from '../../native/calibrate/index.ts';
import { Failure } from '../base/failure.ts';
import type { ActivationStatistics } from './statistics.ts';

export { type RangeMethod, rangeMethods } from '../../native/calibrate/index.ts';

export interface CalibrationMethod {
  readonly method: RangeMethod;
  /** For `percentile`: the share of all values, in per cent, that the range covers; in (0, 100]. */
  readonly percentile?: number | undefined;
}

/** One tensor's range: [-threshold, threshold] is mapped to [-127, 127]. */
export interface CalibrationRange {
  readonly tensor: string;
  /** The least and largest value and the largest magnitude that were observed. */
  readonly min: number;
  readonly max: number;
  readonly absMax: number;
  /** What the method chose, at most `absMax`. */
  readonly threshold: number;
  /** threshold / 127 as float32, always positive and normal. */
  readonly scale: number;
  /** Share of the values beyond the threshold, 0 to 1: they saturate. */
  readonly clipped: number;
  /** The tensor was zero throughout; its scale is `deadTensorScale`. */
  readonly dead: boolean;
}

export const defaultPercentile = 99.99;

/**
 * The scale of a tensor that was zero on every image: 2^-14, the smallest normal FP16 number. A scale of 0 is refused
 * by TensorRT and divides by zero elsewhere; a smaller one would vanish where scales are stored as FP16.
 */
export const deadTensorScale = 2 ** -14;

/** The smallest normal float32: below it a scale loses its digits. */
const smallestScale = 2 ** -126;

/** The float32 scale of a threshold. */
export function scaleOf(threshold: number): number {
  return Math.max(smallestScale, Math.fround(threshold / 127));
}

/**
 * A range for each tensor, in the order of the statistics, searched off the JS thread.
 * - `minmax`: the largest |x|.
 * - `entropy`: least Kullback-Leibler divergence between 2048 bins and their reduction to 128 levels, as TensorRT's
 *   published description has it, among thresholds that clip at most one non-zero value in a thousand; exact zeros are
 *   left out.
 * - `percentile`: the |x| that the given share of all values does not exceed; the largest |x| where that is 0.
 * - `mse`: least mean squared error of rounding and clipping over thresholds in steps of 1/2048 of the largest |x|.
 * @throws Failure `bad-usage` for a percentile outside (0, 100].
 */
export async function rangesFrom(
  statistics: ActivationStatistics,
  { method, percentile = defaultPercentile }: CalibrationMethod,
): Promise<readonly CalibrationRange[]> {
  if (method === 'percentile' && !(percentile > 0 && percentile <= 100)) {
    throw new Failure(
      'bad-usage',
      `A percentile of ${percentile} is not above 0 and at most 100.`,
      'Choose one such as 99.99.',
    );
  }
  const choices = await statistics.searchRanges(method, method === 'percentile' ? percentile : 100);
  return statistics.summary().map(({ tensor, min, max, absMax }, index) => {
    const chosen = choices[index]?.threshold ?? absMax;
    const dead = absMax === 0;
    const threshold = dead ? 127 * deadTensorScale : chosen;
    return {
      tensor,
      min,
      max,
      absMax,
      threshold,
      scale: scaleOf(threshold),
      clipped: dead ? 0 : statistics.shareAbove(tensor, threshold),
      dead,
    };
  });
}
