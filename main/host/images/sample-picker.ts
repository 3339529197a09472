/** Picks images that stand for a whole set, says why these, and writes them down as a list file. */

import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Failure } from '../../../core/base/failure.ts';
import { writeFileAtomically } from '../../../core/base/files.ts';
import { orCancelled } from '../../../core/base/work.ts';
import type { RepresentativeSample } from '../../../core/images/representative-sample.ts';
import { featureLength } from '../../../core/images/visual-feature.ts';
import { evenSample } from './examination.ts';
import type { OpenSet } from './open-set.ts';
import type { TaskRunner } from './worker/task-process.ts';

export interface PickedSample {
  /** Ascending. */
  readonly indices: readonly number[];
  readonly reason: string;
  readonly listFile: string;
}

const fewestCandidates = 4000;
const candidatesForEach = 8;

/** What a list file cannot name: its lines are trimmed when they are read. */
const unlistable = /^\s|\s$|[\r\n]/;

function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

function concatenated(features: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(features.length * featureLength);
  for (const [at, feature] of features.entries()) whole.set(feature, at * featureLength);
  return whole;
}

/** Candidates for a sample of this size: enough to choose from, and no more than have to be decoded for it. */
function candidatesFor(set: OpenSet, count: number): number[] {
  const all = set.examination.candidates();
  const wanted = Math.max(fewestCandidates, candidatesForEach * count);
  return evenSample(all.length, wanted).map((at) => all[at] ?? 0);
}

interface Selection {
  readonly wanted: number;
  readonly candidates: number;
  readonly unreadable: number;
  readonly sample: RepresentativeSample;
}

/** One or two sentences. */
function reasonFor(set: OpenSet, { wanted, candidates, unreadable, sample }: Selection): string {
  const count = sample.chosen.length;
  const { distinct } = sample;
  const alike = candidates - unreadable - distinct;
  const left = [
    ...(alike > 0 ? [`${alike} that ${alike === 1 ? 'looks' : 'look'} the same as another`] : []),
    ...(unreadable > 0 ? [`${unreadable} that cannot be read`] : []),
  ];
  const leftOut = left.length > 0 ? ` (${left.join(' and ')} left out)` : '';
  const from =
    candidates < set.columns.length
      ? `${plural(distinct, 'candidate')} from an even sample of ${candidates} of the ${set.columns.length} files`
      : `the ${plural(distinct, 'usable image')} of the set`;
  if (count === distinct && count < wanted) {
    return `All of ${from}${leftOut}, which is fewer than the ${wanted} asked for.`;
  }
  const how = `${plural(count, 'image')}, chosen by what they show, out of ${from}${leftOut}: thumbnails and brightness were compared, and each choice makes up for what the others do not cover.`;
  const nearer = 1 - sample.meanDistance / sample.meanDistanceOfFirst;
  return sample.meanDistanceOfFirst > 0 && sample.meanDistance > 0 && nearer >= 0.01
    ? `${how} On average an image is ${Math.round(100 * nearer)} % closer to the most similar one chosen than with the first ${count} files.`
    : how;
}

async function writeList(
  folder: string,
  set: OpenSet,
  indices: readonly number[],
  reason: string,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const name = basename(set.source).replace(/[^\p{L}\p{N}._-]+/gu, '-') || 'images';
  const path = join(folder, `${name}-${indices.length}-${set.id}.txt`);
  const lines = indices.map((index) => set.columns.path(index) ?? '');
  await writeFileAtomically(path, `# ${set.source}\n# ${reason}\n${lines.join('\n')}\n`);
  return path;
}

/**
 * Waits until the files are listed, and has candidates decoded that the examination has not come to yet; how far that
 * has got does not change the result.
 * @param folder where the list file goes
 * @throws Failure `bad-input` when no image of the set can be used; `cancelled`
 */
export async function pickSample(
  set: OpenSet,
  count: number,
  folder: string,
  process: TaskRunner,
  signal: AbortSignal,
): Promise<PickedSample> {
  await orCancelled(set.listed, signal);
  const { columns, examination } = set;
  const candidates = candidatesFor(set, count).filter((index) => !unlistable.test(columns.path(index) ?? ''));
  await examination.decode(candidates, signal);
  const readable = candidates.filter((index) => examination.features.has(index));
  if (readable.length === 0) {
    throw new Failure(
      'bad-input',
      `No image of ${set.source} can be used.`,
      'Name images that open in an image viewer.',
    );
  }
  const features = concatenated(readable.map((index) => examination.features.get(index) ?? new Uint8Array()));
  const sample = await process.run('pick', { features, count }, { signal });
  const indices = sample.chosen.map((at) => readable[at] ?? 0);
  const reason = reasonFor(set, {
    wanted: count,
    candidates: candidates.length,
    unreadable: candidates.length - readable.length,
    sample,
  });
  columns.setPicked(indices);
  return { indices, reason, listFile: await writeList(folder, set, indices, reason) };
}
