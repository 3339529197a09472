/** The typed face of native weight quantization. */

import { availableParallelism } from 'node:os';
import { addon } from '../addon.ts';

/** Symmetric int8 weights with one scale for each output channel. */
export interface QuantizedWeights {
  /** Same layout as the input, each in [-127, 127]. */
  readonly values: Int8Array;
  /** [channels], real value of one step; always positive. */
  readonly scales: Float32Array;
}

interface QuantizeAddon {
  quantizeWeights(
    weights: Float32Array,
    outer: number,
    channels: number,
    inner: number,
    threads: number,
  ): Promise<QuantizedWeights>;
}

function checkedAddon(): QuantizeAddon {
  if (typeof addon !== 'object' || addon === null || !('quantizeWeights' in addon)) {
    throw new Error('The native addon is older than this code: run "npm run build:native".');
  }
  return addon as QuantizeAddon;
}

const quantize = checkedAddon();

/**
 * Rounds weights to int8, zero point 0, one scale for each index of `axis`, off the JS thread. The scale of a channel
 * is the one among 51 candidates between half and all of its largest weight that leaves the smallest squared error:
 * clipping a lone outlier often costs less than the coarser step that it would force on the others.
 *
 * @param weights float32, row-major, as many as `dims` multiply to; must not change before the promise settles.
 */
export async function quantizeWeights(
  weights: Float32Array,
  dims: readonly number[],
  axis: number,
): Promise<QuantizedWeights> {
  const product = (part: readonly number[]) => part.reduce((a, b) => a * b, 1);
  return quantize.quantizeWeights(
    weights,
    product(dims.slice(0, axis)),
    dims[axis] ?? 1,
    product(dims.slice(axis + 1)),
    Math.min(4, availableParallelism()),
  );
}
