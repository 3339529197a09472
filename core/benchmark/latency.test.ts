import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measureEndToEnd } from './end-to-end.ts';
import { measureLatency, orderOfRound } from './latency.ts';

/** A clock that moves only when told to. */
function fakeClock() {
  let time = 0;
  return {
    now: () => time,
    pass: async (milliseconds: number) => {
      time += milliseconds;
    },
  };
}

describe('orderOfRound', () => {
  it('gives everyone every place equally often over 2n rounds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), (n) => {
        const places = Array.from({ length: n }, () => new Array<number>(n).fill(0));
        for (let round = 0; round < 2 * n; round++) {
          const order = orderOfRound(round, n);
          expect([...order].sort()).toEqual(Array.from({ length: n }, (_, i) => i));
          for (const [place, contestant] of order.entries()) places[contestant]![place]! += 1;
        }
        expect(places.flat().every((times) => times === 2)).toBe(true);
      }),
    );
  });
});

describe('measureLatency', () => {
  it('interleaves, leaves out the warm-up and keeps the contestants apart', async () => {
    const clock = fakeClock();
    const calls: string[] = [];
    const contestant = (name: string, milliseconds: number) => ({
      name,
      run: () => {
        calls.push(name);
        return clock.pass(milliseconds);
      },
    });
    const latencies = await measureLatency([contestant('a', 2), contestant('b', 5)], {
      warmup: 2,
      runs: 4,
      now: clock.now,
    });
    expect(calls.join('')).toBe('abbabaababba');
    expect(
      latencies.map(({ name, samples, p50, runs, warmup }) => ({ name, samples, p50, runs, warmup })),
    ).toEqual([
      { name: 'a', samples: [2, 2, 2, 2], p50: 2, runs: 4, warmup: 2 },
      { name: 'b', samples: [5, 5, 5, 5], p50: 5, runs: 4, warmup: 2 },
    ]);
  });

  it('spreads a drift of the machine over all alike', async () => {
    const clock = fakeClock();
    let slowness = 1;
    const run = () => {
      slowness *= 1.01;
      return clock.pass(10 * slowness);
    };
    const [a, b] = await measureLatency(
      [
        { name: 'a', run },
        { name: 'b', run },
      ],
      { warmup: 0, runs: 40, now: clock.now },
    );
    expect(Math.abs(a!.p50 / b!.p50 - 1)).toBeLessThan(0.02);
    expect(a!.instability).toContain('drift');
  });

  it('stops between two calls when cancelled', async () => {
    const controller = new AbortController();
    let calls = 0;
    const run = async () => {
      if (++calls === 3) controller.abort();
    };
    await expect(
      measureLatency([{ name: 'a', run }], { warmup: 0, runs: 100 }, { signal: controller.signal }),
    ).rejects.toMatchObject({ code: 'cancelled' });
    expect(calls).toBe(3);
  });
});

describe('measureEndToEnd', () => {
  it('gives each stage its share and does not count the first, cold image', async () => {
    const clock = fakeClock();
    let cold = 100;
    const result = await measureEndToEnd(
      {
        decode: async (file: string) => {
          await clock.pass(4 + cold);
          cold = 0;
          return file.length;
        },
        preprocess: async (pixels) => {
          await clock.pass(1);
          return [pixels];
        },
        engine: async (input) => {
          await clock.pass(10);
          return String(input);
        },
        postprocess: async (output, input) => {
          expect(output).toBe(String(input));
          await clock.pass(5);
        },
      },
      ['one', 'three', 'four'],
      { now: clock.now },
    );
    expect(result).toEqual({
      images: 3,
      p50: 20,
      p90: 20,
      shares: { decode: 0.2, preprocess: 0.05, engine: 0.5, postprocess: 0.25 },
    });
  });
});
