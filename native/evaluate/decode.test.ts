import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeTwin } from './decode.twin.ts';
import { type DecodeOutput, type DecodeRequest, decodeDetections, decodeLayouts } from './index.ts';

/** The same numbers from the same seed on every machine. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const transform = [0.65, 0.65, 0, 52, 640, 480];

function output(dims: readonly number[], fill: (index: number) => number): DecodeOutput {
  const data = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => fill(i));
  return { data, dims: Float64Array.from(dims), anchors: new Float64Array(), stride: 0 };
}

function requestOf(
  layout: keyof typeof decodeLayouts,
  classCount: number,
  outputs: readonly DecodeOutput[],
  images: number,
  rest: Partial<DecodeRequest> = {},
): DecodeRequest {
  return {
    layout: decodeLayouts[layout],
    classCount,
    outputs,
    transforms: Float64Array.from(Array.from({ length: images }, () => transform).flat()),
    scoreThreshold: 0.001,
    iouThreshold: 0.6,
    maxDetections: 300,
    multiLabel: true,
    ...rest,
  };
}

/** Boxes near a few centres so that many overlap, some without area; scores of few values so that many are equal. */
function value(next: () => number, channel: number): number {
  if (channel < 2) return 40 + 120 * Math.floor(next() * 3) + 8 * next();
  if (channel < 4) return next() < 0.1 ? 0 : 40 + 10 * next();
  return next() < 0.3 ? Math.floor(next() * 5) / 4 : next();
}

const settings = fc.record({
  seed: fc.nat(),
  images: fc.integer({ min: 1, max: 3 }),
  rows: fc.integer({ min: 0, max: 60 }),
  classCount: fc.integer({ min: 1, max: 4 }),
  scoreThreshold: fc.constantFrom(0, 0.001, 0.25, 0.5),
  iouThreshold: fc.constantFrom(0, 0.45, 0.6, 1),
  maxDetections: fc.constantFrom(0, 1, 7, 300),
  multiLabel: fc.boolean(),
});

describe('decodeDetections equals its twin', () => {
  test('yolov5', async () => {
    await fc.assert(
      fc.asyncProperty(settings, async ({ seed, images, rows, classCount, ...rest }) => {
        const next = random(seed);
        const columns = 5 + classCount;
        const tensor = output([images, rows, columns], (i) => value(next, i % columns));
        const request = requestOf('yolov5', classCount, [tensor], images, rest);
        expect(await decodeDetections(request)).toEqual(decodeTwin(request));
      }),
    );
  });

  test('yolov8', async () => {
    await fc.assert(
      fc.asyncProperty(settings, async ({ seed, images, rows, classCount, ...rest }) => {
        const next = random(seed);
        const channels = 4 + classCount;
        const tensor = output([images, channels, rows], (i) =>
          value(next, Math.floor(i / Math.max(rows, 1)) % channels),
        );
        const request = requestOf('yolov8', classCount, [tensor], images, rest);
        expect(await decodeDetections(request)).toEqual(decodeTwin(request));
      }),
    );
  });

  test('end to end and rows of an inner NMS', async () => {
    await fc.assert(
      fc.asyncProperty(settings, async ({ seed, images, rows, classCount, ...rest }) => {
        const next = random(seed);
        const row = () => {
          const [x, y, c] = [value(next, 0), value(next, 1), Math.floor(next() * classCount)];
          return { box: [x, y, x + value(next, 2), y + value(next, 3)], c, score: value(next, 4) };
        };
        const all = Array.from({ length: images * rows }, row);
        const endToEnd = all.flatMap(({ box, c, score }) => [...box, score, c]);
        const nmsRows = all.flatMap(({ box, c, score }) => [Math.floor(next() * images), ...box, c, score]);
        for (const request of [
          requestOf('end-to-end', classCount, [output([images, rows, 6], (i) => endToEnd[i]!)], images, rest),
          requestOf('nms-rows', classCount, [output([all.length, 7], (i) => nmsRows[i]!)], images, rest),
        ]) {
          expect(await decodeDetections(request)).toEqual(decodeTwin(request));
        }
      }),
    );
  });

  test('raw heads in both forms, to float32 rounding of the exponential', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ seed: fc.nat(), images: fc.integer({ min: 1, max: 2 }), last: fc.boolean() }),
        async ({ seed, images, last }) => {
          const next = random(seed);
          const heads = [4, 2].map((size, i) => {
            const dims = last ? [images, 3, size, size + 1, 7] : [images, 21, size, size + 1];
            return {
              ...output(dims, () => 6 * next() - 4),
              anchors: Float64Array.of(10, 13, 16, 30, 33, 23),
              stride: 8 << i,
            };
          });
          const request = requestOf('yolov5-raw', 2, heads, images);
          const [actual, expected] = [await decodeDetections(request), decodeTwin(request)];
          for (const [b, image] of expected.images.entries()) {
            const got = actual.images[b]!;
            expect(got.count).toBe(image.count);
            expect(image.count).toBeGreaterThan(0);
            expect([...got.classes]).toEqual([...image.classes]);
            for (let i = 0; i < 4 * image.count; i++) expect(got.boxes[i]).toBeCloseTo(image.boxes[i]!, 3);
            for (let i = 0; i < image.count; i++) expect(got.scores[i]).toBeCloseTo(image.scores[i]!, 6);
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});

test('values that are not finite are counted for their image and their boxes left out', async () => {
  const rows = [
    [100, 100, 20, 20, 0.9, 0.9],
    [Number.NaN, 100, 20, 20, 0.9, 0.8],
    [300, 100, 20, 20, Number.POSITIVE_INFINITY, 0.5],
    [300, 300, 20, 20, 0.5, Number.NaN],
  ];
  const finite = rows.map(() => [50, 50, 10, 10, 0.5, 0.5]);
  const data = [...finite.flat(), ...rows.flat()];
  const request = requestOf('yolov5', 1, [output([2, 4, 6], (i) => data[i]!)], 2);
  const { images } = await decodeDetections(request);
  expect(images.map((image) => [...image.nonFinite])).toEqual([[0], [3]]);
  expect(images.map((image) => image.count)).toEqual([1, 1]);
});

test('rows that name a class or image that is not there are counted', async () => {
  const data = [0, 1, 1, 9, 9, 5, 0.9, 4, 1, 1, 9, 9, 0, 0.9, 0, 1, 1, 9, 9, 0, 0.9];
  const batch = await decodeDetections(requestOf('nms-rows', 2, [output([3, 7], (i) => data[i]!)], 1));
  expect(batch.invalidRows).toBe(2);
  expect(batch.images[0]!.count).toBe(1);
});

test('a shape that does not fit the layout is refused', async () => {
  const tensor = output([1, 3, 6], () => 0);
  await expect(decodeDetections(requestOf('yolov5', 2, [tensor], 1))).rejects.toThrow(/\[B, N, 5\+C\]/);
  await expect(decodeDetections(requestOf('yolov5', 1, [tensor], 2))).rejects.toThrow();
  const lying = { ...tensor, dims: Float64Array.of(1, 300, 6) };
  expect(() => decodeDetections(requestOf('yolov5', 1, [lying], 1))).toThrow(/shape/);
});

test('100,000 candidates, all above the threshold and far apart, fill the image and stop', async () => {
  const next = random(7);
  const tensor = output([1, 100_000, 6], (i) => [1e4 * next(), 1e4 * next(), 2, 2, 1, next()][i % 6]!);
  const request = requestOf('yolov5', 1, [tensor], 1);
  const [image] = (await decodeDetections(request)).images;
  expect(image!.count).toBe(300);
  const best = Array.from({ length: 100_000 }, (_, r) => tensor.data[r * 6 + 5]!).sort((a, b) => b - a);
  expect(image!.scores[0]).toBe(best[0]);
  expect(image!.scores.every((s, i) => i === 0 || s <= image!.scores[i - 1]!)).toBe(true);
});
