import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { representativeSample } from './representative-sample.ts';
import { featureLength } from './visual-feature.ts';

/** Features of one value each. */
function flat(values: readonly number[]): Uint8Array {
  const features = new Uint8Array(values.length * featureLength);
  for (const [at, value] of values.entries()) {
    features.fill(value, at * featureLength, (at + 1) * featureLength);
  }
  return features;
}

describe('representativeSample', () => {
  const values = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 60 });

  it('chooses different images, as many as asked for and as look different, the same on every run', async () => {
    await fc.assert(
      fc.asyncProperty(values, fc.integer({ min: 1, max: 70 }), async (looks, count) => {
        const features = flat(looks);
        const { chosen, distinct, meanDistance } = await representativeSample(features, count);
        expect(distinct).toBe(new Set(looks).size);
        expect(chosen).toHaveLength(Math.min(count, new Set(looks).size));
        expect(new Set(chosen.map((at) => looks[at])).size).toBe(chosen.length);
        expect(chosen).toEqual([...chosen].sort((a, b) => a - b));
        if (count >= new Set(looks).size) expect(meanDistance).toBe(0);
        expect(await representativeSample(features, count)).toMatchObject({ chosen, meanDistance });
      }),
    );
  });

  it('does not let equal images weigh more than one', async () => {
    const looks = [0, 50, 100, 150, 200];
    const { chosen } = await representativeSample(flat(looks), 3);
    const repeated = [...looks, ...Array<number>(200).fill(200)];
    expect((await representativeSample(flat(repeated), 3)).chosen).toEqual(chosen);
  });

  it('tells the mean distance to the nearest chosen image', async () => {
    const { chosen, meanDistance } = await representativeSample(flat([0, 0, 90]), 1);
    expect(chosen).toEqual([0]);
    // One of two that look different is off, by 90/255 in the grid and 90/255 in all 16 square roots at half weight.
    const off = (90 / 255) * Math.sqrt(1 + (0.25 * 16) / 2);
    expect(meanDistance).toBeCloseTo(off / 2, 5);
  });

  it('takes every kind of a set that begins with many of one kind, as the first ones do not', async () => {
    // 400 of one kind with small differences, then 5 of each of nine others.
    const looks = [
      ...Array<number>(400).fill(10),
      ...Array.from({ length: 45 }, (_, i) => 30 + 24 * Math.floor(i / 5)),
    ];
    const features = flat(looks);
    // No two are equal: each has its own noise in two of the 192 colours.
    for (const at of looks.keys()) {
      const feature = features.subarray(at * featureLength);
      feature[at % 192] = (feature[at % 192] ?? 0) + 3;
      const other = (at * 7 + 11 * Math.floor(at / 192) + 1) % 192;
      feature[other] = (feature[other] ?? 0) + 5;
    }
    const { chosen, distinct, meanDistance, meanDistanceOfFirst } = await representativeSample(features, 16);
    expect(distinct).toBe(445);
    const kinds = new Set(chosen.map((at) => (at < 400 ? 0 : 1 + Math.floor((at - 400) / 5))));
    expect(kinds.size).toBe(10);
    expect(meanDistance).toBeLessThan(0.5 * meanDistanceOfFirst);
  });

  it('chooses nothing from nothing, and stops when cancelled', async () => {
    expect((await representativeSample(new Uint8Array(0), 5)).chosen).toEqual([]);
    const looks = Array.from({ length: 256 }, (_, i) => i);
    await expect(
      representativeSample(flat(looks), 200, { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ code: 'cancelled' });
  });
});
