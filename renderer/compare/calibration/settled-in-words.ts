/** What the last doubling of the images says about how many are enough. */

import { formatShare } from '../../design/format.ts';
import type { Report } from '../report-parts.ts';

export type ConvergencePoint = NonNullable<NonNullable<Report['calibration']>['convergence']>[number];

/** Ranges that move less than this when the images are doubled change no INT8 step worth noticing. */
const settled = 0.02;

export function settledInWords(points: readonly ConvergencePoint[]): string {
  const last = points[points.length - 1];
  if (last === undefined) return 'Too few images to say.';
  const half =
    last.medianChange === 0
      ? 'half of the ranges did not move'
      : `half of the ranges moved by ${formatShare(last.medianChange)} or more`;
  const said = `From ${last.previousImages} to ${last.images} images ${half}, the worst by ${formatShare(last.worstChange)}`;
  return last.medianChange < settled
    ? `${said}: more images would change little.`
    : `${said}: they have not settled, give more images.`;
}
