/** Remembers where a picked list of images came from, so that a set made of it can say so and go back. */

import { z } from 'zod';

export interface KeptSample {
  /** The folder or list that it was picked from. */
  readonly source: string;
  readonly count: number;
  /** The host's word on how it chose. */
  readonly reason: string;
}

const storageKey = 'engineroom.samples';
const mostKept = 30;
const keptSchema = z.record(
  z.string(),
  z.object({ source: z.string(), count: z.number(), reason: z.string() }),
);

/** Whatever is not as expected is taken as absent. */
export function readSamples(text: string | null): Readonly<Record<string, KeptSample>> {
  try {
    return keptSchema.parse(JSON.parse(text ?? '{}'));
  } catch {
    return {};
  }
}

/** The samples with one more, the oldest dropped beyond a few. */
export function withSample(
  samples: Readonly<Record<string, KeptSample>>,
  listFile: string,
  sample: KeptSample,
): Readonly<Record<string, KeptSample>> {
  const others = Object.entries(samples).filter(([file]) => file !== listFile);
  return Object.fromEntries([...others.slice(-(mostKept - 1)), [listFile, sample]]);
}

function storage(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}

export function keepSample(listFile: string, sample: KeptSample): void {
  const samples = withSample(readSamples(storage()?.getItem(storageKey) ?? null), listFile, sample);
  try {
    storage()?.setItem(storageKey, JSON.stringify(samples));
  } catch {
    // Without it the set is shown by the name of its list file.
  }
}

export function sampleBehind(source: string): KeptSample | null {
  return readSamples(storage()?.getItem(storageKey) ?? null)[source] ?? null;
}
