/** How bars and axis labels of the precisions are drawn: filled in their colour, or hollow when not to be used. */

import type { Precision } from '../../design/index.ts';
import { precisionColor, precisionName, precisionTextColor } from '../../design/index.ts';

interface Rectangle {
  readonly x?: number;
  readonly y?: number;
  readonly width?: number;
  readonly height?: number;
}

export interface PrecisionRectangleProps extends Rectangle {
  readonly precision: Precision;
  readonly unusable: boolean;
}

/** A bar at least one pixel high, so that a tiny value is not mistaken for a missing one. */
export function PrecisionRectangle({
  x = 0,
  y = 0,
  width = 0,
  height = 0,
  precision,
  unusable,
}: PrecisionRectangleProps) {
  const drawn = Math.max(1, height);
  const top = y + height - drawn;
  if (!unusable) {
    return <rect x={x} y={top} width={width} height={drawn} rx={1.5} fill={precisionColor(precision)} />;
  }
  return (
    <g stroke="var(--error)" fill="none">
      <rect
        x={x + 1}
        y={top}
        width={Math.max(0, width - 2)}
        height={drawn}
        strokeWidth={1.5}
        strokeDasharray="4 3"
      />
      {drawn > 22 && (
        <path strokeWidth={2} d={`M${x + width / 2 - 6} ${top + drawn / 2 - 6}l12 12m0 -12l-12 12`} />
      )}
    </g>
  );
}

export interface PrecisionTickProps {
  readonly x?: number | string;
  readonly y?: number | string;
  readonly precision: Precision;
  readonly label: string;
  /** Third line. */
  readonly difference: string | null;
  readonly unusable: boolean;
}

/** Three lines under a bar: precision, value, difference from FP32. */
export function PrecisionTick({ x = 0, y = 0, precision, label, difference, unusable }: PrecisionTickProps) {
  const [left, top] = [Number(x), Number(y)];
  return (
    <text x={left} y={top + 13} textAnchor="middle" fontSize={12}>
      <tspan x={left} fontWeight={650} fill={precisionTextColor(precision)}>
        {precisionName(precision)}
      </tspan>
      <tspan x={left} dy={17} fontWeight={560} fill="var(--ink)">
        {label}
      </tspan>
      <tspan x={left} dy={16} fontSize={11} fill={unusable ? 'var(--error)' : 'var(--soft)'}>
        {unusable ? 'do not use' : (difference ?? '')}
      </tspan>
    </text>
  );
}
