/** How boxes are drawn over photographs: colour says the class, line style the precision, in both themes alike. */

import type { Precision } from '../report-parts.ts';

/**
 * A bright colour for each class, readable over a dark edge: hues by the golden angle are far apart for neighbouring
 * classes however many there are.
 */
export function classColor(classIndex: number): string {
  return `hsl(${Math.round((classIndex * 137.508 + 48) % 360)}, 90%, 66%)`;
}

/** Dashes in CSS pixels; the ground truth is dotted and white. */
const dashes: Readonly<Record<Precision | 'truth', string | undefined>> = {
  fp32: undefined,
  fp16: '9 4',
  int8: '4 3',
  truth: '0.1 4.5',
};

export function dashOf(style: Precision | 'truth'): string | undefined {
  return dashes[style];
}

export const lineWords: Readonly<Record<Precision, string>> = {
  fp32: 'solid',
  fp16: 'long dashes',
  int8: 'short dashes',
};
