import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantizeWeights } from './index.ts';
import { quantizeWeightsPlainly } from './weights.twin.ts';

const weight = fc.float({ min: -8, max: 8, noNaN: true });

function channelError(
  weights: Float32Array,
  values: Int8Array,
  scale: number,
  from: number,
  to: number,
): number {
  let error = 0;
  for (let i = from; i < to; i++) error += (values[i]! * scale - weights[i]!) ** 2;
  return error;
}

describe('quantizeWeights', () => {
  it('equals its plain twin on any layout', async () => {
    const shape = fc.record({
      outer: fc.integer({ min: 1, max: 4 }),
      channels: fc.integer({ min: 1, max: 5 }),
      inner: fc.integer({ min: 1, max: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(shape, fc.infiniteStream(weight), async ({ outer, channels, inner }, stream) => {
        const weights = Float32Array.from({ length: outer * channels * inner }, () => stream.next().value);
        const dims = [outer, channels, inner];
        const [native, plain] = [
          await quantizeWeights(weights, dims, 1),
          quantizeWeightsPlainly(weights, dims, 1),
        ];
        expect(native.scales).toEqual(plain.scales);
        expect(native.values).toEqual(plain.values);
      }),
    );
  });

  it('never does worse than the scale of the largest weight, channel by channel', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(weight, { minLength: 12, maxLength: 120 }), async (list) => {
        const channels = 3;
        const length = Math.floor(list.length / channels);
        const weights = Float32Array.from(list.slice(0, channels * length));
        const { values, scales } = await quantizeWeights(weights, [channels, length], 0);
        for (let c = 0; c < channels; c++) {
          const own = weights.subarray(c * length, (c + 1) * length);
          const absMax = own.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
          const plainScale = absMax > 1e-12 ? Math.fround(absMax / 127) : 1;
          const plain = own.reduce((e, v) => e + (Math.round(v / plainScale) * plainScale - v) ** 2, 0);
          const error = channelError(weights, values, scales[c]!, c * length, (c + 1) * length);
          expect(error).toBeLessThanOrEqual(plain * (1 + 1e-6) + 1e-12);
        }
      }),
    );
  });

  it('keeps values in [-127, 127] and scales positive, zeros included', async () => {
    const { values, scales } = await quantizeWeights(new Float32Array([0, 0, 0, 5, -5, 2.5]), [2, 3], 0);
    expect([...values.subarray(0, 3)]).toEqual([0, 0, 0]);
    expect(scales[0]).toBeGreaterThan(0);
    expect([...values.subarray(3)]).toEqual([127, -127, 64]);
  });

  it('counts channels along any axis', async () => {
    // Columns of a [2, 2] matrix: (1, 100) and (2, 200) differ a hundredfold within, so each needs its own scale.
    const { scales } = await quantizeWeights(new Float32Array([1, 2, 100, 200]), [2, 2], 1);
    expect(scales[1]! / scales[0]!).toBeCloseTo(2, 5);
  });

  it('clips a lone outlier when that costs less than a coarse step', async () => {
    const weights = Float32Array.from({ length: 4001 }, (_, i) => (i === 0 ? 1.3 : Math.sin(i)));
    const { scales } = await quantizeWeights(weights, [1, 4001], 0);
    expect(scales[0]! * 127).toBeLessThan(1.3);
  });
});
