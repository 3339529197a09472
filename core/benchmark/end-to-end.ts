/** Times the whole way from an image file to detections, and how much of it each stage takes. */

import { throwIfCancelled, type WorkOptions, yieldToEventLoop } from '../base/work.ts';
import { percentile } from './statistics.ts';

export const stageNames = ['decode', 'preprocess', 'engine', 'postprocess'] as const;
export type StageName = (typeof stageNames)[number];

/** The stages of one image, each taking what the one before it gave. */
export interface Stages<Pixels, Input, Output> {
  decode(file: string): Promise<Pixels>;
  preprocess(pixels: Pixels): Promise<Input>;
  engine(input: Input): Promise<Output>;
  postprocess(output: Output, input: Input): Promise<unknown>;
}

export interface EndToEnd {
  readonly images: number;
  /** Milliseconds of one image. */
  readonly p50: number;
  readonly p90: number;
  /** Shares of the time of all images together; they add up to 1. */
  readonly shares: Readonly<Record<StageName, number>>;
}

/**
 * Runs each file through the stages, one at a time. The first file is run once more beforehand and not counted.
 * @throws Failure `cancelled` between two images; whatever a stage throws
 */
export async function measureEndToEnd<Pixels, Input, Output>(
  stages: Stages<Pixels, Input, Output>,
  files: readonly string[],
  work: WorkOptions & { readonly now?: () => number } = {},
): Promise<EndToEnd> {
  const now = work.now ?? (() => performance.now());
  const [first] = files;
  if (first === undefined) throw new RangeError('no files to measure');
  const sums = { decode: 0, preprocess: 0, engine: 0, postprocess: 0 };
  const totals: number[] = [];
  for (const [i, file] of [first, ...files].entries()) {
    await yieldToEventLoop();
    throwIfCancelled(work.signal);
    work.onProgress?.({ value: i / (files.length + 1), description: `image ${i} of ${files.length}` });
    const times = [now()];
    const pixels = await stages.decode(file);
    times.push(now());
    const input = await stages.preprocess(pixels);
    times.push(now());
    const output = await stages.engine(input);
    times.push(now());
    await stages.postprocess(output, input);
    times.push(now());
    if (i === 0) continue;
    for (const [s, stage] of stageNames.entries()) {
      sums[stage] += (times[s + 1] as number) - (times[s] as number);
    }
    totals.push((times[4] as number) - (times[0] as number));
  }
  const total = totals.reduce((sum, time) => sum + time, 0);
  const share = (time: number): number => (total === 0 ? 0.25 : time / total);
  return {
    images: files.length,
    p50: percentile(totals, 50),
    p90: percentile(totals, 90),
    shares: {
      decode: share(sums.decode),
      preprocess: share(sums.preprocess),
      engine: share(sums.engine),
      postprocess: share(sums.postprocess),
    },
  };
}
