/** The typed face of native calibration: growing histograms of |x| and searches for the range of int8. */

import { availableParallelism } from 'node:os';
import { addon } from '../addon.ts';

export const histogramBins = 16384;

export const rangeMethods = ['minmax', 'entropy', 'percentile', 'mse'] as const;
export type RangeMethod = (typeof rangeMethods)[number];

/** What one histogram knows without its bins. */
export interface HistogramSummary {
  /** Bins cover [0, 2^exponent): the smallest power of two above every |x| seen, at least 2^-20. */
  readonly exponent: number;
  /** Over the finite values; 0 when there are none. */
  readonly min: number;
  readonly max: number;
  /** Number of finite values, zeros included. */
  readonly finite: number;
  /** Exact zeros of either sign; they are in no bin. */
  readonly zeros: number;
  /** NaN and infinities; they are in no bin and in no other figure. */
  readonly nonFinite: number;
}

export interface HistogramState extends HistogramSummary {
  /** [16384] counts. */
  readonly bins: Float64Array;
}

/**
 * A histogram of |x| of float32 values. Its state depends only on the multiset of values seen, not on their order or
 * on how they were split into calls.
 */
export interface ActivationHistogram {
  summary(): HistogramSummary;
  exportState(): HistogramState;
  /** Adds all that the other one saw. */
  merge(other: ActivationHistogram): void;
  /** Counts over [0, absmax] in `bins` equal bins; a bin across an edge is split in proportion. */
  rebin(bins: number): Float64Array;
  /** Share of the finite values with |x| above the threshold. */
  shareAbove(threshold: number): number;
  /** Frees the bins. Any later call throws; work under way ends well. */
  dispose(): void;
}

export interface RangeChoice {
  /** The |x| that int8's 127 shall mean; 0 when there was no value but zeros. */
  readonly threshold: number;
  /** The candidate that won: bins kept of 2048 for `entropy`, 2048ths of absmax for `mse`, the bin for `percentile`. */
  readonly index: number;
  /** Divergence in nats for `entropy`, mean squared error for `mse`, else 0. */
  readonly cost: number;
}

interface CalibrateAddon {
  readonly ActivationHistogram: new (state?: HistogramState) => ActivationHistogram;
  accumulateHistograms(
    histograms: readonly ActivationHistogram[],
    values: readonly Float32Array[],
    threads: number,
    kernels?: string,
  ): Promise<number[]>;
  searchRanges(
    histograms: readonly ActivationHistogram[],
    method: RangeMethod,
    percentile: number,
    threads: number,
  ): Promise<RangeChoice[]>;
  histogramKernels(): string[];
}

const functionNames = [
  'ActivationHistogram',
  'accumulateHistograms',
  'searchRanges',
  'histogramKernels',
] as const;

function isCalibrateAddon(value: unknown): value is CalibrateAddon {
  if (typeof value !== 'object' || value === null) return false;
  const exports: Readonly<Record<string, unknown>> = { ...value };
  return functionNames.every((name) => typeof exports[name] === 'function');
}

function checkedAddon(): CalibrateAddon {
  if (!isCalibrateAddon(addon)) {
    throw new Error('The native addon is older than this code: run "npm run build:native".');
  }
  return addon;
}

const calibrate = checkedAddon();
const defaultThreads = Math.min(4, availableParallelism());

/** A new, empty histogram, or one restored from an exported state (TypeError when the state contradicts itself). */
export function createHistogram(state?: HistogramState): ActivationHistogram {
  return new calibrate.ActivationHistogram(state);
}

/**
 * Adds `values[i]` to `histograms[i]`, several at a time, off the JS thread. The arrays must not change before the
 * promise settles. Returns for each array how many of its values were not finite.
 */
export async function accumulate(
  histograms: readonly ActivationHistogram[],
  values: readonly Float32Array[],
  options: { readonly threads?: number; readonly kernels?: string } = {},
): Promise<readonly number[]> {
  return calibrate.accumulateHistograms(
    histograms,
    values,
    options.threads ?? defaultThreads,
    options.kernels,
  );
}

/**
 * One threshold for each histogram, off the JS thread. `percentile`, in (0, 100], counts for that method alone: the
 * smallest |x| that this share of all finite values does not exceed, interpolated within its bin.
 */
export async function searchRanges(
  histograms: readonly ActivationHistogram[],
  method: RangeMethod,
  options: { readonly percentile?: number; readonly threads?: number } = {},
): Promise<readonly RangeChoice[]> {
  return calibrate.searchRanges(
    histograms,
    method,
    options.percentile ?? 100,
    options.threads ?? defaultThreads,
  );
}

/** Names of the kernel variants that this machine runs (`plain`, `avx2`, `neon`); the last one is the default. */
export function histogramKernels(): readonly string[] {
  return calibrate.histogramKernels();
}
