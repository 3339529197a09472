import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { histogramTwin } from './histogram.twin.ts';
import { createHistogram, type HistogramState, searchRanges } from './index.ts';
import { divergenceTwin, entropyTwin, mseTwin, percentileTwin, rebinTwin } from './search.twin.ts';

/** Few values, many values, heavy tails, several orders of magnitude, ReLU-like zeros. */
const state: fc.Arbitrary<HistogramState> = fc
  .record({
    shape: fc.constantFrom('normal', 'exponential', 'heavy', 'uniform', 'few'),
    count: fc.integer({ min: 1, max: 3000 }),
    zeroShare: fc.constantFrom(0, 0.5),
    scale: fc.integer({ min: -30, max: 40 }).map((e) => 1.37 * 2 ** e),
    seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  })
  .map(({ shape, count, zeroShare, scale, seed }) => {
    let random = seed;
    const uniform = () => {
      random = (Math.imul(random, 1664525) + 1013904223) | 0;
      return ((random >>> 8) + 0.5) / 2 ** 24;
    };
    const draw = (): number => {
      switch (shape) {
        case 'normal':
          return Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
        case 'exponential':
          return -Math.log(uniform());
        case 'heavy':
          return Math.tan(Math.PI * (uniform() - 0.5));
        case 'uniform':
          return uniform();
        default:
          return Math.ceil(uniform() * 5);
      }
    };
    return histogramTwin(
      Array.from({ length: count }, () => (uniform() < zeroShare ? 0 : Math.fround(draw() * scale))),
    );
  });

const close = (value: number, expected: number) =>
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-12 * Math.abs(expected));

describe('searchRanges', () => {
  it('entropy chooses what its twin chooses', async () => {
    await fc.assert(
      fc.asyncProperty(state, async (each) => {
        fc.pre(each.finite > each.zeros);
        const [choice] = await searchRanges([createHistogram(each)], 'entropy');
        const twin = entropyTwin(each);
        expect(choice!.index).toBe(twin.index);
        close(choice!.threshold, twin.threshold);
        expect(choice!.cost).toBeCloseTo(twin.cost, 9);
      }),
      { numRuns: 10 },
    );
  });

  it('has a twin that computes the published example: eight bins to two levels', () => {
    const p = [1, 0, 2, 3, 5, 3, 1, 7];
    const q = [2, 0, 2, 2, 4, 4, 4, 4];
    const divergence = p.reduce(
      (sum, mass, i) => sum + (mass === 0 ? 0 : (mass / 22) * Math.log(mass / q[i]!)),
      0,
    );
    // One empty bin on both sides takes a millionth from the others.
    expect(divergenceTwin(Float64Array.from(p), 8, 2)).toBeCloseTo((1 - 1e-6) * divergence, 12);
  });

  it('mse chooses what its twin chooses', async () => {
    await fc.assert(
      fc.asyncProperty(state, async (each) => {
        fc.pre(each.finite > each.zeros);
        const [choice] = await searchRanges([createHistogram(each)], 'mse');
        const twin = mseTwin(each);
        expect(choice!.index).toBe(twin.index);
        close(choice!.threshold, twin.threshold);
        expect(Math.abs(choice!.cost - twin.cost)).toBeLessThanOrEqual(1e-6 * twin.cost + 1e-300);
      }),
      { numRuns: 25 },
    );
  });

  it('percentile chooses what its twin chooses', async () => {
    await fc.assert(
      fc.asyncProperty(state, fc.double({ min: 0.01, max: 100, noNaN: true }), async (each, percentile) => {
        fc.pre(each.finite > each.zeros);
        const [choice] = await searchRanges([createHistogram(each)], 'percentile', { percentile });
        const twin = percentileTwin(each, percentile);
        expect(choice!.index).toBe(twin.index);
        close(choice!.threshold, twin.threshold);
      }),
    );
  });

  it('rebins as its twin and loses no value', () => {
    fc.assert(
      fc.property(state, fc.integer({ min: 1, max: 4096 }), (each, bins) => {
        fc.pre(each.finite > each.zeros);
        const counts = createHistogram(each).rebin(bins);
        rebinTwin(each, bins).forEach((count, i) => {
          if (counts[i] !== count) close(counts[i]!, count);
        });
        const total = counts.reduce((sum, count) => sum + count, 0);
        expect(total / (each.finite - each.zeros)).toBeCloseTo(1, 9);
      }),
    );
  });

  it('never chooses above the largest value, and minmax chooses exactly that', async () => {
    await fc.assert(
      fc.asyncProperty(state, async (each) => {
        const histogram = createHistogram(each);
        const absMax = Math.max(-each.min, each.max);
        for (const method of ['minmax', 'entropy', 'percentile', 'mse'] as const) {
          const [choice] = await searchRanges([histogram], method, { percentile: 99.9 });
          expect(choice!.threshold).toBeLessThanOrEqual(absMax);
          expect(choice!.threshold > 0).toBe(absMax > 0);
          if (method === 'minmax') expect(choice!.threshold).toBe(absMax);
        }
        expect(histogram.shareAbove(absMax)).toBe(0);
        expect(histogram.shareAbove(0)).toBeCloseTo((each.finite - each.zeros) / each.finite, 12);
      }),
      { numRuns: 50 },
    );
  });

  it('cuts rare outliers off a normal distribution, and keeps a uniform one whole', async () => {
    const normal = Array.from({ length: 20_000 }, (_, i) => {
      const [a, b] = [(i * 0.618034) % 1 || 0.5, (i * 0.414214) % 1];
      return Math.fround(Math.sqrt(-2 * Math.log(a)) * Math.cos(2 * Math.PI * b));
    });
    const few = histogramTwin([...normal, 40]);
    // A thousand of each but of the outlier: 1 in 20 million, cheap to clip.
    const outlier = few.bins.findLastIndex((count) => count > 0);
    const withOutlier: HistogramState = {
      ...few,
      finite: few.zeros + 1000 * (few.finite - few.zeros - 1) + 1,
      bins: few.bins.map((count, i) => (i === outlier ? count : 1000 * count)),
    };
    const uniform = histogramTwin(Array.from({ length: 65_536 }, (_, i) => (i + 0.5) / 65_536));
    for (const method of ['entropy', 'mse'] as const) {
      const [cut, whole] = await searchRanges(
        [createHistogram(withOutlier), createHistogram(uniform)],
        method,
      );
      expect(cut!.threshold).toBeLessThan(8);
      expect(cut!.threshold).toBeGreaterThan(2);
      expect(whole!.threshold).toBeGreaterThan(0.98);
    }
  });

  it('does not let entropy clip all but a spike, as in an image with a border of one colour', async () => {
    const border = Array.from({ length: 30_000 }, () => 114 / 255);
    const picture = Array.from({ length: 70_000 }, (_, i) => (60 + ((i * 97) % 196)) / 255);
    const histogram = createHistogram(histogramTwin([...border, ...picture].map(Math.fround)));
    const [choice] = await searchRanges([histogram], 'entropy');
    expect(histogram.shareAbove(choice!.threshold)).toBeLessThan(0.002);
    expect(choice!.threshold).toBeGreaterThan(0.9);
  });

  it('answers 0 for a tensor of zeros and for one never seen', async () => {
    const histograms = [createHistogram(histogramTwin([0, -0, 0])), createHistogram()];
    for (const method of ['minmax', 'entropy', 'percentile', 'mse'] as const) {
      const choices = await searchRanges(histograms, method);
      expect(choices.map((choice) => choice.threshold)).toEqual([0, 0]);
    }
  });

  it('refuses a percentile outside (0, 100]', async () => {
    for (const percentile of [0, -1, 100.1, NaN]) {
      await expect(searchRanges([createHistogram()], 'percentile', { percentile })).rejects.toThrow(
        RangeError,
      );
    }
  });
});
