/** Finds ranges that need no images: in our own calibration cache, or imported from TensorRT's. */

import { hashFile } from '../../base/files.ts';
import {
  beginsAsTensorRtCache,
  rangesFromTensorRtCache,
  readTensorRtCache,
} from '../../calibration/cache-file.ts';
import type { CalibrationKey } from '../../calibration/key.ts';
import { checkCache, readRangeCache } from '../../calibration/range-cache.ts';
import type { CalibrationRange } from '../../calibration/ranges.ts';

export type FoundRanges =
  | {
      readonly ranges: readonly CalibrationRange[];
      /** Images that they were measured on. */
      readonly images: number;
      readonly state: 'reused' | 'reused-stale';
      readonly staleReasons: readonly string[];
    }
  /** No cache, or one that may not be used, with the reasons. */
  | { readonly ranges: null; readonly staleReasons: readonly string[] };

/**
 * Looks for ranges of our own that may be used again: of the same key, or of any when the user says so.
 * @throws Failure `bad-input` when the file is no range cache
 */
export async function findCachedRanges(
  path: string,
  key: CalibrationKey,
  tensors: readonly string[],
  reuseStale: boolean,
): Promise<FoundRanges> {
  const cache = await readRangeCache(path);
  if (cache === undefined) return { ranges: null, staleReasons: [] };
  const checked = checkCache(cache, key);
  const known = new Set(cache.ranges.map(({ tensor }) => tensor));
  const missing = tensors.filter((tensor) => !known.has(tensor));
  const reasons = [
    ...(checked.state === 'stale' ? checked.reasons : []),
    ...(missing.length > 0
      ? [`it has no range for ${missing.length} of ${tensors.length} tensors, e.g. ${missing[0]}`]
      : []),
  ];
  if (reasons.length > 0 && (missing.length > 0 || !reuseStale)) {
    return { ranges: null, staleReasons: reasons };
  }
  return {
    ranges: cache.ranges,
    images: cache.images.length,
    state: reasons.length > 0 ? 'reused-stale' : 'reused',
    staleReasons: reasons,
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
