import { describe, expect, it } from 'vitest';
import { attribute, makeNode } from '../graph.ts';
import { cloneModel } from '../model-file.ts';
import { boolTensor, floatTensor } from '../tensors.ts';
import { chainModel, operatorsOf } from '../testing/build-model.ts';
import { expectSame } from '../testing/compare.ts';
import { removeIdentities } from './remove-identities.ts';

describe('removeIdentities', () => {
  it('removes what has no effect and keeps the output name', async () => {
    const m = chainModel(
      [
        makeNode('Identity', { name: 'i0', inputs: ['x'], outputs: ['a'] }),
        makeNode('Relu', { name: 'relu', inputs: ['a'], outputs: ['b'] }),
        makeNode('Cast', { name: 'c1', inputs: ['b'], outputs: ['c'], attributes: [attribute.int('to', 1)] }),
        makeNode('Cast', { name: 'c2', inputs: ['c'], outputs: ['d'], attributes: [attribute.int('to', 1)] }),
        makeNode('Dropout', { name: 'drop', inputs: ['d', 'ratio', 'no'], outputs: ['e'] }),
        makeNode('Transpose', {
          name: 'same',
          inputs: ['e'],
          outputs: ['f'],
          attributes: [attribute.ints('perm', [0, 1])],
        }),
        makeNode('Concat', {
          name: 'one',
          inputs: ['f'],
          outputs: ['g'],
          attributes: [attribute.int('axis', 0)],
        }),
        makeNode('Identity', { name: 'last', inputs: ['g'], outputs: ['y'] }),
      ],
      [floatTensor('ratio', [], new Float32Array([0.5])), boolTensor('no', [], [false])],
      [2, 3],
      [2, 3],
    );
    const after = cloneModel(m);
    removeIdentities(after.proto.graph!);
    // The type of `b` is not stated, so the first cast stays.
    expect(operatorsOf(after)).toEqual(['Relu', 'Cast']);
    await expectSame(m, after);
  });

  it('keeps a node between an input and an output', () => {
    const m = chainModel([makeNode('Identity', { name: 'i', inputs: ['x'], outputs: ['y'] })], [], [2], [2]);
    expect(removeIdentities(m.proto.graph!)).toBe(0);
  });

  it('keeps casts that change the type and dropouts whose mask is read', () => {
    const m = chainModel(
      [
        makeNode('Cast', { name: 'c', inputs: ['x'], outputs: ['h'], attributes: [attribute.int('to', 10)] }),
        makeNode('Cast', { name: 'd', inputs: ['h'], outputs: ['f'], attributes: [attribute.int('to', 1)] }),
        makeNode('Dropout', { name: 'drop', inputs: ['f'], outputs: ['g', 'mask'] }),
        makeNode('Where', { name: 'where', inputs: ['mask', 'g', 'x'], outputs: ['y'] }),
      ],
      [],
      [2],
      [2],
    );
    expect(removeIdentities(m.proto.graph!)).toBe(0);
  });
});
