import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { serialiseModel } from '../../onnx/model-file.ts';
import { seededValues } from '../../onnx/testing/build-model.ts';
import { smallDetector } from '../../quantization/testing/small-detector.ts';
import { withOutputs } from './observed-model.ts';

const outputsOf = (model: ReturnType<typeof smallDetector>) =>
  model.proto.graph!.output.map(({ name }) => name);

describe('withOutputs', () => {
  it('gives the tensors asked for and computes nothing beyond them', async () => {
    const observed = withOutputs(smallDetector(), ['images', 'sum', 'raw']);
    expect(outputsOf(observed)).toEqual(['sum', 'raw']);
    const nodes = observed.proto.graph!.node.map(({ name }) => name);
    expect(nodes).toContain('head');
    for (const decode of ['flat', 'squash', 'pixels']) expect(nodes).not.toContain(decode);
    const session = await InferenceSession.create(serialiseModel(observed.proto), { logSeverityLevel: 3 });
    const images = new Tensor('float32', seededValues(3 * 8 * 8, 9), [1, 3, 8, 8]);
    const { sum, raw } = await session.run({ images });
    expect(sum!.dims).toEqual([1, 4, 8, 8]);
    expect(raw!.dims).toEqual([1, 8, 8, 8]);
  });

  it('leaves the model that it is given alone', () => {
    const model = smallDetector();
    withOutputs(model, ['sum']);
    expect(outputsOf(model)).toEqual(['out']);
    expect(model.proto.graph!.node).toHaveLength(smallDetector().proto.graph!.node.length);
  });

  it('keeps an own output that is asked for as it is stated', () => {
    expect(withOutputs(smallDetector(), ['out']).proto.graph!.output).toEqual(
      smallDetector().proto.graph!.output,
    );
  });

  it('keeps a model whole of which nothing but the input is asked', () => {
    expect(outputsOf(withOutputs(smallDetector(), ['images']))).toEqual(['out']);
  });
});
