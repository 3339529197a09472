/** What native weight quantization must compute, written plainly: the tests hold the C++ to it. */

import type { QuantizedWeights } from './index.ts';

/** Candidate thresholds: hundredths of a channel's largest weight. */
const candidateShares = Array.from({ length: 51 }, (_, index) => 50 + index);

/** Below this a channel counts as all zero; the scale then only has to be positive and finite. */
const smallestAbsMax = 1e-12;

function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  // Math.round sends halves upwards; QuantizeLinear, and so every runtime, sends them to the even neighbour.
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

function quantize(value: number, scale: number): number {
  return Math.max(-127, Math.min(127, roundHalfEven(value / scale)));
}

/** The scale that gives the smallest summed squared error over the elements of one channel. */
function scaleOfChannel(weights: Float32Array, indices: Int32Array): number {
  let absMax = 0;
  for (const index of indices) absMax = Math.max(absMax, Math.abs(weights[index] ?? 0));
  if (absMax < smallestAbsMax) return Math.fround(1 / 127);
  let best = Math.fround(absMax / 127);
  let bestError = Number.POSITIVE_INFINITY;
  for (const share of candidateShares) {
    const scale = Math.fround((absMax * share) / 100 / 127);
    let error = 0;
    for (const index of indices) {
      const value = weights[index] ?? 0;
      const difference = quantize(value, scale) * scale - value;
      error += difference * difference;
      if (error >= bestError) break;
    }
    if (error < bestError) {
      bestError = error;
      best = scale;
    }
  }
  return best;
}

/** Flat indices of the elements of one channel along `axis`, row-major. */
function channelIndices(dims: readonly number[], axis: number, channel: number): Int32Array {
  const channels = dims[axis] ?? 1;
  const inner = dims.slice(axis + 1).reduce((product, dim) => product * dim, 1);
  const outer = dims.slice(0, axis).reduce((product, dim) => product * dim, 1);
  const indices = new Int32Array(outer * inner);
  let at = 0;
  for (let o = 0; o < outer; o++) {
    const start = (o * channels + channel) * inner;
    for (let i = 0; i < inner; i++) indices[at++] = start + i;
  }
  return indices;
}

/** The same as `quantizeWeights` of the addon. */
export function quantizeWeightsPlainly(
  weights: Float32Array,
  dims: readonly number[],
  axis: number,
): QuantizedWeights {
  const channels = dims[axis] ?? 1;
  const values = new Int8Array(weights.length);
  const scales = new Float32Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    const indices = channelIndices(dims, axis, channel);
    const scale = scaleOfChannel(weights, indices);
    scales[channel] = scale;
    for (const index of indices) values[index] = quantize(weights[index] ?? 0, scale);
  }
  return { values, scales };
}
