/** The range searches as written down, candidate by candidate and bin by bin, for tests of the native ones. */

import { type HistogramState, histogramBins, type RangeChoice } from './index.ts';

const smoothing = 1e-6;
const largestClippedShare = 1e-3 * (1 + 1e-9);

function absMaxOf(state: HistogramState): number {
  return Math.max(-state.min, state.max);
}

function widthOf(state: HistogramState): number {
  return 2 ** state.exponent / histogramBins;
}

const sumOf = (values: Iterable<number>): number => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
};

export function rebinTwin(state: HistogramState, bins: number): Float64Array {
  const absMax = absMaxOf(state);
  const result = new Float64Array(bins);
  state.bins.forEach((count, i) => {
    if (count === 0) return;
    const begin = ((i * widthOf(state)) / absMax) * bins;
    const end = Math.min(((i + 1) * widthOf(state)) / absMax, 1) * bins;
    if (end <= begin) {
      result[bins - 1]! += count;
      return;
    }
    for (let j = Math.floor(begin); j < Math.min(bins, Math.ceil(end)); j += 1) {
      const overlap = Math.min(end, j + 1) - Math.max(begin, j);
      if (overlap > 0) result[j]! += count * (overlap / (end - begin));
    }
  });
  return result;
}

/** Normalises, then gives each empty bin the smoothing probability, taken from the others in proportion. */
function smoothed(histogram: readonly number[]): number[] {
  const total = sumOf(histogram);
  const empty = histogram.filter((mass) => mass === 0).length;
  return histogram.map((mass) => (mass === 0 ? smoothing : (mass / total) * (1 - smoothing * empty)));
}

export function divergenceTwin(histogram: Float64Array, size: number, levels: number): number {
  const inside = [...histogram.subarray(0, size)];
  if (sumOf(inside) === 0) return Infinity;
  const reference = [...inside];
  reference[size - 1]! += sumOf(histogram.subarray(size));
  const quantised = new Array<number>(size).fill(0);
  for (let group = 0; group < levels; group += 1) {
    const begin = Math.floor((group * size) / levels);
    const end = Math.floor(((group + 1) * size) / levels);
    const members = inside.slice(begin, end);
    const occupied = members.filter((mass) => mass > 0).length;
    for (let j = begin; j < end; j += 1) {
      if (inside[j]! > 0) quantised[j] = sumOf(members) / occupied;
    }
  }
  const p = smoothed(reference);
  const q = smoothed(quantised);
  return sumOf(p.map((mass, j) => mass * Math.log(mass / q[j]!)));
}

/** The widest candidate within `tolerance` of the least cost. */
function widestOfBest(costs: readonly number[], tolerance: number): number {
  const best = Math.min(...costs);
  return costs.findLastIndex((cost) => cost <= best + tolerance);
}

export function entropyTwin(state: HistogramState): RangeChoice {
  const histogram = rebinTwin(state, 2048);
  const costs = new Array<number>(2049).fill(Infinity);
  for (let size = 128; size <= 2048; size += 1) {
    const clipped = sumOf(histogram.subarray(size)) / sumOf(histogram);
    if (clipped <= largestClippedShare) costs[size] = divergenceTwin(histogram, size, 128);
  }
  const index = widestOfBest(costs, 1e-9);
  return { threshold: (absMaxOf(state) * index) / 2048, index, cost: costs[index]! };
}

/** Rounds ties to even. */
function roundEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}

export function mseTwin(state: HistogramState): RangeChoice {
  const absMax = absMaxOf(state);
  const width = widthOf(state);
  const points = [...state.bins]
    .map((count, i) => ({ count, centre: (i + 0.5) * width }))
    .filter(({ count }) => count > 0);
  const costs = new Array<number>(2049).fill(Infinity);
  for (let k = 1; k <= 2048; k += 1) {
    const scale = (absMax * k) / 2048 / 127;
    costs[k] =
      sumOf(
        points.map(({ count, centre }) => {
          const restored = Math.min(127, roundEven(centre / scale)) * scale;
          return count * (centre - restored) ** 2;
        }),
      ) / state.finite;
  }
  const meanSquare = sumOf(points.map(({ count, centre }) => count * centre ** 2)) / state.finite;
  const index = widestOfBest(costs, 1e-10 * meanSquare);
  return { threshold: (absMax * index) / 2048, index, cost: costs[index]! };
}

export function percentileTwin(state: HistogramState, percentile: number): RangeChoice {
  const absMax = absMaxOf(state);
  const rank = (percentile / 100) * state.finite;
  if (percentile === 100 || rank <= state.zeros) return { threshold: absMax, index: 0, cost: 0 };
  let below = state.zeros;
  for (const [i, count] of state.bins.entries()) {
    if (count > 0 && below + count >= rank) {
      const threshold = (i + (rank - below) / count) * widthOf(state);
      return { threshold: Math.min(absMax, threshold), index: i, cost: 0 };
    }
    below += count;
  }
  return { threshold: absMax, index: 0, cost: 0 };
}
