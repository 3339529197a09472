/** What a series of times says: percentiles, spread, whether it is steady, and whether two series differ at all. */

export interface Summary {
  readonly runs: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  /** Of the sample, with n - 1. */
  readonly standardDeviation: number;
  /** Median absolute deviation from the median, unscaled. */
  readonly mad: number;
  readonly stable: boolean;
  readonly instability: readonly Instability[];
}

/** `drift`: the last third differs from the first; `bimodal`: two clusters of times, as from changing clock rates. */
export type Instability = 'drift' | 'bimodal';

function ascending(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}

function percentileOfSorted(sorted: Float64Array, percent: number): number {
  if (sorted.length === 0) return Number.NaN;
  const position = ((sorted.length - 1) * percent) / 100;
  const below = Math.floor(position);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (high - low) * (position - below);
}

/**
 * The value below which `percent` of the values lie, by linear interpolation between the two nearest order statistics:
 * position (n - 1) * percent / 100 counted from 0, the default of NumPy and R (type 7). NaN for no values.
 */
export function percentile(values: readonly number[], percent: number): number {
  return percentileOfSorted(ascending(values), percent);
}

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** Median absolute deviation from the median, unscaled: half of the values lie within it. */
export function medianAbsoluteDeviation(values: readonly number[]): number {
  const middle = median(values);
  return median(values.map((value) => Math.abs(value - middle)));
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum / values.length;
}

/** Standard error of the median of normal noise, estimated by the MAD so that rare peaks do not blow it up. */
function medianError(mad: number, runs: number): number {
  // 1.4826 * MAD estimates the standard deviation; the median's error is sqrt(pi / 2) times the mean's.
  return (1.2533 * 1.4826 * mad) / Math.sqrt(runs);
}

/** Smaller differences between two medians are the difference of two builds of one engine, not of two engines. */
const buildNoise = 0.02;
/** Smaller drifts than this share of the median change no decision. */
const tolerableDrift = 0.05;

function drifts(values: readonly number[], p50: number): boolean {
  const third = Math.floor(values.length / 3);
  if (third < 3) return false;
  const first = values.slice(0, third);
  const last = values.slice(-third);
  const error = Math.hypot(
    medianError(medianAbsoluteDeviation(first), third),
    medianError(medianAbsoluteDeviation(last), third),
  );
  return Math.abs(median(last) - median(first)) > Math.max(tolerableDrift * p50, 3 * error);
}

/**
 * Two clusters: some split of the sorted values, with a tenth of them or more on each side, whose sides lie 10 % and
 * four of their joint deviations apart (Ashman's D above 4; a split normal distribution has 2.6, a uniform one 3.5).
 */
function isBimodal(sorted: Float64Array): boolean {
  const smallest = Math.max(3, Math.ceil(sorted.length / 10));
  if (sorted.length < 2 * smallest) return false;
  // Running sums of the values and squares, taken from the mean for precision, give every split in one pass.
  const centre = mean(sorted);
  let sum = 0;
  let squares = 0;
  for (const value of sorted) squares += (value - centre) ** 2;
  const total = squares;
  let lowSquares = 0;
  for (let k = 1; k < sorted.length; k++) {
    const value = (sorted[k - 1] as number) - centre;
    sum += value;
    lowSquares += value * value;
    const rest = sorted.length - k;
    if (k < smallest || rest < smallest) continue;
    const low = sum / k;
    const high = -sum / rest;
    const variance =
      Math.max(0, lowSquares / k - low * low) + Math.max(0, (total - lowSquares) / rest - high * high);
    const apart = high - low;
    if (apart > 0.1 * (low + centre) && apart * Math.SQRT2 > 4 * Math.sqrt(variance)) return true;
  }
  return false;
}

/** Summary of times in the order in which they were measured, in their unit. */
export function summarize(values: readonly number[]): Summary {
  if (values.length === 0) throw new RangeError('no times to summarize');
  const sorted = ascending(values);
  const average = mean(sorted);
  let squares = 0;
  for (const value of sorted) squares += (value - average) ** 2;
  const p50 = percentileOfSorted(sorted, 50);
  const instability: Instability[] = [];
  if (drifts(values, p50)) instability.push('drift');
  if (isBimodal(sorted)) instability.push('bimodal');
  return {
    runs: values.length,
    p50,
    p90: percentileOfSorted(sorted, 90),
    p99: percentileOfSorted(sorted, 99),
    mean: average,
    min: sorted[0] as number,
    max: sorted[sorted.length - 1] as number,
    standardDeviation: values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1)),
    mad: medianAbsoluteDeviation(values),
    stable: instability.length === 0,
    instability,
  };
}

/**
 * Whether two series of times cannot be told apart: their medians differ by at most 2 %, or by at most three standard
 * errors of the difference. Symmetric.
 */
export function equalWithinNoise(
  a: Pick<Summary, 'p50' | 'mad' | 'runs'>,
  b: Pick<Summary, 'p50' | 'mad' | 'runs'>,
): boolean {
  const error = Math.hypot(medianError(a.mad, a.runs), medianError(b.mad, b.runs));
  return Math.abs(a.p50 - b.p50) <= Math.max(buildNoise * Math.min(a.p50, b.p50), 3 * error);
}
