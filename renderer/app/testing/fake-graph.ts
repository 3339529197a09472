/** A graph in the manner of a detector: a chain of stages with residual adds, two feature maps brought together, heads. */

import type { ResultOf } from '../../../contract/procedures/index.ts';

type Graph = ResultOf<'models.graph'>;
type GraphNode = Graph['nodes'][number];

export function fakeGraph(size: number, precision: 'fp16' | 'int8' | null): Graph {
  const nodes: GraphNode[] = [];
  const edges: { from: string; to: string; tensor: string }[] = [];

  const add = (operator: string, from: readonly string[], more: Partial<GraphNode> = {}): string => {
    const id = `n${nodes.length}`;
    const inHead = operator === 'Sigmoid' && nodes.length > size - 12;
    nodes.push({
      id,
      operator,
      name: `/model.${Math.floor(nodes.length / 9)}/${operator}_${nodes.length}`,
      inputs: from.map((source) => `${source}_out`),
      outputs: [`${id}_out`],
      attributes: operator === 'Conv' ? ['kernel_shape=3x3', 'strides=1x1', 'pads=1,1,1,1'] : [],
      constants: operator === 'Conv' ? ['weight 64x32x3x3 float32', 'bias 64 float32'] : [],
      precision: precision === null ? null : inHead ? 'fp32' : precision,
      reason: precision === 'int8' && inHead ? "the head's decode stays in float" : null,
      ...more,
    });
    for (const source of from) edges.push({ from: source, to: id, tensor: `${source}_out` });
    return id;
  };
  const block = (from: string) => {
    const convolved = add('Conv', [from]);
    return add('Mul', [convolved, add('Sigmoid', [convolved])]);
  };

  let last = add('Conv', []);
  const taps: string[] = [];
  while (nodes.length < size - 40) {
    const start = last;
    last = block(last);
    last = add('Add', [start, block(last)]);
    if (nodes.length % 5 === 0) {
      last = add('MaxPool', [last]);
      taps.push(last);
    }
  }
  const heads = taps.slice(-3).map((tap) => {
    const joined = add('Concat', [tap, last]);
    return add('Reshape', [add('Conv', [block(joined)])]);
  });
  const all = add('Concat', heads.length > 0 ? heads : [last]);
  add('Concat', [add('Sigmoid', [all]), add('Slice', [all])]);
  return { nodes, edges };
}
