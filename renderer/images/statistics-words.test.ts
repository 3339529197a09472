import { describe, expect, it } from 'vitest';
import type { ImageStatistics } from './image-types.ts';
import { classBars, imageSizeBars, sizeBars, statisticsRemarks } from './statistics-words.ts';

const statistics = (change: Partial<ImageStatistics> = {}): ImageStatistics => ({
  boxes: 100,
  classes: [
    { name: 'bolt', boxes: 60, images: 30 },
    { name: 'nut', boxes: 40, images: 1 },
  ],
  boxSizes: { edges: [0, 8, 16, 64], counts: [5, 5, 90] },
  imageSizes: [{ width: 640, height: 480, images: 10 }],
  ...change,
});

describe('bars', () => {
  it('carry their figures', () => {
    expect(classBars(statistics())).toEqual([
      { label: 'bolt', value: 60, note: 'in 30 images' },
      { label: 'nut', value: 40, note: 'in 1 image' },
    ]);
    expect(sizeBars(statistics())[2]).toEqual({ label: '16 to 64 px', value: 90, note: '90.0 %' });
  });

  it('gather the many sizes of a mixed set', () => {
    const imageSizes = Array.from({ length: 30 }, (_, i) => ({ width: 100 + i, height: 100, images: 1 + i }));
    const bars = imageSizeBars(statistics({ imageSizes }), 5);
    expect(bars).toHaveLength(6);
    expect(bars[0]).toMatchObject({ label: '129 × 100', value: 30 });
    expect(bars[5]).toMatchObject({ label: '25 other sizes', value: (25 * 26) / 2 });
  });
});

describe('statisticsRemarks', () => {
  it('is silent where nothing stands out', () => {
    expect(statisticsRemarks(statistics())).toEqual([]);
  });

  it('names absent and rare classes and very small boxes', () => {
    const remarks = statisticsRemarks(
      statistics({
        classes: [
          { name: 'bolt', boxes: 99, images: 30 },
          { name: 'nut', boxes: 1, images: 1 },
          { name: 'gear', boxes: 0, images: 0 },
        ],
        boxSizes: { edges: [0, 8, 16, 64], counts: [20, 10, 70] },
      }),
    );
    expect(remarks).toHaveLength(3);
    expect(remarks[0]).toContain('gear');
    expect(remarks[1]).toContain('nut');
    expect(remarks[2]).toContain('30.0 %');
  });
});
