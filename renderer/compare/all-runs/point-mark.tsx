/** The mark of an engine in the scatter: a shape and colour for each precision, crossed when it must not be used. */

import { type Precision, precisionColor } from '../../design/index.ts';

interface PointMarkProps {
  readonly x: number;
  readonly y: number;
  readonly precision: Precision;
  readonly excluded: 'unusable' | 'dropped' | null;
  /** Of the run that is shown: larger, with a ring. */
  readonly present: boolean;
}

/** Circle, triangle, square: told apart without colour. */
function outline(precision: Precision, x: number, y: number, r: number): string {
  if (precision === 'fp32') return `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`;
  if (precision === 'fp16') return `M${x} ${y - 1.25 * r}L${x + 1.15 * r} ${y + 0.85 * r}H${x - 1.15 * r}Z`;
  const s = 0.9 * r;
  return `M${x - s} ${y - s}h${2 * s}v${2 * s}h${-2 * s}Z`;
}

export function PointMark({ x, y, precision, excluded, present }: PointMarkProps) {
  const r = present ? 6.5 : 4.5;
  if (excluded === 'unusable') {
    return (
      <path
        d={`M${x - r} ${y - r}L${x + r} ${y + r}M${x + r} ${y - r}L${x - r} ${y + r}`}
        stroke="var(--error)"
        strokeWidth={2}
        strokeLinecap="round"
      />
    );
  }
  const hollow = excluded === 'dropped';
  return (
    <g>
      {present && (
        <path d={outline(precision, x, y, r + 3.5)} fill="none" stroke="var(--ink)" strokeWidth={1.25} />
      )}
      <path
        d={outline(precision, x, y, r)}
        fill={hollow ? 'var(--raised)' : precisionColor(precision)}
        fillOpacity={hollow ? 1 : 0.88}
        stroke={hollow ? precisionColor(precision) : 'var(--raised)'}
        strokeWidth={hollow ? 1.5 : 1}
      />
    </g>
  );
}
