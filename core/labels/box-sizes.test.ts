import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxSizeHistogram } from './box-sizes.ts';

describe('boxSizeHistogram', () => {
  it('puts each box with an area into the bin of its square root', () => {
    const corners = Float32Array.from(
      [
        [0, 0, 8, 8],
        [5, 5, 9, 14],
        [0, 0, 32, 32],
        [0, 0, 4, 256],
        [3, 3, 3, 9],
      ].flat(),
    );
    expect(boxSizeHistogram(corners)).toEqual({
      edges: [0, 8, 16, 24, 32, 48],
      counts: [1, 1, 0, 0, 2],
    });
  });

  it('has no bins without boxes', () => {
    expect(boxSizeHistogram(new Float32Array(0))).toEqual({ edges: [], counts: [] });
  });

  it('counts every box once, in ascending bins of which the last is not empty', () => {
    const side = fc.double({ min: 0.01, max: 5000, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(side, side), { minLength: 1 }), (sizes) => {
        const { edges, counts } = boxSizeHistogram(
          Float64Array.from(sizes.flatMap(([width, height]) => [0, 0, width, height])),
        );
        expect(edges).toHaveLength(counts.length + 1);
        expect(edges).toEqual([...edges].sort((a, b) => a - b));
        for (const [bin, count] of counts.entries()) {
          const inside = sizes.filter(([width, height]) => {
            const size = Math.sqrt(width * height);
            return size >= (edges[bin] as number) && size < (edges[bin + 1] as number);
          });
          expect(count).toBe(inside.length);
        }
        expect(counts.at(-1)).toBeGreaterThan(0);
      }),
    );
  });
});
