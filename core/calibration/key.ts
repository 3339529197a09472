/** Names a calibration by everything that decides its ranges, and says in words how two calibrations differ. */

import { hashBytes } from '../base/files.ts';
import type { Preprocessing } from '../images/preprocessing.ts';
import { type CalibrationMethod, defaultPercentile } from './ranges.ts';
import { statisticsVersion } from './statistics.ts';

export interface CalibrationKeyParts {
  /** SHA-256 of the model. */
  readonly model: string;
  readonly images: {
    /** SHA-256 over names and contents. */
    readonly fingerprint: string;
    readonly count: number;
  };
  readonly preprocessing: Preprocessing;
  readonly method: CalibrationMethod['method'];
  /** Null for every method but `percentile`. */
  readonly percentile: number | null;
  readonly statisticsVersion: number;
}

export interface CalibrationKey {
  /** 64 hexadecimal digits. */
  readonly key: string;
  readonly parts: CalibrationKeyParts;
}

/** JSON with the members of every object sorted by name and no white space: equal values give equal bytes. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}

export function keyOf(parts: CalibrationKeyParts): string {
  return hashBytes(canonicalJson(parts));
}

export function calibrationKey(
  request: Pick<CalibrationKeyParts, 'model' | 'images' | 'preprocessing'> & CalibrationMethod,
): CalibrationKey {
  const parts = {
    model: request.model,
    images: request.images,
    preprocessing: request.preprocessing,
    method: request.method,
    percentile: request.method === 'percentile' ? (request.percentile ?? defaultPercentile) : null,
    statisticsVersion,
  };
  return { key: keyOf(parts), parts };
}

/** The preprocessing as named fields in words. */
function describePreprocessing(preprocessing: Preprocessing): ReadonlyMap<string, string> {
  const { width, height, mean, std, ...rest } = preprocessing;
  return new Map([
    ['size', `${width}x${height}`],
    ['mean', mean.join(', ')],
    ['std', std.join(', ')],
    ...Object.entries(rest).map(([name, value]): [string, string] => [name, String(value)]),
  ]);
}

function describeMethod({ method, percentile }: CalibrationKeyParts): string {
  return percentile === null ? method : `${method} ${percentile}`;
}

/** One clause for each part that differs, e.g. `the images changed: 96 then, 97 now`; empty when none does. */
export function explainDifference(then: CalibrationKeyParts, now: CalibrationKeyParts): readonly string[] {
  const reasons: string[] = [];
  if (then.model !== now.model) reasons.push('the model changed');
  if (then.images.count !== now.images.count) {
    reasons.push(`the images changed: ${then.images.count} then, ${now.images.count} now`);
  } else if (then.images.fingerprint !== now.images.fingerprint) {
    reasons.push(`the images changed: ${now.images.count} as before, but not the same names and contents`);
  }
  const before = describePreprocessing(then.preprocessing);
  const after = describePreprocessing(now.preprocessing);
  const changes = [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => `${name} ${before.get(name) ?? 'unset'} then, ${after.get(name) ?? 'unset'} now`);
  if (changes.length > 0) reasons.push(`the preprocessing changed: ${changes.join('; ')}`);
  if (describeMethod(then) !== describeMethod(now)) {
    reasons.push(`the method changed: ${describeMethod(then)} then, ${describeMethod(now)} now`);
  }
  if (then.statisticsVersion !== now.statisticsVersion) {
    reasons.push('another version of Engine Room computed the statistics');
  }
  return reasons;
}
