/** Finds the image of the set that a label file or a label's file name means. */

import { resolve } from 'node:path';
import type { ImageFile, ImageSet } from '../images/image-set.ts';
import type { LabelIssues } from './label-issues.ts';

const partsOf = (path: string) => path.split(/[\\/]+/).filter((part) => part !== '' && part !== '.');

export function withoutExtension(path: string): string {
  return path.replace(/\.[^./\\]*$/, '');
}

/** How many path components agree, counted from the end. */
function agreement(a: readonly string[], b: readonly string[]): number {
  let count = 0;
  while (count < a.length && count < b.length && a[a.length - 1 - count] === b[b.length - 1 - count]) count++;
  return count;
}

interface Candidate {
  readonly image: ImageFile;
  readonly relative: string;
  readonly parts: readonly string[];
}

export interface MatchOptions {
  /** Compares names without their extension, for label files that lie beside or parallel to images. */
  readonly ignoreExtension: boolean;
}

/**
 * Maps each name to an image: the same relative path wins; otherwise, among images of that base name, the one whose
 * path agrees in most trailing folders. The same rule decides between two names that want one image. What stays
 * undecided matches nothing and is noted.
 */
export function matchImages(
  names: readonly string[],
  set: ImageSet,
  options: MatchOptions,
  issues: LabelIssues,
): Map<string, ImageFile> {
  const key = (path: string) => (options.ignoreExtension ? withoutExtension(path) : path);
  const byBase = new Map<string, Candidate[]>();
  for (const image of set.files) {
    const parts = partsOf(key(resolve(image.path)));
    const base = parts.at(-1) ?? '';
    const candidate = { image, relative: key(image.file), parts };
    const same = byBase.get(base);
    if (same) same.push(candidate);
    else byBase.set(base, [candidate]);
  }

  // First every name picks its best image, then every image its best name.
  const claims = new Map<ImageFile, { name: string; score: number; tied: boolean }>();
  for (const name of names) {
    const parts = partsOf(key(name));
    const relative = parts.join('/');
    const scored = (byBase.get(parts.at(-1) ?? '') ?? []).map((candidate) => ({
      image: candidate.image,
      score: candidate.relative === relative ? Number.POSITIVE_INFINITY : agreement(parts, candidate.parts),
    }));
    const best = Math.max(0, ...scored.map(({ score }) => score));
    const winners = scored.filter(({ score }) => score === best);
    const [winner] = winners;
    if (winner === undefined) {
      issues.note('image-not-in-set', name);
    } else if (winners.length > 1) {
      issues.note('image-ambiguous', name);
    } else {
      claim(claims, winner.image, name, best, issues);
    }
  }
  const matches = new Map<string, ImageFile>();
  for (const [image, { name, tied }] of claims) {
    if (!tied) matches.set(name, image);
  }
  return matches;
}

function claim(
  claims: Map<ImageFile, { name: string; score: number; tied: boolean }>,
  image: ImageFile,
  name: string,
  score: number,
  issues: LabelIssues,
): void {
  const held = claims.get(image);
  if (held === undefined || score > held.score) {
    if (held !== undefined && !held.tied) issues.note('image-not-in-set', held.name);
    claims.set(image, { name, score, tied: false });
  } else if (score === held.score) {
    if (!held.tied) issues.note('image-ambiguous', held.name);
    issues.note('image-ambiguous', name);
    held.tied = true;
  } else {
    issues.note('image-not-in-set', name);
  }
}
