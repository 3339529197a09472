import { beforeAll, describe, expect, it } from 'vitest';
import { fakeGraph } from '../../app/testing/fake-graph.ts';
import { computeLayout } from './compute-layout.ts';
import { type GraphIndex, indexGraph, neighbour, nodeAt, searchNodes } from './graph-index.ts';
import { layoutRequest, nodeHeight, nodeWidth } from './graph-types.ts';

describe('a placed graph', () => {
  const graph = fakeGraph(80, null);
  let index: GraphIndex;
  beforeAll(() => {
    index = indexGraph(graph, computeLayout(layoutRequest(graph)));
  });

  it('holds every node, inputs before what reads them', () => {
    expect(index.nodes).toHaveLength(graph.nodes.length);
    const at = new Map(index.nodes.map(({ node }, position) => [node.id, position]));
    for (const { from, to } of graph.edges) expect(at.get(from)).toBeLessThan(at.get(to) ?? -1);
  });

  it('finds the node under a point, and none between nodes', () => {
    const entry = index.nodes[5]!;
    expect(nodeAt(index, { x: entry.x + nodeWidth / 2, y: entry.y + nodeHeight / 2 })).toBe(entry);
    expect(nodeAt(index, { x: -50, y: -50 })).toBeUndefined();
  });

  it('goes down along an edge and up again', () => {
    const first = index.nodes[0]!;
    const below = neighbour(index, first.node.id, 'down')!;
    expect(first.after).toContain(below.node.id);
    const above = neighbour(index, below.node.id, 'up')!;
    expect(below.before).toContain(above.node.id);
  });

  it('reaches every node by arrow keys from the first', () => {
    const reached = new Set<string>();
    const open = [index.nodes[0]!.node.id];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (reached.has(id)) continue;
      reached.add(id);
      for (const direction of ['up', 'down', 'left', 'right'] as const) {
        const next = neighbour(index, id, direction);
        if (next !== undefined) open.push(next.node.id);
      }
    }
    expect(reached.size).toBe(index.nodes.length);
  });

  it('searches operator, name and tensors, all words, any case', () => {
    expect(searchNodes(index, 'maxpool').every(({ node }) => node.operator === 'MaxPool')).toBe(true);
    expect(searchNodes(index, 'n3_out').map(({ node }) => node.outputs[0])).toContain('n3_out');
    expect(searchNodes(index, 'conv model.0').length).toBeGreaterThan(0);
    expect(searchNodes(index, 'conv nothing-like-it')).toEqual([]);
    expect(searchNodes(index, '   ')).toEqual([]);
  });

  it('ignores edges from nowhere, to itself and twice the same', () => {
    const request = layoutRequest({
      nodes: graph.nodes.slice(0, 2),
      edges: [
        { from: 'n0', to: 'n1', tensor: 'a' },
        { from: 'n0', to: 'n1', tensor: 'b' },
        { from: 'n1', to: 'n1', tensor: 'c' },
        { from: 'nowhere', to: 'n1', tensor: 'd' },
      ],
    });
    expect(request.edges).toEqual([{ from: 'n0', to: 'n1', tensor: 'a' }]);
  });
});
