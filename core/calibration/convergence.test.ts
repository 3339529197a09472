import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConvergenceCurve, thresholdsOf } from './convergence.ts';
import { rangesFrom } from './ranges.ts';
import { ActivationStatistics } from './statistics.ts';

/** The curve of a stream of images whose thresholds after n images are `thresholdsAt(n)`. */
function curveOf(
  expected: number,
  thresholdsAt: (images: number) => Record<string, number>,
  { read = expected, batch = 1 } = {},
) {
  const curve = new ConvergenceCurve(expected);
  const at = (images: number) => new Map(Object.entries(thresholdsAt(images)));
  for (let images = Math.min(batch, read); ; images = Math.min(images + batch, read)) {
    if (curve.isDue(images)) curve.add(images, at(images));
    if (images === read) return curve.finish(read, at(read));
  }
}

const steps = (points: ReturnType<typeof curveOf>) =>
  points.map(({ previousImages, images }) => [previousImages, images]);

describe('ConvergenceCurve', () => {
  it('compares every doubling with what came before it, and all images with half of them', () => {
    const constant = () => ({ a: 1 });
    expect(steps(curveOf(96, constant))).toEqual([
      [8, 16],
      [16, 32],
      [32, 64],
      [48, 96],
    ]);
    expect(steps(curveOf(64, constant))).toEqual([
      [8, 16],
      [16, 32],
      [32, 64],
    ]);
    expect(steps(curveOf(12, constant))).toEqual([[8, 12]]);
    expect(curveOf(11, constant)).toEqual([]);
    expect(curveOf(1, constant)).toEqual([]);
  });

  it('states the median and the worst change, by the formula', () => {
    // After 8 images a is 1, b 2 and c 4; after 16 they are 2, 2 and 3.
    const curve = curveOf(
      16,
      (n): Record<string, number> => (n < 16 ? { a: 1, b: 2, c: 4 } : { a: 2, b: 2, c: 3 }),
    );
    expect(curve).toEqual([
      { previousImages: 8, images: 16, medianChange: 0.25, worstChange: 0.5, worstTensor: 'a' },
    ]);
    const two = curveOf(16, (n): Record<string, number> => (n < 16 ? { a: 1, b: 1 } : { a: 2, b: 1 }));
    expect(two[0]!.medianChange).toBe(0.25);
  });

  it('counts a tensor that was zero before as wholly changed, and leaves out one that is zero throughout', () => {
    const curve = curveOf(16, (n): Record<string, number> => (n < 16 ? {} : { late: 0.5 }));
    expect(curve[0]).toMatchObject({ medianChange: 1, worstTensor: 'late' });
    expect(curveOf(16, () => ({}))).toEqual([]);
  });

  it('copes with unreadable images and with batches that pass over the numbers', () => {
    const constant = () => ({ a: 1 });
    expect(steps(curveOf(96, constant, { read: 90 })).at(-1)).toEqual([48, 90]);
    expect(steps(curveOf(96, constant, { read: 20 })).at(-1)).toEqual([8, 20]);
    expect(steps(curveOf(60, constant, { batch: 3 }))).toEqual([
      [9, 18],
      [18, 33],
      [30, 60],
    ]);
  });

  it('has shares only, about doublings, ends with all images, and is zero where nothing moves', () => {
    const threshold = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 18, max: 300 }),
        fc.integer({ min: 1, max: 5 }),
        fc.array(threshold, { minLength: 1, maxLength: 7 }),
        (images, batch, thresholds) => {
          const moving = curveOf(images, (n) => ({ a: thresholds[n % thresholds.length]!, b: 1 }), { batch });
          expect(moving.at(-1)?.images).toBe(images);
          for (const { previousImages, images: reached, medianChange, worstChange } of moving) {
            expect(reached / previousImages).toBeGreaterThanOrEqual(1.5);
            expect(reached / previousImages).toBeLessThan(3);
            expect(medianChange).toBeGreaterThanOrEqual(0);
            expect(medianChange).toBeLessThanOrEqual(worstChange);
            expect(worstChange).toBeLessThanOrEqual(1);
          }
          const still = curveOf(images, () => ({ a: thresholds[0]! }), { batch });
          expect(still.every(({ worstChange }) => worstChange === 0)).toBe(true);
        },
      ),
    );
  });

  it('falls on a steady stream of activations and shows one whose values keep growing', async () => {
    const curve = new ConvergenceCurve(64);
    using statistics = ActivationStatistics.forTensors(['steady', 'growing', 'zero']);
    let images = 0;
    const ranges = async () => thresholdsOf(await rangesFrom(statistics, { method: 'minmax' }));
    while (images < 64) {
      images++;
      await statistics.observe(
        new Map([
          ['steady', { data: Float32Array.of(1, -2) }],
          ['growing', { data: Float32Array.of(images) }],
          ['zero', { data: Float32Array.of(0) }],
        ]),
      );
      if (curve.isDue(images)) curve.add(images, await ranges());
    }
    const points = curve.finish(images, await ranges());
    // The largest of `growing` doubles with the images; the median of two tensors is half of it.
    for (const point of points) {
      expect(point).toMatchObject({ medianChange: 0.25, worstChange: 0.5, worstTensor: 'growing' });
    }
    expect(points).toHaveLength(3);
  });
});
