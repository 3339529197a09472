/** Finds ranges that need no images: in our own calibration cache, or imported from TensorRT's. */

import { hashFile } from '../../base/files.ts';
import {
  beginsAsTensorRtCache,
  rangesFromTensorRtCache,
  readTensorRtCache,
} from '../../calibration/cache-file.ts';
import { type CalibrationKey, explainDifference } from '../../calibration/key.ts';
import {
  checkCache,
  entriesOf,
  type RangeCache,
  type RangeCacheEntry,
  readRangeCache,
} from '../../calibration/range-cache.ts';
import type { CalibrationRange } from '../../calibration/ranges.ts';

export type FoundRanges =
  | {
      /** By the keys that were asked for. */
      readonly byKey: ReadonlyMap<string, RangeCacheEntry>;
      /** Images that they were measured on. */
      readonly images: number;
      readonly state: 'reused' | 'reused-stale';
      readonly staleReasons: readonly string[];
    }
  /** No cache, or one that may not be used, with the reasons. */
  | { readonly byKey: null; readonly staleReasons: readonly string[] };

function missingFrom({ ranges }: RangeCacheEntry, tensors: readonly string[]): readonly string[] {
  const known = new Set(ranges.map(({ tensor }) => tensor));
  return tensors.filter((tensor) => !known.has(tensor));
}

/** Why this entry is not what the key names; a method is only called missing where several are wanted. */
function reasonsAgainst(
  entry: RangeCacheEntry,
  key: CalibrationKey,
  tensors: readonly string[],
  several: boolean,
): readonly string[] {
  const { method, percentile } = key.parts;
  const checked = checkCache(entry, key);
  if (several && checked.state === 'stale' && entry.parts.method !== method) {
    const others = explainDifference({ ...entry.parts, method, percentile }, key.parts);
    return [...others, `it has no ranges by ${method}`];
  }
  const missing = missingFrom(entry, tensors);
  return [
    ...(checked.state === 'stale' ? checked.reasons : []),
    ...(missing.length > 0
      ? [`it has no range for ${missing.length} of ${tensors.length} tensors, e.g. ${missing[0]}`]
      : []),
  ];
}

/** The entry with the key, else one of its method, else the first. */
function entryFor(cache: RangeCache, { key, parts }: CalibrationKey): RangeCacheEntry {
  const entries = entriesOf(cache);
  return (
    entries.find((entry) => entry.key === key) ??
    entries.find((entry) => entry.parts.method === parts.method) ??
    cache
  );
}

/**
 * Looks for ranges of our own that may be used again: of the same key, or of any when the user says so. Of several keys
 * all must be there: what one pass over the images gives, another pass would give again.
 * @throws Failure `bad-input` when the file is no range cache
 */
export async function findCachedRanges(
  path: string,
  keys: readonly CalibrationKey[],
  tensors: readonly string[],
  reuseStale: boolean,
): Promise<FoundRanges> {
  const cache = await readRangeCache(path);
  if (cache === undefined) return { byKey: null, staleReasons: [] };
  const several = keys.length > 1;
  const byKey = new Map(keys.map((key) => [key.key, entryFor(cache, key)]));
  const reasons = keys.flatMap((key) => reasonsAgainst(entryFor(cache, key), key, tensors, several));
  const staleReasons = [...new Set(reasons)];
  const complete = [...byKey.values()].every((entry) => missingFrom(entry, tensors).length === 0);
  if (staleReasons.length > 0 && (!complete || !reuseStale)) return { byKey: null, staleReasons };
  return {
    byKey,
    images: cache.images.length,
    state: staleReasons.length > 0 ? 'reused-stale' : 'reused',
    staleReasons,
  };
}

/** Where imported ranges come from. */
export interface ImportedCache {
  /** As its first line names it, e.g. `EntropyCalibration2`. */
  readonly calibrator: string;
  /** TensorRT's version as a number: 8503 for 8.5.3. */
  readonly version: number;
  /** Scales in the file. */
  readonly scales: number;
  /** Tensors of the quantization plan that have one: all of them, or nothing is imported. */
  readonly matched: number;
}

/**
 * The ranges of a TensorRT calibration cache; null where `path` is something else or nothing.
 * @returns `key` is the hash of the file
 * @throws Failure `bad-input` when it is damaged or lacks a tensor, naming it
 */
export async function importTensorRtRanges(
  path: string,
  tensors: readonly string[],
): Promise<{
  readonly ranges: readonly CalibrationRange[];
  readonly key: string;
  readonly cache: ImportedCache;
} | null> {
  if (!(await beginsAsTensorRtCache(path))) return null;
  const cache = await readTensorRtCache(path);
  const ranges = rangesFromTensorRtCache(cache, tensors, path);
  const { calibrator, version, scales } = cache;
  return {
    ranges,
    key: await hashFile(path),
    cache: { calibrator, version, scales: scales.length, matched: tensors.length },
  };
}
