import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluateTwin } from './coco.twin.ts';
import { type CocoRequest, evaluateCoco } from './index.ts';

interface Row {
  readonly category: number;
  readonly box: readonly number[];
  readonly score: number;
  readonly area: number;
  readonly crowd: boolean;
}

// Coordinates on a coarse grid, so that boxes meet, overlap exactly at thresholds and fill areas at the limits.
const box = (cells: number, cell: number) =>
  fc
    .tuple(
      fc.nat(cells),
      fc.nat(cells),
      fc.integer({ min: 1, max: cells }),
      fc.integer({ min: 1, max: cells }),
    )
    .map(([x, y, w, h]) => [x * cell, y * cell, (x + w) * cell, (y + h) * cell]);

function rows(classCount: number, most: number): fc.Arbitrary<Row[]> {
  const row = fc.record({
    category: fc.integer({ min: 0, max: classCount }), // one more than there is: left out
    box: fc.oneof(box(6, 16), box(5, 40), box(10, 0.5)),
    score: fc.oneof(
      fc.nat(4).map((n) => n / 4),
      fc.float({ min: 0, max: 1, noNaN: true }),
    ),
    crowd: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    area: fc.constantFrom(-1, 0, 1024, 9216, 500, 20000),
  });
  return fc.array(row, { maxLength: most }).map((list) =>
    list.map((r) => {
      const [x1, y1, x2, y2] = r.box as [number, number, number, number];
      return { ...r, area: r.area < 0 ? (x2 - x1) * (y2 - y1) : r.area };
    }),
  );
}

function offsets(images: readonly (readonly Row[])[]): Int32Array {
  const ends = [0];
  for (const image of images) ends.push(ends.at(-1)! + image.length);
  return Int32Array.from(ends);
}

function requestOf(classCount: number, truth: readonly Row[][], found: readonly Row[][]): CocoRequest {
  const [t, d] = [truth.flat(), found.flat()];
  return {
    imageCount: truth.length,
    classCount,
    truth: {
      offsets: offsets(truth),
      classes: Int32Array.from(t.map((r) => r.category)),
      boxes: Float64Array.from(t.flatMap((r) => r.box)),
      areas: Float64Array.from(t.map((r) => r.area)),
      crowds: Uint8Array.from(t.map((r) => Number(r.crowd))),
    },
    detections: {
      offsets: offsets(found),
      classes: Int32Array.from(d.map((r) => r.category)),
      boxes: Float32Array.from(d.flatMap((r) => r.box)),
      scores: Float32Array.from(d.map((r) => r.score)),
    },
  };
}

function expectClose(actual: Float64Array, expected: Float64Array): void {
  expect(actual.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 12);
}

/** Detections of an image: some at its truths, moved by up to a third of the size, and some anywhere. */
function detectionsNear(truth: readonly Row[], classCount: number): fc.Arbitrary<Row[]> {
  const moved = truth.map((row) =>
    fc.tuple(fc.integer({ min: -2, max: 2 }), fc.nat(4)).map(([shift, score]): Row => {
      const [x1, y1, x2, y2] = row.box as [number, number, number, number];
      return { ...row, box: [x1 + ((x2 - x1) * shift) / 6, y1, x2, y2], score: score / 4 };
    }),
  );
  return fc.tuple(rows(classCount, 20), ...moved).map(([anywhere, ...near]) => [...anywhere, ...near]);
}

const dataSet = fc.integer({ min: 1, max: 3 }).chain((classCount) =>
  fc.record({
    classCount: fc.constant(classCount),
    images: fc.array(
      rows(classCount, 8).chain((truth) => fc.tuple(fc.constant(truth), detectionsNear(truth, classCount))),
      { maxLength: 4 },
    ),
  }),
);

test('evaluateCoco equals its twin on random boxes, ties and crowds', async () => {
  let right = 0;
  await fc.assert(
    fc.asyncProperty(dataSet, async ({ classCount, images }) => {
      const request = requestOf(
        classCount,
        images.map(([truth]) => truth),
        images.map(([, found]) => found),
      );
      const [actual, expected] = [await evaluateCoco(request), evaluateTwin(request)];
      expectClose(actual.precision, expected.precision);
      expectClose(actual.recall, expected.recall);
      expect(actual.truths).toEqual(expected.truths);
      right += Math.max(0, ...expected.recall);
    }),
    { numRuns: 300 },
  );
  expect(right).toBeGreaterThan(50); // the data must contain detections that are right
});

test('more than 100 detections of a class in an image are cut by falling score', async () => {
  const truth: Row[] = [{ category: 0, box: [0, 0, 50, 50], score: 0, area: 2500, crowd: false }];
  const found: Row[] = Array.from({ length: 150 }, (_, i) => ({
    category: 0,
    box: i === 120 ? [0, 0, 50, 50] : [100, 100, 150, 150],
    score: i / 150,
    area: 0,
    crowd: false,
  }));
  const request = requestOf(1, [truth], [found]);
  const [actual, expected] = [await evaluateCoco(request), evaluateTwin(request)];
  expectClose(actual.precision, expected.precision);
  expectClose(actual.recall, expected.recall);
  expect(actual.recall[20]).toBe(1); // all areas, 100 detections, IoU 0.5
  expect(actual.recall[10]).toBe(0); // 10 detections do not reach it
});

test('a request whose columns do not fit is refused', async () => {
  const request = requestOf(1, [[]], [[]]);
  const broken = { ...request, truth: { ...request.truth, offsets: Int32Array.of(0, 5) } };
  expect(() => evaluateCoco(broken)).toThrow(/offsets/);
});
