import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equalWithinNoise, medianAbsoluteDeviation, percentile, summarize } from './statistics.ts';

const times = fc.array(fc.double({ min: 0.01, max: 1e4, noNaN: true }), { minLength: 1, maxLength: 200 });

/** Repeatable noise around 0 with a standard deviation of about 1: the sum of twelve uniform numbers. */
function noise(count: number, seed = 1): number[] {
  let state = seed;
  const uniform = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  return Array.from({ length: count }, () => Array.from({ length: 12 }, uniform).reduce((a, b) => a + b) - 6);
}

describe('percentile', () => {
  it('interpolates between the nearest order statistics, as NumPy does by default', () => {
    // numpy.percentile([15, 20, 35, 40, 50], [5, 30, 40, 95]) -> 16, 23, 29, 48
    const values = [50, 15, 40, 20, 35];
    expect([5, 30, 40, 95].map((p) => percentile(values, p))).toEqual([16, 23, 29, 48]);
  });

  it('has the extremes at 0 and 100, rises with the per cent and does not depend on the order', () => {
    fc.assert(
      fc.property(
        times,
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 0, max: 100 }),
        (values, p, q) => {
          const [low, high] = p < q ? [p, q] : [q, p];
          expect(percentile(values, 0)).toBe(Math.min(...values));
          expect(percentile(values, 100)).toBe(Math.max(...values));
          expect(percentile(values, low)).toBeLessThanOrEqual(percentile(values, high) * (1 + 1e-12));
          expect(percentile([...values].reverse(), p)).toBe(percentile(values, p));
        },
      ),
    );
  });

  it('is NaN for no values', () => {
    expect(percentile([], 50)).toBeNaN();
  });
});

describe('summarize', () => {
  it('gives the known figures of a small series', () => {
    const summary = summarize([2, 4, 4, 4, 5, 5, 7, 9]);
    expect(summary).toMatchObject({ runs: 8, mean: 5, min: 2, max: 9, p50: 4.5, mad: 0.5 });
    expect(summary.standardDeviation).toBeCloseTo(Math.sqrt(32 / 7), 12);
  });

  it('scales with its unit', () => {
    fc.assert(
      fc.property(times, fc.double({ min: 0.1, max: 100, noNaN: true }), (values, factor) => {
        const one = summarize(values);
        const scaled = summarize(values.map((value) => value * factor));
        for (const key of ['p50', 'p99', 'mean', 'standardDeviation', 'mad'] as const) {
          // Deviations are differences of nearly equal numbers: the error is relative to the values, not to them.
          expect(Math.abs(scaled[key] - one[key] * factor)).toBeLessThanOrEqual(1e-9 * one.max * factor);
        }
      }),
    );
  });

  it('keeps order: min <= p50 <= p90 <= p99 <= max, and the mean between', () => {
    fc.assert(
      fc.property(times, (values) => {
        const s = summarize(values);
        const series = [s.min, s.p50, s.p90, s.p99, s.max];
        for (let i = 1; i < series.length; i++) {
          expect(series[i - 1]).toBeLessThanOrEqual(series[i]! * (1 + 1e-12));
        }
        expect(s.mean).toBeGreaterThanOrEqual(s.min * (1 - 1e-12));
        expect(s.mean).toBeLessThanOrEqual(s.max * (1 + 1e-12));
        expect(medianAbsoluteDeviation(values)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('calls plain noise stable', () => {
    for (let seed = 1; seed <= 50; seed++) {
      expect(summarize(noise(100, seed * 7919).map((x) => 10 + 0.3 * x)).instability).toEqual([]);
    }
  });

  it('is not misled by single peaks', () => {
    const values = noise(100).map((x, i) => 10 + 0.1 * x + (i % 25 === 3 ? 60 : 0));
    expect(summarize(values).stable).toBe(true);
  });

  it('sees a drift', () => {
    const values = noise(90).map((x, i) => 10 + 0.1 * x + i * 0.02);
    expect(summarize(values).instability).toContain('drift');
  });

  it('sees two clock rates in turn', () => {
    const values = noise(100).map((x, i) => (i % 3 === 0 ? 13 : 10) + 0.1 * x);
    expect(summarize(values).instability).toEqual(['bimodal']);
  });

  it('refuses an empty series', () => {
    expect(() => summarize([])).toThrow(RangeError);
  });
});

describe('equalWithinNoise', () => {
  const around = (p50: number, spread: number, seed: number) =>
    summarize(noise(100, seed).map((x) => p50 + spread * x));

  it('cannot tell apart two series of one engine', () => {
    expect(equalWithinNoise(around(10, 0.5, 3), around(10, 0.5, 99))).toBe(true);
  });

  it('tells a tenth apart when the noise is small', () => {
    expect(equalWithinNoise(around(10, 0.2, 3), around(11, 0.2, 99))).toBe(false);
  });

  it('does not tell a tenth apart when the noise is large', () => {
    expect(equalWithinNoise(around(10, 4, 3), around(11, 4, 99))).toBe(true);
  });

  it('is symmetric and holds for a series and itself', () => {
    fc.assert(
      fc.property(times, times, (a, b) => {
        const [x, y] = [summarize(a), summarize(b)];
        expect(equalWithinNoise(x, y)).toBe(equalWithinNoise(y, x));
        expect(equalWithinNoise(x, x)).toBe(true);
      }),
    );
  });
});
