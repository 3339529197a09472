import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Failure } from '../base/failure.ts';
import type { Progress } from '../base/work.ts';
import { type CollectRequest, collectStatistics } from './collect.ts';
import { deadTensorScale, rangesFrom } from './ranges.ts';
import { ActivationStatistics } from './statistics.ts';

const outputs = (tensors: Record<string, readonly number[]>) =>
  new Map(Object.entries(tensors).map(([name, values]) => [name, { data: Float32Array.from(values) }]));

async function statisticsOf(batches: readonly Record<string, readonly number[]>[]) {
  const statistics = ActivationStatistics.forTensors(Object.keys(batches[0] ?? {}));
  for (const batch of batches) await statistics.observe(outputs(batch));
  return statistics;
}

const floats = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 50 });

describe('ActivationStatistics', () => {
  it('sums up what it saw', async () => {
    using statistics = await statisticsOf([
      { a: [1, -3, 0], b: [2] },
      { a: [0.5], b: [-1, Infinity] },
    ]);
    expect(statistics.images).toBe(2);
    expect(statistics.summary()).toEqual([
      { tensor: 'a', min: -3, max: 1, absMax: 3, values: 4, zeros: 1, nonFinite: 0 },
      { tensor: 'b', min: -1, max: 2, absMax: 2, values: 2, zeros: 0, nonFinite: 1 },
    ]);
  });

  it('comes back whole from its JSON text, and gives the same ranges', async () => {
    await fc.assert(
      fc.asyncProperty(floats, floats, async (a, b) => {
        using statistics = await statisticsOf([{ a, b }]);
        const text = JSON.stringify(statistics);
        using restored = ActivationStatistics.fromJSON(JSON.parse(text));
        expect(JSON.stringify(restored)).toBe(text);
        for (const method of ['minmax', 'entropy', 'percentile', 'mse'] as const) {
          expect(await rangesFrom(restored, { method })).toEqual(await rangesFrom(statistics, { method }));
        }
      }),
      { numRuns: 15 },
    );
  });

  it('gives the same document for any batch size and order, and for parts that are merged', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(floats, { minLength: 1, maxLength: 6 }), fc.nat(), async (images, cut) => {
        const at = cut % (images.length + 1);
        using one = await statisticsOf([{ a: [] }]);
        using other = await statisticsOf([{ a: [] }]);
        for (const image of images.slice(0, at).reverse()) await one.observe(outputs({ a: image }));
        for (const image of images.slice(at)) await other.observe(outputs({ a: image }));
        one.merge(other);
        using batched = await statisticsOf([{ a: [] }, { a: [] }]);
        await batched.observe(outputs({ a: images.flat() }), images.length);
        expect(JSON.stringify(one)).toBe(JSON.stringify(batched));
      }),
      { numRuns: 30 },
    );
  });

  it('says which tensors were not finite and refuses outputs that lack one', async () => {
    using statistics = ActivationStatistics.forTensors(['a', 'b']);
    expect(await statistics.observe(outputs({ a: [NaN, 1, Infinity], b: [1], c: [NaN] }))).toEqual([
      { tensor: 'a', values: 2 },
    ]);
    await expect(statistics.observe(outputs({ a: [1] }))).rejects.toThrow(/no tensor named b/);
  });

  it('does not merge statistics of other tensors', () => {
    using one = ActivationStatistics.forTensors(['a']);
    using other = ActivationStatistics.forTensors(['a', 'b']);
    expect(() => one.merge(other)).toThrow(/cannot be merged/);
    expect(() => other.merge(one)).toThrow(/b/);
  });

  it('refuses damaged documents by name', async () => {
    using statistics = await statisticsOf([{ a: [1, 2, 3] }]);
    const good = statistics.toJSON();
    const [tensor] = good.tensors;
    const wrong: readonly (readonly [unknown, RegExp])[] = [
      [{}, /statistics/],
      [{ ...good, statistics: 2 }, /statistics/],
      [{ ...good, tensors: [tensor, tensor] }, /a is there twice/],
      [{ ...good, tensors: [{ ...tensor, bins: 'AAAA' }] }, /bins of a/],
      [{ ...good, tensors: [{ ...tensor, finite: 7 }] }, /bins of a/],
    ];
    for (const [value, message] of wrong) {
      expect(() => ActivationStatistics.fromJSON(value)).toThrow(Failure);
      expect(() => ActivationStatistics.fromJSON(value)).toThrow(message);
    }
  });
});

describe('rangesFrom', () => {
  it('gives threshold / 127 as float32, within what was observed', async () => {
    await fc.assert(
      fc.asyncProperty(floats, async (values) => {
        using statistics = await statisticsOf([{ a: values }]);
        const absMax = Math.max(...values.map(Math.abs));
        fc.pre(absMax > 1e-30);
        for (const method of ['minmax', 'entropy', 'percentile', 'mse'] as const) {
          const [range] = await rangesFrom(statistics, { method, percentile: 90 });
          expect(range?.absMax).toBe(absMax);
          expect(range?.scale).toBe(Math.fround((range?.threshold ?? 0) / 127));
          expect(range?.threshold).toBeLessThanOrEqual(absMax);
          expect(range?.clipped).toBeGreaterThanOrEqual(0);
          expect(range?.clipped).toBeLessThanOrEqual(1);
          if (method === 'minmax')
            expect(range).toMatchObject({ threshold: absMax, clipped: 0, dead: false });
        }
      }),
      { numRuns: 40 },
    );
  });

  it('gives a tensor of zeros the documented scale, and tiny ones a normal float32', async () => {
    using statistics = await statisticsOf([{ zeros: [0, -0], tiny: [2 ** -149] }]);
    const [zeros, tiny] = await rangesFrom(statistics, { method: 'entropy' });
    expect(zeros).toMatchObject({ dead: true, scale: deadTensorScale, absMax: 0, clipped: 0 });
    expect(zeros?.threshold).toBe(127 * deadTensorScale);
    expect(tiny).toMatchObject({ dead: false, scale: 2 ** -126 });
  });

  it('clips the share that a percentile leaves', async () => {
    using statistics = await statisticsOf([
      { a: Array.from({ length: 10_000 }, (_, i) => (i + 0.5) / 10_000) },
    ]);
    const [range] = await rangesFrom(statistics, { method: 'percentile', percentile: 99 });
    expect(range?.threshold).toBeCloseTo(0.99, 3);
    expect(range?.clipped).toBeCloseTo(0.01, 6);
    await expect(rangesFrom(statistics, { method: 'percentile', percentile: 0 })).rejects.toThrow(Failure);
  });

  it('reduces a histogram to 128 bins for display', async () => {
    using statistics = await statisticsOf([{ a: [0, 0, 0.25, -0.5, 3], dead: [0] }]);
    const display = statistics.histogramForDisplay('a');
    expect(display?.limit).toBe(3);
    expect(display?.counts).toHaveLength(128);
    expect(display?.counts.reduce((sum, count) => sum + count, 0)).toBeCloseTo(3, 9);
    expect(statistics.histogramForDisplay('dead')).toBeUndefined();
  });
});

describe('collectStatistics', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  const request = (count: number, change: Partial<CollectRequest> = {}): CollectRequest => ({
    tensors: ['image', 'doubled'],
    input: { name: 'image', dims: [1, 2] },
    images: (async function* () {
      for (let i = 0; i < count; i++) yield { file: `${i}.png`, tensor: Float32Array.of(i, -1) };
    })(),
    total: count,
    run: async ({ dims, data }) => new Map([['doubled', { dims, data: data.map((value) => 2 * value) }]]),
    ...change,
  });

  it('observes the input and the outputs and reports progress for each image', async () => {
    const heard: Progress[] = [];
    using statistics = await collectStatistics(request(3), {
      onProgress: (progress) => heard.push(progress),
    });
    expect(statistics.images).toBe(3);
    expect(statistics.summary().map(({ tensor, min, max }) => [tensor, min, max])).toEqual([
      ['image', -1, 2],
      ['doubled', -2, 4],
    ]);
    expect(heard).toEqual([
      { value: 1 / 3, description: 'image 1 of 3' },
      { value: 2 / 3, description: 'image 2 of 3' },
      { value: 1, description: 'image 3 of 3' },
    ]);
  });

  it('names image and tensor of a non-finite activation', async () => {
    const run: CollectRequest['run'] = async ({ dims, data }) =>
      new Map([['doubled', { dims, data: data.map((value) => (value === 1 ? NaN : value)) }]]);
    const failing = collectStatistics(request(3, { run }), {});
    await expect(failing).rejects.toThrow(/doubled has 1 non-finite value for the image 1\.png/);
    await expect(failing).rejects.toBeInstanceOf(Failure);
  });

  it('stops between images after an abort', async () => {
    const controller = new AbortController();
    let runs = 0;
    const run: CollectRequest['run'] = async ({ dims, data }) => {
      runs += 1;
      if (runs === 2) controller.abort();
      return new Map([['doubled', { dims, data }]]);
    };
    await expect(
      collectStatistics(request(1000, { run }), { signal: controller.signal }),
    ).rejects.toMatchObject({ code: 'cancelled' });
    expect(runs).toBe(2);
  });

  it('collects all garbage after every image where the process allows it', async () => {
    const gc = vi.fn();
    vi.stubGlobal('gc', gc);
    using _statistics = await collectStatistics(request(130), {});
    expect(gc.mock.calls).toEqual(Array.from({ length: 130 }, () => []));
  });

  it('refuses an empty calibration set', async () => {
    await expect(collectStatistics(request(0), {})).rejects.toMatchObject({ code: 'bad-input' });
  });

  it('keeps the document from growing with the number of images', async () => {
    using statistics = ActivationStatistics.forTensors(['a']);
    const data = Float32Array.from({ length: 10_000 }, (_, i) => i);
    const step = async (count: number) => {
      for (let i = 0; i < count; i++) await statistics.observe(new Map([['a', { data }]]));
      return JSON.stringify(statistics).length;
    };
    const early = await step(2);
    const late = await step(100);
    // Counts gain digits; nothing else grows.
    expect(late).toBeLessThan(1.5 * early);
  });
});
