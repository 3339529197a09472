/** Picks images that stand for a whole set, says why these, and writes them down as a list file. */

import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Failure } from '../../../core/base/failure.ts';
import { writeFileAtomically } from '../../../core/base/files.ts';
import type { RepresentativeSample } from '../../../core/images/representative-sample.ts';
import { featureLength } from '../../../core/images/visual-feature.ts';
import { decodedAtMost } from './examination.ts';
import type { OpenSet } from './open-set.ts';
import type { TaskRunner } from './worker/task-process.ts';

export interface PickedSample {
  /** Ascending. */
  readonly indices: readonly number[];
  readonly reason: string;
  readonly listFile: string;
}

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

/** One or two sentences. */
function reasonFor(set: OpenSet, candidates: number, wanted: number, sample: RepresentativeSample): string {
  const { columns } = set;
  const count = sample.chosen.length;
  const left = [
    ...(columns.count('duplicate') > 0 ? [plural(columns.count('duplicate'), 'duplicate')] : []),
    ...(columns.count('unreadable') > 0 ? [plural(columns.count('unreadable'), 'unreadable file')] : []),
  ];
  const from =
    columns.length > decodedAtMost
      ? `${candidates} candidates spread evenly over the ${columns.length} images of the set`
      : `the ${plural(candidates, 'usable image')} of the set`;
  const leftOut = left.length > 0 ? ` (${left.join(' and ')} left out)` : '';
  if (count === candidates) return `All of ${from}${leftOut}: no more than ${wanted} were there.`;
  const fewer = count < wanted ? `, as many as look different where ${wanted} were asked for` : '';
  if (sample.meanDistance === 0) {
    return `${plural(count, 'image')}${fewer}, chosen by what they show, out of ${from}${leftOut}: every other one looks like one of these.`;
  }
  const nearer = 1 - sample.meanDistance / sample.meanDistanceOfFirst;
  const gain =
    sample.meanDistanceOfFirst > 0 && nearer >= 0.01
      ? ` On average an image of the set is ${Math.round(100 * nearer)} % closer to the most similar one chosen than with the first ${count} files.`
      : '';
  return `${plural(count, 'image')}${fewer}, chosen by what they show, out of ${from}${leftOut}: thumbnails and brightness were compared, and each choice makes up for what the others do not cover.${gain}`;
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
 * Waits until the files are listed, and has candidates decoded that the examination has not come to yet.
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
  await set.listed;
  await set.examination.decodeCandidates(signal);
  const { columns, examination } = set;
  const candidates = [...examination.features.keys()]
    .sort((a, b) => a - b)
    .filter((index) => columns.state(index) === 'ok' && !unlistable.test(columns.path(index) ?? ' '));
  if (candidates.length === 0) {
    throw new Failure(
      'bad-input',
      `No image of ${set.source} can be used.`,
      'Name images that open in an image viewer.',
    );
  }
  const features = concatenated(
    candidates.map((index) => examination.features.get(index) ?? new Uint8Array()),
  );
  const sample = await process.run('pick', { features, count }, { signal });
  const indices = sample.chosen.map((at) => candidates[at] ?? 0);
  const reason = reasonFor(set, candidates.length, count, sample);
  columns.setPicked(indices);
  return { indices, reason, listFile: await writeList(folder, set, indices, reason) };
}
