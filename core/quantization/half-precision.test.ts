import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { GraphEditor } from '../onnx/graph.ts';
import { type OnnxModel, readModel, serialiseModel } from '../onnx/model-file.ts';
import { DataType, floatTensor } from '../onnx/tensors.ts';
import { seededValues } from '../onnx/testing/build-model.ts';
import { fixtureModels, fixtureNote, fixturePath, haveFixtures } from '../onnx/testing/fixtures.ts';
import { valueDataType } from '../onnx/value-info.ts';
import { usesHalfPrecision, widenToFullPrecision } from './full-precision.ts';
import { convertToHalfPrecision } from './half-precision.ts';
import { smallDetector } from './testing/small-detector.ts';

async function run(model: OnnxModel): Promise<Float32Array> {
  const session = await InferenceSession.create(serialiseModel(model.proto), { logSeverityLevel: 3 });
  const images = new Tensor('float32', seededValues(3 * 8 * 8, 9), [1, 3, 8, 8]);
  const { out } = await session.run({ images });
  return out!.data as Float32Array;
}

describe('convertToHalfPrecision', () => {
  const source = smallDetector();
  const half = convertToHalfPrecision(source);
  const graph = new GraphEditor(half.model.proto.graph!);

  it('keeps inputs and outputs float32 and the decode with them', () => {
    expect(valueDataType(half.model.proto.graph!.input[0]!)).toBe(DataType.FLOAT);
    expect(half.leftInFloat.map(({ name }) => name)).toEqual(['flat', 'squash', 'pixels']);
    expect(half.leftInFloat[0]?.reason).toMatch(/decode tail/);
  });

  it('casts once on the way in and once at the head, with no island between', () => {
    expect(half.casts).toBe(2);
    expect(graph.nodes.filter(({ opType }) => opType === 'Cast')).toHaveLength(2);
  });

  it('holds every weight of the body as float16', () => {
    for (const node of graph.nodes.filter(({ opType }) => opType === 'Conv')) {
      for (const name of node.input.slice(1))
        expect(graph.initializer(name)?.dataType).toBe(DataType.FLOAT16);
    }
  });

  it('computes what the float32 model computes, to float16 accuracy', async () => {
    const [expected, actual] = [await run(source), await run(half.model)];
    for (let i = 0; i < expected.length; i++) expect(Math.abs(actual[i]! - expected[i]!)).toBeLessThan(1.5);
  });

  it('names a constant beyond 65504 and keeps its node in float32', () => {
    const model = smallDetector();
    const initializers = model.proto.graph!.initializer;
    initializers[initializers.findIndex(({ name }) => name === 'a_b')] = floatTensor(
      'a_b',
      [4],
      Float32Array.of(1e5, 0, 0, 0),
    );
    const { overflows, leftInFloat } = convertToHalfPrecision(model);
    expect(overflows).toEqual([{ tensor: 'a_b', value: 1e5, node: 'a_conv' }]);
    expect(leftInFloat.find(({ name }) => name === 'a_conv')?.reason).toMatch(/a_b holds 100000/);
  });

  it('keeps the producer and the readers of a tensor that was seen beyond 65504', () => {
    const { overflows, leftInFloat } = convertToHalfPrecision(source, {
      observedAbsMax: new Map([['sum', 70000]]),
    });
    expect(overflows).toEqual([{ tensor: 'sum', value: 70000, node: 'residual' }]);
    const kept = leftInFloat.map(({ name }) => name);
    expect(kept).toEqual(expect.arrayContaining(['residual', 'pool', 'concat']));
  });

  it('counts weights that vanish', () => {
    const model = smallDetector();
    const initializers = model.proto.graph!.initializer;
    initializers[initializers.findIndex(({ name }) => name === 'a_b')] = floatTensor(
      'a_b',
      [4],
      Float32Array.of(1e-9, 1, 0, -1e-9),
    );
    expect(convertToHalfPrecision(model).vanished).toEqual([{ tensor: 'a_b', count: 2 }]);
  });

  it('gives a graph output that is computed in float16 its own name and float32', async () => {
    const all = convertToHalfPrecision(source, { decode: 'float16' });
    expect(valueDataType(all.model.proto.graph!.output[0]!)).toBe(DataType.FLOAT);
    const [expected, actual] = [await run(source), await run(all.model)];
    for (let i = 0; i < expected.length; i++) expect(Math.abs(actual[i]! - expected[i]!)).toBeLessThan(2);
  });
});

describe('widenToFullPrecision', () => {
  it('undoes the typing: a float16 model becomes float32 throughout and computes the same', async () => {
    const half = convertToHalfPrecision(smallDetector(), { decode: 'float16' }).model;
    expect(usesHalfPrecision(half)).toBe(true);
    const wide = widenToFullPrecision(half);
    expect(usesHalfPrecision(wide)).toBe(false);
    const [expected, actual] = [await run(smallDetector()), await run(wide)];
    for (let i = 0; i < expected.length; i++) expect(Math.abs(actual[i]! - expected[i]!)).toBeLessThan(2);
  });
});

describe.skipIf(!haveFixtures)(`convertToHalfPrecision on the fixtures${fixtureNote}`, () => {
  it.each(fixtureModels)('%s loads in ONNX Runtime', async (file) => {
    const { model, casts } = convertToHalfPrecision(await readModel(fixturePath(file)));
    // One cast in; one out of each of the three final convolutions.
    expect(casts).toBe(4);
    await InferenceSession.create(serialiseModel(model.proto), { logSeverityLevel: 3 });
  });
});
