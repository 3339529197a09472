import { describe, expect, it } from 'vitest';
import { foldInto, foldLayout } from './fold-layout.ts';
import { type GraphLayout, nodeHeight, nodeWidth } from './graph-types.ts';

/** A chain of `count` nodes below each other, with one edge over all of it. */
function chain(count: number): GraphLayout {
  const step = 68;
  const nodes = Array.from({ length: count }, (_, at) => ({
    id: `n${at}`,
    x: 24,
    y: 24 + at * step,
    order: at,
  }));
  const bottom = (at: number) => ({ x: 24 + nodeWidth / 2, y: 24 + at * step + nodeHeight });
  const top = (at: number) => ({ x: 24 + nodeWidth / 2, y: 24 + at * step });
  return {
    width: nodeWidth + 48,
    height: count * step + 48,
    nodes,
    edges: [
      ...nodes
        .slice(1)
        .map((node, at) => ({ from: `n${at}`, to: node.id, points: [bottom(at), top(at + 1)] })),
      { from: 'n0', to: `n${count - 1}`, points: [bottom(0), { x: 20, y: 200 }, top(count - 1)] },
    ],
  };
}

describe('folding a tall layout into columns', () => {
  it('leaves a layout that is already wide as it is', () => {
    const wide = chain(3);
    expect(foldLayout(wide)).toBe(wide);
  });

  it('brings a deep chain to about the shape of a drawing', () => {
    const folded = foldLayout(chain(200));
    const aspect = folded.width / folded.height;
    expect(aspect).toBeGreaterThan(1.2);
    expect(aspect).toBeLessThan(3);
  });

  it('keeps every node, none over another, all within the drawing', () => {
    const folded = foldLayout(chain(150));
    expect(folded.nodes).toHaveLength(150);
    for (const node of folded.nodes) {
      expect(node.x).toBeGreaterThanOrEqual(0);
      expect(node.y).toBeGreaterThanOrEqual(0);
      expect(node.x + nodeWidth).toBeLessThanOrEqual(folded.width);
      expect(node.y + nodeHeight).toBeLessThanOrEqual(folded.height);
    }
    const places = folded.nodes.map(({ x, y }) => `${Math.round(x)},${Math.round(y)}`);
    expect(new Set(places).size).toBe(150);
  });

  it('keeps the order of reading', () => {
    const { nodes } = foldLayout(chain(150));
    expect(nodes.map(({ order }) => order)).toEqual(Array.from({ length: 150 }, (_, at) => at));
  });

  it('cuts an edge at every column that it passes', () => {
    const folded = foldInto(chain(100), 4);
    const whole = folded.edges.filter(({ from, to }) => from === 'n0' && to === 'n99');
    expect(whole).toHaveLength(4);
    for (const { points } of whole) {
      for (const { x, y } of points) {
        expect(x).toBeGreaterThanOrEqual(0);
        expect(x).toBeLessThanOrEqual(folded.width);
        expect(y).toBeGreaterThanOrEqual(-1);
        expect(y).toBeLessThanOrEqual(folded.height);
      }
    }
  });
});
