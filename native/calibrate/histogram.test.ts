import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { histogramTwin } from './histogram.twin.ts';
import { accumulate, createHistogram, type HistogramState, histogramKernels } from './index.ts';

/** float32 of all magnitudes, with zeros, subnormals and the specials. */
const anyFloat = fc.oneof(
  { weight: 4, arbitrary: fc.float({ noNaN: false }) },
  { weight: 4, arbitrary: fc.float({ min: -8, max: 8, noNaN: true }) },
  fc.constantFrom(0, -0, 1, -1, 2 ** -20, 2 ** -149, 2 ** 127, NaN, Infinity, -Infinity),
);

/** Values in two scales, so that ranges grow in the middle. */
const values = fc.array(anyFloat, { maxLength: 300 });

async function stateOf(chunks: readonly (readonly number[])[], kernels?: string) {
  const histogram = createHistogram();
  for (const chunk of chunks) {
    await accumulate([histogram], [Float32Array.from(chunk)], kernels === undefined ? {} : { kernels });
  }
  const state = histogram.exportState();
  histogram.dispose();
  return state;
}

/** Equality of 16384 bins as bytes: a comparison element by element takes most of the test's time. */
function expectSame(state: HistogramState, expected: HistogramState): void {
  const { bins, ...summary } = state;
  const { bins: expectedBins, ...expectedSummary } = expected;
  expect(summary).toEqual(expectedSummary);
  const differs = bins.findIndex((count, i) => count !== expectedBins[i]);
  expect({ differs, length: bins.length }).toEqual({ differs: -1, length: expectedBins.length });
}

function split<T>(items: readonly T[], cuts: readonly number[]): T[][] {
  const edges = [0, ...cuts.map((cut) => Math.floor(cut * items.length)).sort((a, b) => a - b), items.length];
  return edges.slice(1).map((end, i) => items.slice(edges[i], end));
}

const cutPoints = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 });

describe('ActivationHistogram', () => {
  it('holds what its TypeScript twin holds', async () => {
    await fc.assert(
      fc.asyncProperty(values, async (all) => {
        expectSame(await stateOf([all]), histogramTwin(all));
      }),
    );
  });

  it('does not depend on the order of the values or on their split into calls', async () => {
    await fc.assert(
      fc.asyncProperty(
        values.chain((all) =>
          fc.tuple(
            fc.constant(all),
            fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
          ),
        ),
        cutPoints,
        cutPoints,
        async ([all, shuffled], cuts, otherCuts) => {
          expectSame(await stateOf(split(shuffled, otherCuts)), await stateOf(split(all, cuts)));
        },
      ),
    );
  });

  it.each(histogramKernels())(
    'gives the same bits with %s kernels, blocks and tails alike',
    async (kernels) => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 0, max: 3 * 4096 + 17 }),
          fc.integer({ min: 0, max: 2 ** 31 - 1 }),
          fc.array(fc.tuple(fc.nat(), anyFloat), { maxLength: 8 }),
          async (length, seed, specials) => {
            let random = seed;
            const all = Array.from({ length }, () => {
              random = (Math.imul(random, 1664525) + 1013904223) | 0;
              return Math.fround(random / 2 ** 28);
            });
            for (const [at, value] of specials) if (length > 0) all[at % length] = value;
            expectSame(await stateOf([all], kernels), histogramTwin(all));
          },
        ),
        { numRuns: 30 },
      );
    },
  );

  it('merges into what one histogram of all values holds', async () => {
    await fc.assert(
      fc.asyncProperty(values, values, async (first, second) => {
        const [one, other] = [createHistogram(), createHistogram()];
        await accumulate([one, other], [Float32Array.from(first), Float32Array.from(second)]);
        one.merge(other);
        expectSame(one.exportState(), histogramTwin([...first, ...second]));
        one.merge(one);
        expectSame(one.exportState(), histogramTwin([...first, ...second, ...first, ...second]));
      }),
    );
  });

  it('comes back whole from an exported state', async () => {
    await fc.assert(
      fc.asyncProperty(values, async (all) => {
        const state = await stateOf([all]);
        expectSame(createHistogram(state).exportState(), state);
      }),
    );
  });

  it('counts an array given twice in one call twice, on two threads', async () => {
    const histogram = createHistogram();
    const data = Float32Array.from({ length: 50_000 }, (_, i) => Math.sin(i));
    const handles = Array.from({ length: 8 }, () => histogram);
    await accumulate(
      handles,
      handles.map(() => data),
      { threads: 2 },
    );
    const once = histogramTwin(data);
    expect(histogram.exportState()).toEqual({
      ...once,
      finite: 8 * once.finite,
      zeros: 8 * once.zeros,
      bins: once.bins.map((count) => 8 * count),
    });
  });

  it('says for each array how many values were not finite', async () => {
    const [one, other] = [createHistogram(), createHistogram()];
    const found = await accumulate([one, other], [Float32Array.of(1, NaN, Infinity), Float32Array.of(2)]);
    expect(found).toEqual([2, 0]);
    expect(one.summary()).toEqual({ exponent: 1, min: 1, max: 1, finite: 1, zeros: 0, nonFinite: 2 });
  });

  it('refuses states that contradict themselves', () => {
    const state = histogramTwin([1, 2, 3]);
    const wrong = [
      { ...state, exponent: 3 },
      { ...state, finite: 4 },
      { ...state, zeros: -1 },
      { ...state, min: NaN },
      { ...state, bins: new Float64Array(10) },
      { ...state, bins: state.bins.map((count) => count + 0.5) },
    ];
    for (const each of wrong) expect(() => createHistogram(each)).toThrow(TypeError);
    expect(() => createHistogram(state)).not.toThrow();
  });

  it('throws after dispose, refuses other objects and lets work under way end', async () => {
    const histogram = createHistogram();
    const data = new Float32Array(1_000_000).fill(1);
    const running = accumulate([histogram], [data]);
    histogram.dispose();
    histogram.dispose();
    expect(await running).toEqual([0]);
    expect(() => histogram.summary()).toThrow(/disposed/);
    await expect(accumulate([histogram], [data])).rejects.toThrow(/disposed/);
    const impostor = Object.create(Object.getPrototypeOf(histogram)) as typeof histogram;
    await expect(accumulate([impostor], [data])).rejects.toThrow(/not an ActivationHistogram/);
    await expect(accumulate([createHistogram()], [])).rejects.toThrow(/one Float32Array/);
  });
});
