/** Names and colours of the precisions, alike in every chart, tag and graph. */

export type Precision = 'fp32' | 'fp16' | 'int8';

export const precisions: readonly Precision[] = ['fp32', 'fp16', 'int8'];

/** Fill of a precision, for bars, lines and nodes: 3:1 against the paper in both themes. */
export function precisionColor(precision: Precision): string {
  return `var(--precision-${precision})`;
}

/** Text in the colour of a precision: 4.5:1 against the paper in both themes. */
export function precisionTextColor(precision: Precision): string {
  return `var(--precision-${precision}-text)`;
}

/** Quiet background of a precision, readable under ink. */
export function precisionBackColor(precision: Precision): string {
  return `var(--precision-${precision}-back)`;
}

/** A precision as it is written for people: `INT8`. */
export function precisionName(precision: Precision): string {
  return precision.toUpperCase();
}
