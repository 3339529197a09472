import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gridGap, gridGeometry, positionAfterKey } from './grid-geometry.ts';

describe('gridGeometry', () => {
  it('fills the width with cells no smaller than asked', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 200, max: 3000 }),
        fc.integer({ min: 80, max: 200 }),
        (width, minimum) => {
          const { columns, cellWidth } = gridGeometry(width, minimum);
          const used = columns * cellWidth + (columns - 1) * gridGap;
          expect(cellWidth).toBeGreaterThanOrEqual(minimum);
          expect(used).toBeLessThanOrEqual(width);
          expect(width - used).toBeLessThan(columns);
        },
      ),
    );
  });

  it('has one column where there is hardly any room', () => {
    expect(gridGeometry(0, 160)).toMatchObject({ columns: 1, cellWidth: 40 });
  });
});

describe('positionAfterKey', () => {
  const grid = { columns: 4, visibleRows: 3, total: 10 };
  it.each([
    ['ArrowRight', 0, 1],
    ['ArrowRight', 9, 9],
    ['ArrowLeft', 0, 0],
    ['ArrowDown', 1, 5],
    // The third row has two images only.
    ['ArrowDown', 7, 9],
    ['ArrowDown', 9, 9],
    ['ArrowUp', 9, 5],
    ['ArrowUp', 2, 2],
    ['PageDown', 1, 9],
    ['PageUp', 9, 1],
    ['PageUp', 5, 1],
    ['Home', 7, 0],
    ['End', 0, 9],
  ])('%s from %d leads to %d', (key, from, to) => {
    expect(positionAfterKey(key, from, grid)).toBe(to);
  });

  it('leaves other keys alone, and an empty grid', () => {
    expect(positionAfterKey('a', 3, grid)).toBeNull();
    expect(positionAfterKey('End', 0, { ...grid, total: 0 })).toBeNull();
  });

  it('never leaves the set', () => {
    const keys = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End'];
    fc.assert(
      fc.property(
        fc.constantFrom(...keys),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 200 }),
        fc.nat(),
        (key, columns, visibleRows, total, seed) => {
          const next = positionAfterKey(key, seed % total, { columns, visibleRows, total });
          expect(next).not.toBeNull();
          expect(next!).toBeGreaterThanOrEqual(0);
          expect(next!).toBeLessThan(total);
        },
      ),
    );
  });
});
