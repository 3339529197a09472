import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Detections } from '../detection/detections.ts';
import { agreementFailure, compareDetections, defaultAgreementOptions } from './agreement.ts';
import { agreementSchema } from './evaluation-result.ts';

type Row = readonly [classIndex: number, score: number, x1: number, y1: number, x2: number, y2: number];

function detections(rows: readonly Row[]): Detections {
  return {
    count: rows.length,
    boxes: Float32Array.from(rows.flatMap(([, , ...box]) => box)),
    scores: Float32Array.from(rows.map(([, score]) => score)),
    classes: Int32Array.from(rows.map(([classIndex]) => classIndex)),
  };
}

const oneImage = (rows: readonly Row[]) => new Map([['a.jpg', detections(rows)]]);
const names = ['cat', 'dog'];
const compare = (reference: readonly Row[], other: readonly Row[]) =>
  compareDetections(oneImage(reference), oneImage(other), names);

/** Boxes in a row that do not touch, of falling score. */
const apart = (count: number, score: (i: number) => number): Row[] =>
  Array.from({ length: count }, (_, i) => [i % 2, score(i), 100 * i, 0, 100 * i + 40, 80]);

describe('compareDetections', () => {
  test('tells matched, moved, lost and added boxes and lists them', () => {
    const agreement = compare(
      [
        [0, 0.875, 0, 0, 100, 100], // stays
        [0, 0.75, 200, 0, 300, 100], // moves
        [0, 0.625, 400, 0, 500, 100], // fades below the threshold
        [1, 0.5, 600, 0, 700, 100], // changes its class
        [1, 0.125, 800, 0, 900, 100], // below the threshold from the start
      ],
      [
        [0, 0.875, 0, 0, 100, 100],
        [0, 0.75, 200, 0, 300, 80],
        [0, 0.125, 400, 0, 500, 100],
        [0, 0.5, 600, 0, 700, 100],
      ],
    );
    expect(agreement).toMatchObject({
      ...{ referenceCount: 4, otherCount: 3, matched: 2, moved: 1, lost: 2, added: 1 },
      ...{ images: 1, detectionsLost: false, boxesDisagree: false, squeezedScores: null },
    });
    expect(agreement.meanIou).toBeCloseTo(0.9, 6);
    expect(agreement.scoreShift).toMatchObject({ pairs: 3, p50: 0, mean: -0.5 / 3 });
    const [difference] = agreement.differences;
    expect(difference!.lost.map(({ box, otherScore }) => [box.corners[0], otherScore])).toEqual([
      [400, 0.125],
      [600, null],
    ]);
    expect(difference!.added.map(({ classIndex, corners }) => [classIndex, corners[0]])).toEqual([[0, 600]]);
    expect(difference!.moved.map(({ reference, iou }) => [reference.corners[0], iou])).toEqual([[200, 0.8]]);
    expect(difference!.difference).toBeCloseTo(0.625 + 0.5 + 0.5 + 0.2, 6);
    expect(agreement.perClass.map(({ name, matched, lost, added }) => [name, matched, lost, added])).toEqual([
      ['cat', 2, 1, 1],
      ['dog', 0, 1, 0],
    ]);
  });

  test('one box of the reference is matched once, by the higher score', () => {
    const agreement = compare(
      [[0, 0.9, 0, 0, 100, 100]],
      [
        [0, 0.8, 0, 0, 100, 90],
        [0, 0.7, 0, 0, 100, 100],
      ],
    );
    expect(agreement).toMatchObject({ matched: 1, added: 1, lost: 0 });
    expect(agreement.meanIou).toBeCloseTo(0.9, 6);
  });

  test('swapped box channels fail although every score is the same', () => {
    const rows = apart(8, (i) => 0.9 - i / 20);
    const swapped = rows.map(([c, score, x1, y1, x2, y2]): Row => [c, score, y1, x1, y2, x2]);
    const agreement = compare(rows, swapped);
    expect(agreement.otherCount).toBe(agreement.referenceCount);
    expect(agreement.detectionsLost).toBe(false);
    expect(agreement.boxesDisagree).toBe(true);
    expect(agreementFailure(agreement, 'FP16', 'FP32')?.message).toMatch(/FP16 has only 0 of the 8 boxes/);
    expect(agreementFailure(compare(rows, rows), 'FP16', 'FP32')).toBeUndefined();
  });

  test.each([
    [10, 0, true],
    [10, 4, true],
    [10, 5, false],
    [0, 0, false],
    [0, 5, false],
  ])('a reference of %i detections and %i in the other: lost is %s', (reference, other, lost) => {
    const rows = apart(10, () => 0.5);
    const agreement = compare(rows.slice(0, reference), rows.slice(0, other));
    expect(agreement.detectionsLost).toBe(lost);
    expect(agreementFailure(agreement, 'INT8', 'FP32')?.code).toBe(lost ? 'detections-lost' : undefined);
  });

  test('an engine that finds nothing is told even when the reference is unsure', () => {
    const unsure = apart(3, () => 0.1);
    expect(compare(unsure, []).detectionsLost).toBe(true);
    expect(compare(unsure, unsure).detectionsLost).toBe(false);
  });

  test('squeezed scores are flagged with the threshold that brings the boxes back', () => {
    const reference = apart(40, (i) => 0.3 + i / 80);
    const squeezed = apart(40, (i) => (0.3 + i / 80) / 4);
    const agreement = compare(reference, squeezed);
    expect(agreement.detectionsLost).toBe(true);
    const threshold = agreement.squeezedScores!.suggestedThreshold;
    expect(agreement.squeezedScores!.ratio).toBeCloseTo(0.25, 5);
    const again = compareDetections(oneImage(reference), oneImage(squeezed), names, {
      ...defaultAgreementOptions,
      scoreThreshold: threshold,
    });
    expect(again).toMatchObject({ matched: 40, lost: 0 });
    expect(agreementFailure(agreement, 'INT8', 'FP32')?.remedy).toContain(String(threshold));
    const rounded = apart(40, (i) => Math.round((0.3 + i / 80) * 127) / 127);
    expect(compare(reference, rounded).squeezedScores).toBeNull();
  });

  test('images are sorted by difference, the worst first, and equal ones left out', () => {
    const image = (count: number) => detections(apart(count, () => 0.5));
    const reference = new Map(['same', 'one', 'three', 'another one'].map((file) => [file, image(4)]));
    const other = new Map([
      ['same', image(4)],
      ['one', image(3)],
      ['three', image(1)],
      ['another one', image(3)],
    ]);
    const { differences } = compareDetections(reference, other, names);
    expect(differences.map(({ file }) => file)).toEqual(['three', 'another one', 'one']);
  });

  test('two precisions of different images are refused', () => {
    const a = oneImage([]);
    const b = new Map([['b.jpg', detections([])]]);
    expect(() => compareDetections(a, b, names)).toThrow(/a\.jpg/);
    expect(() => compareDetections(a, new Map([...a, ...b]), names)).toThrow(/different files/);
  });

  const row = fc
    .tuple(fc.nat(1), fc.nat(20), fc.nat(20), fc.nat(20), fc.integer({ min: 0, max: 15 }), fc.nat(15))
    .map(([c, score, x, y, w, h]): Row => [c, score / 20, x, y, x + w, y + h]);

  test('counts add up, whatever the boxes, and the result passes its schema', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), fc.array(row, { maxLength: 30 }), (a, b) => {
        const agreement = compare(a, b);
        const above = (rows: readonly Row[]) => rows.filter(([, score]) => Math.fround(score) >= 0.25).length;
        expect(agreement.referenceCount).toBe(above(a));
        expect(agreement.otherCount).toBe(above(b));
        expect(agreement.matched + agreement.lost).toBe(agreement.referenceCount);
        expect(agreement.matched + agreement.added).toBe(agreement.otherCount);
        for (const key of ['referenceCount', 'otherCount', 'matched', 'moved', 'lost', 'added'] as const) {
          expect(agreement.perClass.reduce((sum, c) => sum + c[key], 0)).toBe(agreement[key]);
        }
        const all = agreement.perClass.flatMap(({ otherHistogram }) => otherHistogram);
        expect(all.reduce((sum, n) => sum + n, 0)).toBe(b.length);
        expect(agreementSchema.parse(JSON.parse(JSON.stringify(agreement)))).toEqual(agreement);
      }),
    );
  });

  test('a precision agrees with itself', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), (rows) => {
        const solid = rows.filter(([, , x1, y1, x2, y2]) => x2 > x1 && y2 > y1);
        const agreement = compare(solid, solid);
        expect(agreement).toMatchObject({ lost: 0, added: 0 });
      }),
    );
  });
});
