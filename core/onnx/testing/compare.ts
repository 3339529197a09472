/** Runs two models on the same random inputs and compares what they give. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { evaluate, type RuntimeTensor } from '../evaluate.ts';
import { type OnnxModel, writeModel } from '../model-file.ts';
import { inputDimensions } from '../shapes.ts';
import { DataType, elementCount } from '../tensors.ts';
import { seededValues } from './build-model.ts';
import { checkWithOnnx, onnxPython } from './fixtures.ts';

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

/**
 * Expects the same results on a random input (2 for each open size) and, where Python has onnx, that its checker finds
 * no fault in the second model.
 */
export async function expectSame(before: OnnxModel, after: OnnxModel, tolerance = 1e-5): Promise<void> {
  const inputs = new Map(
    [...inputDimensions(before)].map(([name, dims], i) => [
      name,
      randomInput(
        dims.map((dim) => (typeof dim === 'number' ? dim : 2)),
        i + 1,
      ),
    ]),
  );
  expect(await largestDifference(before, after, inputs)).toBeLessThanOrEqual(tolerance);
  if (!onnxPython) return;
  const folder = await mkdtemp(join(tmpdir(), 'engineroom-check-'));
  try {
    await writeModel(after, join(folder, 'after.onnx'));
    checkWithOnnx(join(folder, 'after.onnx'));
  } finally {
    await rm(folder, { recursive: true });
  }
}
