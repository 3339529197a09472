/** Runs two models on the same random inputs and compares what they give. */

import { expect } from 'vitest';
import { evaluate, type RuntimeTensor } from '../evaluate.ts';
import type { OnnxModel } from '../model-file.ts';
import { DataType, elementCount } from '../tensors.ts';
import { seededValues } from './build-model.ts';

export function randomInput(dims: readonly number[], seed = 1): RuntimeTensor {
  return { dataType: DataType.FLOAT, dims, data: seededValues(elementCount(dims), seed) };
}

/** Largest difference over all outputs, relative to the largest value of the output. */
export async function largestDifference(
  before: OnnxModel,
  after: OnnxModel,
  inputs: ReadonlyMap<string, RuntimeTensor>,
): Promise<number> {
  const expected = await evaluate(before.proto, inputs);
  const actual = await evaluate(after.proto, inputs);
  expect([...actual.keys()]).toEqual([...expected.keys()]);
  let largest = 0;
  for (const [name, tensor] of expected) {
    const other = actual.get(name);
    if (!other) throw new Error(`no output ${name}`);
    expect(other.dims).toEqual(tensor.dims);
    expect(other.dataType).toBe(tensor.dataType);
    let scale = 1;
    let difference = 0;
    for (let index = 0; index < tensor.data.length; index++) {
      const value = tensor.data[index];
      if (Number.isNaN(Number(value)) !== Number.isNaN(Number(other.data[index]))) return Number.NaN;
      scale = Math.max(scale, Math.abs(Number(value)));
      difference = Math.max(difference, Math.abs(Number(value) - Number(other.data[index])));
    }
    largest = Math.max(largest, difference / scale);
  }
  return largest;
}
