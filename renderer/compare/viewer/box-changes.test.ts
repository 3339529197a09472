import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxChanges, boxIou, countChanges, type Detection, sortChanges } from './box-changes.ts';

function box(x1: number, y1: number, size: number, score: number, classIndex = 0): Detection {
  return { classIndex, score, x1, y1, x2: x1 + size, y2: y1 + size };
}

const boxes = fc
  .array(
    fc.record({
      x1: fc.integer({ min: 0, max: 60 }),
      y1: fc.integer({ min: 0, max: 60 }),
      size: fc.integer({ min: 0, max: 40 }),
      score: fc.integer({ min: 5, max: 100 }),
      classIndex: fc.integer({ min: 0, max: 2 }),
    }),
    { maxLength: 14 },
  )
  .map((list) =>
    list.map(({ x1, y1, size, score, classIndex }) => box(x1, y1, size, score / 100, classIndex)),
  );

describe('boxIou', () => {
  it('is 1 for the same box, a third for one shifted by half, 0 for an empty one', () => {
    expect(boxIou(box(0, 0, 10, 1), box(0, 0, 10, 1))).toBe(1);
    expect(boxIou(box(0, 0, 10, 1), box(5, 0, 10, 1))).toBeCloseTo(1 / 3);
    expect(boxIou(box(0, 0, 0, 1), box(0, 0, 0, 1))).toBe(0);
  });
});

describe('boxChanges', () => {
  it('tells kept, moved, lost and new boxes apart', () => {
    const before = [box(0, 0, 20, 0.9), box(50, 0, 20, 0.8), box(100, 0, 20, 0.7)];
    const after = [box(0, 0, 20, 0.88), box(54, 0, 20, 0.8), box(200, 0, 20, 0.6)];
    expect(countChanges(boxChanges(before, after, 0.25))).toEqual({ kept: 1, moved: 1, lost: 1, new: 1 });
  });

  it('does not match across classes', () => {
    const changes = boxChanges([box(0, 0, 20, 0.9, 0)], [box(0, 0, 20, 0.9, 1)], 0.25);
    expect(countChanges(changes)).toEqual({ kept: 0, moved: 0, lost: 1, new: 1 });
  });

  it('calls a box whose score fell under the threshold lost, and tells that it is still there', () => {
    const [change] = boxChanges([box(0, 0, 20, 0.3)], [box(0, 0, 20, 0.2)], 0.25);
    expect(change).toMatchObject({ kind: 'lost', after: { score: 0.2 } });
  });

  it('leaves a faint partner to the sure one', () => {
    const changes = boxChanges([box(0, 0, 20, 0.9)], [box(1, 0, 20, 0.8), box(0, 0, 20, 0.1)], 0.25);
    expect(changes).toHaveLength(1);
    expect(changes[0]?.kind).toBe('kept');
    expect(changes[0]?.after?.score).toBe(0.8);
  });

  it('finds nothing changed between a list and itself', () => {
    fc.assert(
      fc.property(boxes, (list) => {
        const solid = list.filter((entry) => entry.x2 > entry.x1);
        const distinct = solid.filter((a, i) => solid.every((b, k) => k >= i || boxIou(a, b) < 0.5));
        const counts = countChanges(boxChanges(distinct, distinct, 0.25));
        expect(counts.lost + counts.new + counts.moved).toBe(0);
      }),
    );
  });

  it('accounts for every box over the threshold exactly once on its side', () => {
    fc.assert(
      fc.property(boxes, boxes, fc.integer({ min: 5, max: 95 }), (before, after, percent) => {
        const threshold = percent / 100;
        const changes = boxChanges(before, after, threshold);
        const left = changes.flatMap((change) => (change.before ? [change.before] : []));
        expect(new Set(left)).toEqual(new Set(before.filter(({ score }) => score >= threshold)));
        expect(left).toHaveLength(new Set(left).size);
        const right = changes.flatMap(({ kind, after: found }) => (kind !== 'lost' && found ? [found] : []));
        expect(new Set(right)).toEqual(new Set(after.filter(({ score }) => score >= threshold)));
        expect(right).toHaveLength(new Set(right).size);
        for (const { kind, iou } of changes) {
          if (kind === 'kept') expect(iou).toBeGreaterThanOrEqual(0.9);
          if (kind === 'moved') expect(iou).toBeLessThan(0.9);
        }
      }),
    );
  });
});

describe('sortChanges', () => {
  it('puts lost before new before moved before kept, and the surest first', () => {
    const before = [box(0, 0, 20, 0.9), box(50, 0, 20, 0.5), box(100, 0, 20, 0.7), box(150, 0, 20, 0.6)];
    const after = [box(0, 0, 20, 0.9), box(54, 0, 20, 0.5), box(300, 0, 20, 0.4)];
    const sorted = sortChanges(boxChanges(before, after, 0.25));
    expect(sorted.map(({ kind }) => kind)).toEqual(['lost', 'lost', 'new', 'moved', 'kept']);
    expect(sorted[0]?.before?.score).toBe(0.7);
  });
});
