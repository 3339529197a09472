import { describe, expect, it } from 'vitest';
import { makeNode } from '../onnx/graph.ts';
import { readModel } from '../onnx/model-file.ts';
import { fixtureModels, fixtureNote, fixturePath, haveFixtures } from '../onnx/testing/fixtures.ts';
import { planQuantization } from './plan.ts';
import { smallDetector } from './testing/small-detector.ts';

describe('planQuantization', () => {
  const plan = planQuantization(smallDetector());
  const readersOf = (tensor: string) => plan.tensors.find((t) => t.tensor === tensor)?.readers;

  it('quantizes the layers of the body and leaves head and decode in float, with reasons', () => {
    expect(plan.layers.map(({ name }) => name)).toEqual(['stem_conv', 'a_conv', 'b_conv', 'c_conv']);
    const reasons = new Map(plan.leftInFloat.map(({ name, reason }) => [name, reason]));
    expect([...reasons.keys()].sort()).toEqual(['flat', 'head', 'pixels', 'squash']);
    expect(reasons.get('head')).toMatch(/final layer/);
    expect(reasons.get('pixels')).toMatch(/decode tail/);
  });

  it('puts no Q/DQ inside a SiLU: neither the convolution result nor its sigmoid is in the plan', () => {
    const tensors = new Set(plan.tensors.map(({ tensor }) => tensor));
    for (const layer of ['stem', 'a', 'b', 'c']) {
      expect(tensors.has(`${layer}_x`)).toBe(false);
      expect(tensors.has(`${layer}_s`)).toBe(false);
    }
  });

  it('lets the addition read its shortcut from int8 and the fresh branch in float', () => {
    expect(readersOf('stem')).toContain('sum');
    expect(readersOf('b')).toBeUndefined();
  });

  it('gives one scale to what a Concat joins and a MaxPool passes on, and none other', () => {
    const shared = plan.groups.filter((group) => group.length > 1).map((group) => [...group].sort());
    expect(shared).toEqual([['joined', 'pooled', 'sum']]);
  });

  it('never lets the final layer or the decode read a quantized tensor', () => {
    const readers = new Set(plan.tensors.flatMap((t) => t.readers));
    for (const output of ['raw', 'rows', 'unit', 'out']) expect(readers.has(output)).toBe(false);
  });

  it('quantizes the final layer on request', () => {
    const all = planQuantization(smallDetector(), { finalLayers: 'int8' });
    expect(all.layers.map(({ name }) => name)).toContain('head');
  });

  it('leaves excluded nodes in float and says so', () => {
    const without = planQuantization(smallDetector(), { exclude: new Set(['a_conv']) });
    expect(without.layers.map(({ name }) => name)).not.toContain('a_conv');
    expect(without.leftInFloat.find(({ name }) => name === 'a_conv')?.reason).toMatch(/excluded/);
  });

  it('names a product of two computed tensors as an obstacle', () => {
    const model = smallDetector();
    const graph = model.proto.graph!;
    // Attention in small: pooled x pooled, before the concatenation.
    graph.node.splice(
      graph.node.findIndex(({ name }) => name === 'concat'),
      0,
      makeNode('MatMul', { name: 'attention', inputs: ['pooled', 'pooled'], outputs: ['attended'] }),
    );
    graph.node.find(({ name }) => name === 'concat')!.input[1] = 'attended';
    const { leftInFloat } = planQuantization(model);
    expect(leftInFloat.find(({ name }) => name === 'attention')?.reason).toMatch(
      /both operands are computed/,
    );
  });
});

describe.skipIf(!haveFixtures)(`planQuantization on the fixtures${fixtureNote}`, () => {
  it.each(fixtureModels)('%s: 57 of 60 convolutions, the three final ones left in float', async (file) => {
    const plan = planQuantization(await readModel(fixturePath(file)));
    expect(plan.layers).toHaveLength(57);
    expect(plan.headTensors).toHaveLength(3);
    const kept = plan.leftInFloat.filter(({ operator }) => operator === 'Conv');
    expect(kept.map(({ output }) => output).sort()).toEqual([...plan.headTensors].sort());
  });
});
