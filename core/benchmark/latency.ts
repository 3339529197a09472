/** Measures several engines side by side, turn by turn, so that a drift of the machine hits all of them alike. */

import { throwIfCancelled, type WorkOptions, yieldToEventLoop } from '../base/work.ts';
import { type Summary, summarize } from './statistics.ts';

/** One thing to be timed: a call of an engine on a fixed input. */
export interface Contestant {
  readonly name: string;
  run(): Promise<unknown>;
}

export interface LatencyPlan {
  /** Calls of each contestant that do not count. */
  readonly warmup: number;
  /** Measured calls of each contestant. */
  readonly runs: number;
  /** Milliseconds of a steady clock. */
  readonly now?: () => number;
}

export interface Latency extends Summary {
  readonly name: string;
  readonly warmup: number;
  /** Milliseconds of every measured call, in order. */
  readonly samples: readonly number[];
}

/**
 * The order of a round: it rotates by one every second round and is reversed in odd ones, so that over 2n rounds each
 * contestant holds every place equally often and does not always follow the same other one.
 */
export function orderOfRound(round: number, contestants: number): readonly number[] {
  const start = Math.floor(round / 2);
  const order = Array.from({ length: contestants }, (_, i) => (start + i) % contestants);
  return round % 2 === 0 ? order : order.reverse();
}

/**
 * Times every contestant `runs` times in rounds in which each runs once.
 * @returns milliseconds, one entry for each contestant in the order given
 * @throws Failure `cancelled` between two calls
 */
export async function measureLatency(
  contestants: readonly Contestant[],
  plan: LatencyPlan,
  work: WorkOptions = {},
): Promise<readonly Latency[]> {
  const now = plan.now ?? (() => performance.now());
  const samples = contestants.map(() => [] as number[]);
  const rounds = plan.warmup + plan.runs;
  for (let round = 0; round < rounds; round++) {
    const measured = round >= plan.warmup;
    work.onProgress?.({
      value: round / rounds,
      description: measured ? `round ${round - plan.warmup + 1} of ${plan.runs}` : 'warming up',
    });
    for (const index of orderOfRound(round, contestants.length)) {
      // Outside the timed part: lets a cancel message in, and the collector's work for the last call pass by.
      await yieldToEventLoop();
      throwIfCancelled(work.signal);
      const contestant = contestants[index] as Contestant;
      const start = now();
      await contestant.run();
      const milliseconds = now() - start;
      if (measured) samples[index]?.push(milliseconds);
    }
  }
  work.onProgress?.({ value: 1, description: `${plan.runs} rounds measured` });
  return contestants.map(({ name }, i) => ({
    name,
    warmup: plan.warmup,
    samples: samples[i] as number[],
    ...summarize(samples[i] as number[]),
  }));
}
