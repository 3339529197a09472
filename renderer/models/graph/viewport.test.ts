import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeHeight, nodeWidth } from './graph-types.ts';
import {
  between,
  fitView,
  keepInSight,
  largestScale,
  reveal,
  smallestScale,
  toGraph,
  zoomAt,
} from './viewport.ts';

const view = fc.record({
  scale: fc.double({ min: smallestScale, max: largestScale, noNaN: true }),
  x: fc.double({ min: -5000, max: 5000, noNaN: true }),
  y: fc.double({ min: -5000, max: 5000, noNaN: true }),
});
const canvas = { width: 1000, height: 600 };
const graph = { width: 4000, height: 2500 };

describe('the view of the graph', () => {
  it('keeps the point under the pointer in place while zooming', () => {
    fc.assert(
      fc.property(view, fc.double({ min: 0.2, max: 5, noNaN: true }), (start, factor) => {
        const at = { x: 300, y: 200 };
        const before = toGraph(start, at);
        const after = toGraph(zoomAt(start, at, factor), at);
        expect(after.x).toBeCloseTo(before.x, 3);
        expect(after.y).toBeCloseTo(before.y, 3);
      }),
    );
  });

  it('never zooms beyond its bounds', () => {
    fc.assert(
      fc.property(view, fc.double({ min: 0.0001, max: 10_000, noNaN: true }), (start, factor) => {
        const { scale } = zoomAt(start, { x: 0, y: 0 }, factor);
        expect(scale).toBeGreaterThanOrEqual(smallestScale);
        expect(scale).toBeLessThanOrEqual(largestScale);
      }),
    );
  });

  it('shows the whole graph when fitted', () => {
    const fitted = fitView(graph, canvas);
    const upperLeft = toGraph(fitted, { x: 0, y: 0 });
    const lowerRight = toGraph(fitted, { x: canvas.width, y: canvas.height });
    expect(upperLeft.x).toBeLessThanOrEqual(0);
    expect(upperLeft.y).toBeLessThanOrEqual(0);
    expect(lowerRight.x).toBeGreaterThanOrEqual(graph.width);
    expect(lowerRight.y).toBeGreaterThanOrEqual(graph.height);
  });

  it('does not lose the graph, however far it is dragged', () => {
    fc.assert(
      fc.property(view, (start) => {
        const kept = keepInSight(start, graph, canvas);
        expect(kept.x).toBeLessThan(canvas.width);
        expect(kept.x + graph.width * kept.scale).toBeGreaterThan(0);
        expect(kept.y).toBeLessThan(canvas.height);
        expect(kept.y + graph.height * kept.scale).toBeGreaterThan(0);
      }),
    );
  });

  it('brings a node inside when it is revealed', () => {
    fc.assert(
      fc.property(
        view,
        fc.integer({ min: 0, max: 3800 }),
        fc.integer({ min: 0, max: 2400 }),
        (start, x, y) => {
          const next = reveal({ x, y }, start, canvas);
          expect(x * next.scale + next.x).toBeGreaterThan(-1);
          expect((x + nodeWidth) * next.scale + next.x).toBeLessThan(canvas.width + 1);
          expect(y * next.scale + next.y).toBeGreaterThan(-1);
          expect((y + nodeHeight) * next.scale + next.y).toBeLessThan(canvas.height + 1);
        },
      ),
    );
  });

  it('flies from one view exactly to the other', () => {
    const from = { scale: 0.1, x: 3, y: -4 };
    const to = { scale: 1.4, x: -700, y: 90 };
    const end = between(from, to, 1);
    expect(between(from, to, 0)).toEqual(from);
    expect(end.scale).toBeCloseTo(to.scale);
    expect(end.x).toBeCloseTo(to.x);
    expect(end.y).toBeCloseTo(to.y);
  });
});
