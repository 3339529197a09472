import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { type OnnxModel, serialiseModel } from '../onnx/model-file.ts';
import { seededValues } from '../onnx/testing/build-model.ts';
import { correctBiases, makeBiasProbe, measureBiasErrors } from './bias-correction.ts';
import { insertQuantization } from './insert.ts';
import { planQuantization } from './plan.ts';
import { smallDetector } from './testing/small-detector.ts';

async function runnerOf(model: OnnxModel) {
  const session = await InferenceSession.create(serialiseModel(model.proto));
  return async (input: { dims: readonly number[]; data: Float32Array }) => {
    const outputs = await session.run({ images: new Tensor('float32', input.data, [...input.dims]) });
    return new Map(
      Object.entries(outputs).map(([name, { dims, data }]) => [name, { dims, data: data as Float32Array }]),
    );
  };
}

async function* images(count: number) {
  for (let i = 0; i < count; i++) yield { dims: [1, 3, 8, 8], data: seededValues(3 * 8 * 8, i + 1) };
}

describe('bias correction', async () => {
  const source = smallDetector();
  const plan = planQuantization(source);
  // Ranges that clip: without clipping the mean error is next to nothing.
  const thresholds = new Map(plan.tensors.map(({ tensor }) => [tensor, 0.3]));
  const probe = await makeBiasProbe(source, plan, thresholds);
  const run = await runnerOf(probe.model);
  const errors = await measureBiasErrors(probe, images(8), run, { total: 8 });

  it('measures one error for each channel of each quantized convolution', () => {
    expect([...errors.keys()]).toEqual(plan.layers.map(({ output }) => output));
    expect([...errors.values()].map(({ length }) => length)).toEqual([4, 4, 4, 8]);
    expect(Math.max(...errors.get('c_x')!.map(Math.abs))).toBeGreaterThan(0.01);
  });

  it('gives the errors that a direct comparison of layer results gives', async () => {
    // The stem reads the image itself, so its twin equals the stem of the quantized model.
    const { model: int8 } = await insertQuantization(source, plan, thresholds);
    const watch = async (model: OnnxModel) => {
      model.proto.graph!.output = [
        { ...model.proto.graph!.output[0]!, name: 'stem_x', type: undefined as never },
      ];
      return await runnerOf(model);
    };
    const [float, quantized] = [await watch(smallDetector()), await watch(int8)];
    const sums = new Float64Array(4);
    for await (const image of images(8)) {
      const [a, b] = [(await float(image)).get('stem_x')!, (await quantized(image)).get('stem_x')!];
      b.data.forEach((value, i) => {
        sums[Math.floor(i / 64)]! += (value - a.data[i]!) / 64 / 8;
      });
    }
    for (const [channel, error] of errors.get('stem_x')!.entries())
      expect(error).toBeCloseTo(sums[channel]!, 5);
  });

  it('leaves no mean error when the corrected biases are probed again', async () => {
    const { model } = await insertQuantization(source, plan, thresholds);
    correctBiases(model, errors);
    const bias = (name: string) => model.proto.graph!.initializer.find((tensor) => tensor.name === name);
    expect(bias('a_b')).toBeUndefined();
    expect(bias('a_b_corrected')).toBeDefined();
    // Give the twins of a fresh probe the corrected biases: their means must meet the originals'.
    const again = await makeBiasProbe(source, plan, thresholds);
    const graph = again.model.proto.graph!;
    for (const layer of ['stem', 'a', 'b', 'c']) {
      graph.initializer.push(bias(`${layer}_b_corrected`)!);
      graph.node.find(({ name }) => name === `${layer}_conv_twin`)!.input[2] = `${layer}_b_corrected`;
    }
    const left = await measureBiasErrors(again, images(8), await runnerOf(again.model), { total: 8 });
    for (const error of left.values()) expect(Math.max(...error.map(Math.abs))).toBeLessThan(1e-5);
  });

  it('gives a layer without a bias one', async () => {
    const bare = smallDetector();
    const conv = bare.proto.graph!.node.find(({ name }) => name === 'a_conv')!;
    conv.input = conv.input.slice(0, 2);
    const { model } = await insertQuantization(bare, planQuantization(bare), thresholds);
    correctBiases(model, errors);
    expect(model.proto.graph!.node.find(({ name }) => name === 'a_conv')!.input).toHaveLength(3);
    await runnerOf(model);
  });

  it('is cancelled between two images and refuses an empty set', async () => {
    const aborted = AbortSignal.abort();
    await expect(
      measureBiasErrors(probe, images(2), run, { total: 2, signal: aborted }),
    ).rejects.toMatchObject({
      code: 'cancelled',
    });
    await expect(measureBiasErrors(probe, images(0), run, { total: 0 })).rejects.toMatchObject({
      code: 'bad-input',
    });
  });
});
