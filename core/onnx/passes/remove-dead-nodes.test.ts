import { describe, expect, it } from 'vitest';
import { makeNode } from '../graph.ts';
import { floatTensor } from '../tensors.ts';
import { buildModel, seededValues } from '../testing/build-model.ts';
import { makeWeightsConstant } from './remove-dead-nodes.ts';

describe('makeWeightsConstant', () => {
  it('takes initializers off the inputs and raises the IR version to one that allows it', () => {
    const m = buildModel({
      irVersion: 3,
      opset: 11,
      inputs: [
        { name: 'x', dims: [2] },
        { name: 'w', dims: [2] },
      ],
      outputs: [{ name: 'y', dims: [2] }],
      nodes: [makeNode('Add', { name: 'add', inputs: ['x', 'w'], outputs: ['y'] })],
      initializers: [floatTensor('w', [2], seededValues(2))],
    });
    expect(makeWeightsConstant(m.proto)).toBe(1);
    expect(m.proto.graph!.input.map((input) => input.name)).toEqual(['x']);
    expect(m.proto.irVersion).toBe(4n);
  });
});
