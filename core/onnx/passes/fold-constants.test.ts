import { describe, expect, it } from 'vitest';
import { attribute, makeNode } from '../graph.ts';
import { cloneModel } from '../model-file.ts';
import { floatTensor, int64Tensor } from '../tensors.ts';
import { chainModel, operatorsOf, seededValues } from '../testing/build-model.ts';
import { expectSame } from '../testing/compare.ts';
import { foldConstants } from './fold-constants.ts';

describe('foldConstants', () => {
  const grid = (size: number) =>
    [
      makeNode('Constant', {
        name: 'k',
        inputs: [],
        outputs: ['one'],
        attributes: [attribute.float('value_float', 1)],
      }),
      makeNode('Add', { name: 'sum', inputs: ['small', 'one'], outputs: ['moved'] }),
      makeNode('Expand', { name: 'grow', inputs: ['moved', 'size'], outputs: ['grown'] }),
      makeNode('Add', { name: 'use', inputs: ['x', 'grown'], outputs: ['y'] }),
      int64Tensor('size', [2], [size, 512]),
    ] as const;

  it('computes constant subgraphs', async () => {
    const [k, sum, grow, use, size] = grid(4);
    const m = chainModel(
      [k, sum, grow, use],
      [size, floatTensor('small', [1, 1], seededValues(1))],
      [4, 512],
      [4, 512],
    );
    const after = cloneModel(m);
    expect(await foldConstants(after)).toBe(3);
    expect(operatorsOf(after)).toEqual(['Add']);
    await expectSame(m, after, 0);
  });

  it('leaves results that would blow the file up', async () => {
    const [k, sum, grow, use, size] = grid(1024);
    const m = chainModel(
      [k, sum, grow, use],
      [size, floatTensor('small', [1, 1], seededValues(1))],
      [1024, 512],
      [1024, 512],
    );
    const after = cloneModel(m);
    await foldConstants(after);
    expect(operatorsOf(after)).toEqual(['Expand', 'Add']);
    await expectSame(m, after, 0);
  });

  it('counts shapes as constants only where inputs are static', async () => {
    const nodes = () => [
      makeNode('Relu', { name: 'relu', inputs: ['x'], outputs: ['r'] }),
      makeNode('Shape', {
        name: 'shape',
        inputs: ['r'],
        outputs: ['s'],
        attributes: [attribute.int('start', 1)],
      }),
      makeNode('ConstantOfShape', { name: 'zeros', inputs: ['s'], outputs: ['z'] }),
      makeNode('Add', { name: 'add', inputs: ['r', 'z'], outputs: ['y'] }),
    ];
    const fixed = chainModel(nodes(), [], [2, 3], [2, 3]);
    const after = cloneModel(fixed);
    await foldConstants(after);
    expect(operatorsOf(after)).toEqual(['Relu', 'Add']);
    await expectSame(fixed, after, 0);

    const open = chainModel(nodes(), [], ['batch', 3], ['batch', 3]);
    await foldConstants(open);
    expect(operatorsOf(open)).toHaveLength(4);
  });

  it('computes constants also beside operators that ONNX Runtime does not know', async () => {
    const m = chainModel(
      [
        makeNode('Add', { name: 'sum', inputs: ['w', 'w'], outputs: ['s'] }),
        makeNode('Relu', { name: 'relu', inputs: ['x'], outputs: ['r'] }),
        makeNode('Shape', { name: 'shape', inputs: ['r'], outputs: ['size'] }),
        makeNode('Plugin', { name: 'p', domain: 'trt', inputs: ['r', 's', 'size'], outputs: ['y'] }),
      ],
      [floatTensor('w', [2], seededValues(2))],
      [2],
      [2],
    );
    expect(await foldConstants(m)).toBe(1);
    expect(operatorsOf(m)).toEqual(['Relu', 'Shape', 'Plugin']);
  });

  it('does not take a shape that depends on data for constant', async () => {
    const m = chainModel(
      [
        makeNode('NonZero', { name: 'nz', inputs: ['x'], outputs: ['at'] }),
        makeNode('Shape', { name: 'shape', inputs: ['at'], outputs: ['s'] }),
        makeNode('Cast', {
          name: 'cast',
          inputs: ['s'],
          outputs: ['y'],
          attributes: [attribute.int('to', 1)],
        }),
      ],
      [],
      [2, 3],
      [2],
    );
    expect(await foldConstants(m)).toBe(0);
  });

  it('leaves quantized weights quantized and random numbers random', async () => {
    const m = chainModel(
      [
        makeNode('QuantizeLinear', { name: 'q', inputs: ['w', 'scale'], outputs: ['wq'] }),
        makeNode('DequantizeLinear', { name: 'dq', inputs: ['wq', 'scale'], outputs: ['wd'] }),
        makeNode('RandomUniform', {
          name: 'noise',
          inputs: [],
          outputs: ['n'],
          attributes: [attribute.ints('shape', [2])],
        }),
        makeNode('Sum', { name: 'sum', inputs: ['x', 'wd', 'n'], outputs: ['y'] }),
      ],
      [floatTensor('w', [2], seededValues(2)), floatTensor('scale', [], new Float32Array([0.01]))],
      [2],
      [2],
    );
    expect(await foldConstants(m)).toBe(0);
  });
});
