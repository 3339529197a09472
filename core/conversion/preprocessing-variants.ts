/** The ways of preparing an image that detectors are trained with, as variants of the one that a run uses. */

import type { Preprocessing } from '../images/preprocessing.ts';

export interface PreprocessingVariant {
  readonly preprocessing: Preprocessing;
  /** How many of its properties differ from the run's own. */
  readonly changes: number;
  /** The options that select it, to be added to those of the run or to replace them; empty for the run's own. */
  readonly options: string;
}

type Change = Partial<Preprocessing>;

/** Frameworks feed either values from 0 to 1 or the 8-bit values themselves. */
function otherScale({ scale }: Preprocessing): number {
  return Math.abs(scale - 1 / 255) < 1e-9 ? 1 : 1 / 255;
}

function isNormalised({ mean, std }: Preprocessing): boolean {
  return mean.some((value) => value !== 0) || std.some((value) => value !== 1);
}

/** The three properties that are mixed up most; each can be changed alone or together with the others. */
function independentChanges(own: Preprocessing): readonly Change[] {
  return [
    { color: own.color === 'rgb' ? 'bgr' : 'rgb' },
    { scale: otherScale(own) },
    { resize: own.resize === 'letterbox' ? 'stretch' : 'letterbox' },
  ];
}

/** All choices of some of `items`, small ones first. */
function subsets<T>(items: readonly T[]): readonly (readonly T[])[] {
  const choices = Array.from({ length: 2 ** items.length }, (_, bits) =>
    items.filter((_, i) => (bits >> i) & 1),
  );
  return choices.toSorted((a, b) => a.length - b.length);
}

/** The options that turn one preprocessing into another of the same size. */
export function optionsFor(changes: Change): string {
  const words: string[] = [];
  if (changes.color !== undefined) words.push('--color', changes.color);
  if (changes.scale !== undefined) words.push('--scale', String(changes.scale));
  if (changes.resize !== undefined) words.push('--resize', changes.resize);
  if (changes.mean !== undefined) words.push('--mean', changes.mean.join(','));
  if (changes.std !== undefined) words.push('--std', changes.std.join(','));
  return words.join(' ');
}

/**
 * The run's own preprocessing first, then every combination of the other colour order, the other scale (1 for 1/255,
 * else 1/255) and the other way of resizing, few changes before many: eight in all. Where a mean and deviation are
 * given, a ninth leaves them out. Size, border and the values of mean and deviation stay as they are: there are too
 * many to try.
 */
export function preprocessingVariants(own: Preprocessing): readonly PreprocessingVariant[] {
  const variants = subsets(independentChanges(own)).map((chosen): PreprocessingVariant => {
    const change: Change = Object.assign({}, ...chosen);
    return {
      preprocessing: { ...own, ...change },
      changes: chosen.length,
      options: optionsFor(change),
    };
  });
  if (!isNormalised(own)) return variants;
  const plain: Change = { mean: [0, 0, 0], std: [1, 1, 1] };
  const unnormalised = { preprocessing: { ...own, ...plain }, changes: 1, options: optionsFor(plain) };
  return [...variants, unnormalised].toSorted((a, b) => a.changes - b.changes);
}
