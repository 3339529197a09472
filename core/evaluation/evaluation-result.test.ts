import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Detections } from '../detection/detections.ts';
import { packDetections, unpackDetections } from './evaluation-result.ts';

const image = fc
  .array(fc.tuple(fc.array(fc.float({ noNaN: true }), { minLength: 5, maxLength: 5 }), fc.integer()), {
    maxLength: 5,
  })
  .map(
    (rows): Detections => ({
      count: rows.length,
      boxes: Float32Array.from(rows.flatMap(([numbers]) => numbers.slice(0, 4))),
      scores: Float32Array.from(rows.map(([numbers]) => numbers[4]!)),
      classes: Int32Array.from(rows.map(([, classIndex]) => classIndex)),
    }),
  );

test('packed detections come back from JSON bit for bit', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), image)), (entries) => {
      const detections = new Map(entries);
      const text = JSON.stringify(packDetections(detections));
      expect(unpackDetections(JSON.parse(text), 'file')).toEqual(detections);
    }),
  );
});

test('anything else is refused with the name of its file', () => {
  const packed = packDetections(
    new Map([
      [
        'a.jpg',
        { count: 1, boxes: new Float32Array(4), scores: Float32Array.of(0.5), classes: Int32Array.of(1) },
      ],
    ]),
  );
  const broken: unknown[] = [
    null,
    { ...packed, counts: [2] },
    { ...packed, files: [] },
    { ...packed, scores: '' },
    { ...packed, boxes: 'no base64 !' },
  ];
  for (const value of broken) {
    expect(() => unpackDetections(value, 'run/fp32.json')).toThrow(/run\/fp32\.json/);
  }
});
