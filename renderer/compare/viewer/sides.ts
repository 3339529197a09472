/** Which two precisions the viewer shows. */

import type { Precision, Report } from '../report-parts.ts';

/** Precisions whose boxes can be compared: FP32 and what was held against it. */
export function comparablePrecisions(report: Report): readonly Precision[] {
  return report.results
    .filter(({ precision, agreement }) => precision === 'fp32' || agreement !== null)
    .map(({ precision }) => precision);
}

/** The two sides: as wished where possible, else FP32 against the lowest precision; never the same twice. */
export function chooseSides(
  precisions: readonly Precision[],
  left: string | undefined,
  right: string | undefined,
): readonly [Precision, Precision] {
  const wishedLeft = precisions.find((precision) => precision === left) ?? precisions[0] ?? 'fp32';
  const others = precisions.filter((precision) => precision !== wishedLeft);
  return [
    wishedLeft,
    others.find((precision) => precision === right) ?? others[others.length - 1] ?? wishedLeft,
  ];
}
