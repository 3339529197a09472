import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attribute, makeNode } from '../graph.ts';
import { readModel, serialiseModel, writeModel } from '../model-file.ts';
import { fixInputDims } from '../shapes.ts';
import { DataType, floatTensor, int64Tensor } from '../tensors.ts';
import { buildModel, operatorsOf, seededValues } from '../testing/build-model.ts';
import { expectSame, largestDifference, randomInput } from '../testing/compare.ts';
import {
  checkWithOnnx,
  fixtureModels,
  fixtureNote,
  fixturePath,
  haveFixtures,
  onnxPython,
  pythonNote,
} from '../testing/fixtures.ts';
import { valueInfo } from '../value-info.ts';
import { prepareModel } from './prepare.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engineroom-prepare-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.skipIf(!haveFixtures)(`prepareModel on the fixtures${fixtureNote}`, () => {
  it.each([...fixtureModels, 'parts'])('%s gives the same results, dynamic and static', async (name) => {
    const original = await readModel(fixturePath(name));
    const dims = [1, 3, 416, 416];
    const inputs = new Map([['images', randomInput(dims)]]);
    const { model: dynamic } = await prepareModel(original);
    expect(await largestDifference(original, dynamic, inputs)).toBeLessThan(1e-4);

    const fixed = fixInputDims(original, new Map([['images', dims]]));
    const { model: prepared, report } = await prepareModel(fixed);
    expect(await largestDifference(original, prepared, inputs)).toBeLessThan(1e-4);
    expect(operatorsOf(prepared)).not.toContain('Shape');
    expect(operatorsOf(prepared)).not.toContain('Constant');
    expect(operatorsOf(prepared)).not.toContain('Range');
    if (name !== 'cells-yolov5n-416-static') expect(report.length).toBeGreaterThan(0);
  });

  it.skipIf(!onnxPython)(`passes onnx's checker${pythonNote}`, async () => {
    for (const name of [...fixtureModels, 'parts']) {
      const original = await readModel(fixturePath(name));
      for (const [form, start] of [
        ['dynamic', original],
        ['static', fixInputDims(original, new Map([['images', [1, 3, 416, 416]]]))],
      ] as const) {
        const { model: prepared } = await prepareModel(start);
        const path = join(folder, `${name}-${form}.onnx`);
        await writeModel(prepared, path);
        checkWithOnnx(path);
      }
    }
  });

  it('gives the same bytes twice', async () => {
    const original = await readModel(fixturePath('parts'));
    const [a, b] = [await prepareModel(original), await prepareModel(original)];
    expect(Buffer.compare(serialiseModel(a.model.proto), serialiseModel(b.model.proto))).toBe(0);
  });

  it('stops when cancelled', async () => {
    const original = await readModel(fixturePath('parts'));
    const work = prepareModel(original, { signal: AbortSignal.abort() });
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('prepareModel', () => {
  it('brings an old export into form', async () => {
    const weights = [
      floatTensor('w', [4, 3, 3, 3], seededValues(108)),
      ...['gamma', 'beta', 'mean'].map((name, i) => floatTensor(name, [4], seededValues(4, i + 2))),
      floatTensor('variance', [4], Float32Array.of(0.5, 1, 2, 3)),
      floatTensor('unused', [4], seededValues(4)),
    ];
    const original = buildModel({
      opset: 11,
      irVersion: 3,
      inputs: [
        { name: 'x', dims: [1, 3, 8, 8] },
        ...weights.map((w) => ({ name: w.name, dims: w.dims.map(Number) })),
      ],
      outputs: [{ name: 'y', dims: [1, 144] }],
      nodes: [
        makeNode('Conv', { name: 'conv', inputs: ['x', 'w'], outputs: ['a'] }),
        makeNode('BatchNormalization', {
          name: 'norm',
          inputs: ['a', 'gamma', 'beta', 'mean', 'variance'],
          outputs: ['b'],
        }),
        makeNode('Dropout', { name: 'drop', inputs: ['b'], outputs: ['c'] }),
        makeNode('Relu', { name: 'dead', inputs: ['b'], outputs: ['nobody'] }),
        makeNode('Shape', { name: 'shape', inputs: ['c'], outputs: ['s'] }),
        makeNode('Constant', {
          name: 'zero',
          inputs: [],
          outputs: ['z'],
          attributes: [attribute.tensor('value', int64Tensor('', [], [0]))],
        }),
        makeNode('Gather', { name: 'batch', inputs: ['s', 'z'], outputs: ['n'] }),
        makeNode('Unsqueeze', {
          name: 'row',
          inputs: ['n'],
          outputs: ['n1'],
          attributes: [attribute.ints('axes', [0])],
        }),
        makeNode('Concat', {
          name: 'target',
          inputs: ['n1', 'rest'],
          outputs: ['t'],
          attributes: [attribute.int('axis', 0)],
        }),
        makeNode('Reshape', { name: 'flat', inputs: ['c', 't'], outputs: ['f'] }),
        makeNode('Softmax', { name: 'softmax', inputs: ['f'], outputs: ['y'] }),
      ],
      initializers: [...weights, int64Tensor('rest', [1], [-1])],
    });
    original.proto.graph!.input.push(valueInfo('rest', DataType.INT64, [1]));
    // Without the rank of its input, softmax could not be seen to work on the last axis.
    original.proto.graph!.valueInfo.push(valueInfo('f', DataType.FLOAT, ['n', 'rest']));
    const { model, report } = await prepareModel(original);
    expect(operatorsOf(model)).toEqual(['Conv', 'Reshape', 'Softmax']);
    // Weight, bias and target shape.
    expect(model.proto.graph!.initializer).toHaveLength(3);
    expect(report).toEqual([
      'Took 7 weights off the list of inputs.',
      'Upgraded the model from opset 11 to 13.',
      'Removed 1 node without effect.',
      'Computed 5 constant nodes beforehand.',
      'Folded 1 normalisation or scale into layers.',
      'Removed 1 node that no output needs.',
    ]);
    // The original is as it was.
    expect(operatorsOf(original)).toHaveLength(11);
    await expectSame(original, model);
  });
});
