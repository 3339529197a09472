/** The plainest statement of what a histogram of |x| holds, for tests that hold the native one to it. */

import { type HistogramState, histogramBins } from './index.ts';

/** State after the values, in one pass over all of them: the range first, then the bins. */
export function histogramTwin(values: Iterable<number>): HistogramState {
  const all = [...values];
  const finite = all.filter((value) => Number.isFinite(value));
  const absMax = finite.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  let exponent = -20;
  while (2 ** exponent <= absMax) exponent += 1;
  const width = 2 ** exponent / histogramBins;
  const bins = new Float64Array(histogramBins);
  for (const value of finite) {
    if (value !== 0) bins[Math.floor(Math.abs(value) / width)]! += 1;
  }
  return {
    exponent,
    // `+ 0` turns -0 into 0.
    min: finite.length === 0 ? 0 : finite.reduce((least, value) => Math.min(least, value), Infinity) + 0,
    max: finite.length === 0 ? 0 : finite.reduce((most, value) => Math.max(most, value), -Infinity) + 0,
    finite: finite.length,
    zeros: finite.filter((value) => value === 0).length,
    nonFinite: all.length - finite.length,
    bins,
  };
}
