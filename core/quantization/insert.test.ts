import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { GraphEditor } from '../onnx/graph.ts';
import { type OnnxModel, serialiseModel } from '../onnx/model-file.ts';
import { DataType, tensorValues } from '../onnx/tensors.ts';
import { seededValues } from '../onnx/testing/build-model.ts';
import { insertQuantization } from './insert.ts';
import { planQuantization } from './plan.ts';
import { rangesOfFour, smallDetector } from './testing/small-detector.ts';

async function run(model: OnnxModel): Promise<Float32Array> {
  const session = await InferenceSession.create(serialiseModel(model.proto), {
    graphOptimizationLevel: 'all',
  });
  const images = new Tensor('float32', seededValues(3 * 8 * 8, 9), [1, 3, 8, 8]);
  const { out } = await session.run({ images });
  return out!.data as Float32Array;
}

describe('insertQuantization', async () => {
  const source = smallDetector();
  const plan = planQuantization(source);
  const { model, scales } = await insertQuantization(source, plan, rangesOfFour(plan.tensors));
  const graph = new GraphEditor(model.proto.graph!);

  it('leaves the source as it was', () => {
    expect(source.proto.graph!.node.some(({ opType }) => opType === 'QuantizeLinear')).toBe(false);
  });

  it('writes one Q/DQ pair for each planned tensor and one DQ for each layer', () => {
    const count = (opType: string) => graph.nodes.filter((node) => node.opType === opType).length;
    expect(count('QuantizeLinear')).toBe(plan.tensors.length);
    expect(count('DequantizeLinear')).toBe(plan.tensors.length + plan.layers.length);
    expect(count('Cast')).toBe(0);
  });

  it('stores weights as int8 with one scale for each output channel and zero point 0', () => {
    for (const layer of plan.layers) {
      const restore = graph.producerOf(graph.producerOf(layer.output)!.input[1]!)!;
      const [weights, scale, zero] = restore.input.map((name) => graph.initializer(name)!);
      expect(weights!.dataType).toBe(DataType.INT8);
      expect(scale!.dims).toEqual([weights!.dims[0]]);
      expect([...(tensorValues(zero!) as Int8Array)].every((v) => v === 0)).toBe(true);
      expect(graph.initializer(layer.weight)).toBeUndefined();
    }
  });

  it('keeps biases in float', () => {
    for (const layer of plan.layers) {
      const bias = graph.initializer(graph.producerOf(layer.output)!.input[2]!);
      expect(bias?.dataType).toBe(DataType.FLOAT);
    }
  });

  it('gives a group the largest threshold of its members', async () => {
    const thresholds = rangesOfFour(plan.tensors).set('pooled', 6);
    const grouped = (await insertQuantization(source, plan, thresholds)).scales;
    for (const tensor of ['joined', 'pooled', 'sum']) expect(grouped.get(tensor)).toBe(Math.fround(6 / 127));
    expect(grouped.get('stem')).toBe(Math.fround(4 / 127));
    expect(scales.get('sum')).toBe(Math.fround(4 / 127));
  });

  it('computes nearly what the float model computes, at full optimisation', async () => {
    const [expected, actual] = [await run(source), await run(model)];
    // Outputs span 0 to 640; rounding through four int8 layers moves them by well under a hundredth of that.
    const error = Math.sqrt(actual.reduce((sum, v, i) => sum + (v - expected[i]!) ** 2, 0) / actual.length);
    expect(error).toBeGreaterThan(0);
    expect(error).toBeLessThan(6.4);
  });

  it('writes the same bytes for the same input', async () => {
    const again = await insertQuantization(source, plan, rangesOfFour(plan.tensors));
    expect(Buffer.compare(serialiseModel(again.model.proto), serialiseModel(model.proto))).toBe(0);
  });

  it('refuses ranges that are missing, zero or not finite', async () => {
    for (const bad of [0, Number.NaN, Number.POSITIVE_INFINITY]) {
      await expect(
        insertQuantization(source, plan, rangesOfFour(plan.tensors).set('sum', bad)),
      ).rejects.toThrow(/range of/);
    }
    await expect(insertQuantization(source, plan, new Map())).rejects.toThrow(/no range/);
  });
});
