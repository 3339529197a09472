import { describe, expect, it } from 'vitest';
import { evaluate, filledTensor } from './evaluate.ts';
import { makeNode } from './graph.ts';
import { readModel } from './model-file.ts';
import { fixInputDims, inputDimensions, resolveTensorTypes, symbolicDims } from './shapes.ts';
import { DataType, int64Tensor } from './tensors.ts';
import { buildModel } from './testing/build-model.ts';
import { fixtureNote, fixturePath, haveFixtures } from './testing/fixtures.ts';
import { valueDims } from './value-info.ts';

const scalarAndBool = buildModel({
  inputs: [{ name: 'x', dims: ['batch', 3] }],
  outputs: [{ name: 'y', dims: [], dataType: DataType.BOOL }],
  nodes: [
    makeNode('ReduceMax', { name: 'max', inputs: ['x'], outputs: ['kept'] }),
    makeNode('Squeeze', { name: 'squeeze', inputs: ['kept', 'axes'], outputs: ['scalar'] }),
    makeNode('Greater', { name: 'greater', inputs: ['scalar', 'scalar'], outputs: ['y'] }),
  ],
  initializers: [int64Tensor('axes', [2], [0, 1])],
});

describe('resolveTensorTypes', () => {
  it('knows element types and shapes, scalars included', async () => {
    const types = await resolveTensorTypes(scalarAndBool, new Map([['x', [5, 3]]]));
    expect(types.get('x')).toEqual({ dtype: DataType.FLOAT, dims: [5, 3] });
    expect(types.get('kept')).toEqual({ dtype: DataType.FLOAT, dims: [1, 1] });
    expect(types.get('scalar')).toEqual({ dtype: DataType.FLOAT, dims: [] });
    expect(types.get('y')).toEqual({ dtype: DataType.BOOL, dims: [] });
    expect(types.get('axes')).toEqual({ dtype: DataType.INT64, dims: [2] });
  });

  it('feeds float16 and integer inputs', async () => {
    const model = buildModel({
      inputs: [
        { name: 'x', dims: [2, 'n'], dataType: DataType.FLOAT16 },
        { name: 'i', dims: [1], dataType: DataType.INT64 },
      ],
      outputs: [{ name: 'y', dims: [1, 'n'], dataType: DataType.FLOAT16 }],
      nodes: [makeNode('Gather', { name: 'gather', inputs: ['x', 'i'], outputs: ['y'] })],
    });
    const types = await resolveTensorTypes(model, new Map([['x', [2, 3]]]));
    expect(types.get('y')).toEqual({ dtype: DataType.FLOAT16, dims: [1, 3] });
  });

  it('names the model when ONNX Runtime refuses it', async () => {
    const model = buildModel({
      inputs: [{ name: 'x', dims: [2] }],
      outputs: [{ name: 'y', dims: [2] }],
      nodes: [makeNode('NoSuchOperator', { name: 'n', inputs: ['x'], outputs: ['y'] })],
    });
    const refused = resolveTensorTypes(model, new Map());
    await expect(refused).rejects.toThrow(/cannot run test\.onnx: .*NoSuchOperator/);
    await expect(refused).rejects.toMatchObject({ code: 'bad-input' });
  });

  it('asks for sizes that are open and refuses those that contradict', async () => {
    await expect(resolveTensorTypes(scalarAndBool, new Map())).rejects.toMatchObject({ code: 'bad-usage' });
    const wrong = resolveTensorTypes(scalarAndBool, new Map([['x', [5, 4]]]));
    await expect(wrong).rejects.toThrow('takes [batch, 3], not [5, 4]');
  });

  it.skipIf(!haveFixtures)(`agrees with a run of the fixture${fixtureNote}`, async () => {
    const model = await readModel(fixturePath('cells-yolov5n'));
    const types = await resolveTensorTypes(model, new Map([['images', [2, 3, 416, 320]]]));
    const results = await evaluate(
      model.proto,
      new Map([['images', filledTensor(DataType.FLOAT, [2, 3, 416, 320], 0.5)]]),
    );
    expect(types.get('output0')?.dims).toEqual(results.get('output0')?.dims);
    for (const node of model.proto.graph!.node) {
      for (const name of node.output) expect(types.has(name), name).toBe(true);
    }
  });
});

describe('fixInputDims', () => {
  it('replaces bound symbols and leaves the original alone', () => {
    const fixed = fixInputDims(scalarAndBool, new Map([['x', [5, 3]]]));
    expect(inputDimensions(fixed)).toEqual(new Map([['x', [5, 3]]]));
    expect(symbolicDims(fixed).size).toBe(0);
    expect(symbolicDims(scalarAndBool)).toEqual(new Map([['x', [[0, 'batch']]]]));
  });

  it.skipIf(!haveFixtures)(`binds the fixture's output batch${fixtureNote}`, async () => {
    const model = await readModel(fixturePath('cells-yolov5n'));
    const fixed = fixInputDims(model, new Map([['images', [1, 3, 416, 416]]]));
    expect(valueDims(fixed.proto.graph!.output[0]!)).toEqual([1, 'anchors', 8]);
  });
});
