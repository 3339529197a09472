/** Option values as typed, turned into what core takes. */

import { InvalidArgumentError } from 'commander';
import type { CalibrationMethod } from '../../core/calibration/ranges.ts';
import { type Precision, precisions } from '../../core/targets/target.ts';

export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It is not a number.');
  return value;
}

export function parseWhole(text: string): number {
  const value = parseNumber(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError('It is not a whole number.');
  return value;
}

export function parseNumbers(text: string): number[] {
  return text.split(',').map(parseNumber);
}

/** `640x480` is width by height, `640` a square. */
export function parseSize(text: string): { readonly width: number; readonly height: number } {
  const [, width, height] = /^(\d{1,5})(?:[x\u00d7](\d{1,5}))?$/i.exec(text.trim()) ?? [];
  if (width === undefined || Number(width) === 0 || Number(height ?? width) === 0) {
    throw new InvalidArgumentError('Write width and height in pixels, e.g. 640x640.');
  }
  return { width: Number(width), height: Number(height ?? width) };
}

export function parsePrecisions(text: string): Precision[] {
  return text.split(',').map((word) => {
    const name = precisions.find((precision) => precision === word.trim().toLowerCase());
    if (!name) throw new InvalidArgumentError(`Choose from ${precisions.join(', ')}.`);
    return name;
  });
}

/** `mse,entropy` or `all`, the run's own method first. */
export function parseMethods(text: string): CalibrationMethod['method'][] {
  const known = ['mse', 'entropy', 'percentile', 'minmax'] as const;
  if (text.trim().toLowerCase() === 'all') return [...known];
  return text.split(',').map((word) => {
    const name = known.find((method) => method === word.trim().toLowerCase());
    if (!name) throw new InvalidArgumentError(`Choose from ${known.join(', ')}, or all.`);
    return name;
  });
}

/** Names separated by commas. */
export function parseNames(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('Write names separated by commas.');
  return names;
}

/** Leaves out what was not typed, so that the defaults of the specification count. */
export function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
