/** Our own calibration cache, calibration.json: the ranges, and the key that says what they are true of. */

import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Failure } from '../base/failure.ts';
import { fileFailure, writeFileAtomically } from '../base/files.ts';
import { type CalibrationKey, explainDifference, keyOf } from './key.ts';
import { rangeMethods } from './ranges.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits');
const triple = z.tuple([z.number(), z.number(), z.number()]).readonly();

const preprocessing = z.strictObject({
  resize: z.enum(['letterbox', 'stretch']),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  color: z.enum(['rgb', 'bgr']),
  scale: z.number(),
  mean: triple,
  std: triple,
  pad: z.number(),
  interpolation: z.literal('bilinear'),
});

const range = z.strictObject({
  tensor: z.string(),
  min: z.number(),
  max: z.number(),
  absMax: z.number().min(0),
  threshold: z.number().positive(),
  scale: z.number().positive(),
  clipped: z.number().min(0).max(1),
  dead: z.boolean(),
});

const convergencePoint = z.strictObject({
  previousImages: z.number().int().min(1),
  images: z.number().int().min(1),
  medianChange: z.number().min(0).max(1),
  worstChange: z.number().min(0).max(1),
  worstTensor: z.string(),
});

/** The ranges that one method chose. */
const entry = z.strictObject({
  key: sha256,
  parts: z.strictObject({
    model: sha256,
    images: z.strictObject({ fingerprint: sha256, count: z.number().int().min(0) }),
    preprocessing,
    method: z.enum(rangeMethods),
    percentile: z.number().gt(0).max(100).nullable(),
    statisticsVersion: z.number().int(),
  }),
  ranges: z
    .array(range)
    .readonly()
    .refine((ranges) => new Set(ranges.map(({ tensor }) => tensor)).size === ranges.length, {
      message: 'must name each tensor once',
    }),
  /** How they settled with the number of images; absent where nobody noted it. */
  convergence: z.array(convergencePoint).readonly().optional(),
});

const schema = z.strictObject({
  schema: z.literal(1),
  ...entry.shape,
  /** Names of the images in the set's order. */
  images: z.array(z.string()).readonly(),
  /** Other methods on the same statistics, each with its own key. */
  alternatives: z.array(entry).readonly().optional(),
});

export type RangeCache = z.infer<typeof schema>;
export type RangeCacheEntry = z.infer<typeof entry>;

export type CacheState =
  | { readonly state: 'fresh' }
  /** One clause for each reason, e.g. `the model changed`. */
  | { readonly state: 'stale'; readonly reasons: readonly string[] };

/**
 * @param images names of those that were used, in the set's order
 * @param entries the run's own method first
 */
export function makeRangeCache(images: readonly string[], entries: readonly RangeCacheEntry[]): RangeCache {
  const [own, ...alternatives] = entries;
  if (own === undefined) throw new Error('a range cache holds the ranges of one method at least');
  return { schema: 1, ...own, images, ...(alternatives.length > 0 ? { alternatives } : {}) };
}

/** The ranges of every method in a cache. */
export function entriesOf({ key, parts, ranges, convergence, alternatives = [] }: RangeCache) {
  const first: RangeCacheEntry = { key, parts, ranges, convergence };
  return [first, ...alternatives];
}

/** The file is either whole or not there. @throws Failure naming the path, on a full disk or an unwritable folder. */
export function writeRangeCache(path: string, cache: RangeCache): Promise<void> {
  return writeFileAtomically(path, `${JSON.stringify(cache, null, 2)}\n`);
}

/** @throws Failure `bad-input` naming the file and the field when the text is no range cache; `path` is for messages. */
export function parseRangeCache(text: string, path: string): RangeCache {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw unusable(path, 'it is not JSON', error);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw unusable(path, `${issue?.path.join('.') || 'the document'}: ${issue?.message ?? 'unknown problem'}`);
}

function unusable(path: string, what: string, cause?: unknown): Failure {
  return new Failure(
    'bad-input',
    `${path} is not a calibration cache of this version: ${what}.`,
    'Delete it to calibrate again, or name another file with --cache.',
    { cause },
  );
}

/**
 * The cache at `path`; undefined when there is no such file.
 * @throws Failure `bad-input` when the file cannot be read or is no range cache.
 */
export async function readRangeCache(path: string): Promise<RangeCache | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw fileFailure(error, path, 'read');
  }
  return parseRangeCache(text, path);
}

/** Whether the cached ranges are those of the calibration that `wanted` names. */
export function checkCache(cache: Pick<RangeCache, 'key' | 'parts'>, wanted: CalibrationKey): CacheState {
  if (keyOf(cache.parts) !== cache.key) {
    return { state: 'stale', reasons: ['the cache was edited: its key does not fit its contents'] };
  }
  if (cache.key === wanted.key) return { state: 'fresh' };
  return { state: 'stale', reasons: explainDifference(cache.parts, wanted.parts) };
}

/** The failure for a cache that must be fresh and is not. */
export function staleCache(path: string, reasons: readonly string[]): Failure {
  return new Failure(
    'stale-cache',
    `The calibration cache ${path} is stale: ${reasons.join('; ')}.`,
    'Delete it to calibrate again, or name another file with --cache.',
  );
}
