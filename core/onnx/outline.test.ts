import { describe, expect, it } from 'vitest';
import { attribute, makeNode } from './graph.ts';
import { outlineGraph } from './outline.ts';
import { floatTensor, int8Tensor, int64Tensor } from './tensors.ts';
import { chainModel } from './testing/build-model.ts';

describe('outlineGraph', () => {
  const weight = floatTensor('w', [4, 3, 3, 3], new Float32Array(108));
  const conv = (inputs: string[], output: string) =>
    makeNode('Conv', {
      name: `${output}_conv`,
      inputs,
      outputs: [output],
      attributes: [attribute.ints('pads', [1, 1, 1, 1]), attribute.string('auto_pad', 'NOTSET')],
    });

  it('tells constants from tensors, and shows few values but no many', () => {
    const model = chainModel(
      [
        conv(['x', 'w', 'b'], 'c'),
        makeNode('Constant', {
          name: 'k',
          inputs: [],
          outputs: ['shape'],
          attributes: [attribute.tensor('value', int64Tensor('', [3], [1, 4, -1]))],
        }),
        makeNode('Reshape', { name: 'flat', inputs: ['c', 'shape'], outputs: ['y'] }),
      ],
      [weight, floatTensor('b', [4], Float32Array.of(0.1, 0, 0, 0))],
      [1, 3, 8, 8],
      [1, 4, 64],
    );
    const { nodes, edges } = outlineGraph(model);
    expect(nodes).toEqual([
      {
        id: 'c',
        operator: 'Conv',
        name: 'c_conv',
        inputs: ['x'],
        outputs: ['c'],
        attributes: ['pads=1,1,1,1', 'auto_pad=NOTSET'],
        constants: ['weight 4x3x3x3 float32', 'bias 4 float32 = 0.1,0,0,0'],
      },
      {
        id: 'y',
        operator: 'Reshape',
        name: 'flat',
        inputs: ['c'],
        outputs: ['y'],
        attributes: [],
        constants: ['shape 3 int64 = 1,4,-1'],
      },
    ]);
    expect(edges).toEqual([{ from: 'c', to: 'y', tensor: 'c' }]);
  });

  it('shows stored int8 weights as the constant that they are', () => {
    const model = chainModel(
      [
        makeNode('DequantizeLinear', { name: 'dq', inputs: ['w8', 's'], outputs: ['w'] }),
        conv(['x', 'w'], 'y'),
      ],
      [int8Tensor('w8', [4, 3, 3, 3], new Int8Array(108)), floatTensor('s', [], Float32Array.of(0.5))],
      [1, 3, 8, 8],
      [1, 4, 8, 8],
    );
    const { nodes, edges } = outlineGraph(model);
    expect(nodes.map(({ operator, constants }) => [operator, constants])).toEqual([
      ['Conv', ['weight 4x3x3x3 int8']],
    ]);
    expect(edges).toEqual([]);
  });

  it('gives every node an id of its own although names repeat', () => {
    const same = () => makeNode('Relu', { name: 'r', inputs: ['x'], outputs: ['y'] });
    const { nodes } = outlineGraph(chainModel([same(), same()], [], [1], [1]));
    expect(new Set(nodes.map(({ id }) => id)).size).toBe(2);
  });
});
