/** A tensor's histogram of absolute values on a logarithmic scale; what lies beyond the range is drawn as clipped. */

import { type CalibrationRange, type HistogramBar, histogramBars } from './range-rows.ts';

interface HistogramProps {
  readonly range: CalibrationRange;
  readonly width: number;
  readonly height: number;
}

function pathOf(bars: readonly HistogramBar[], width: number, height: number): string {
  const round = (value: number): number => Math.round(value * 10) / 10;
  return bars
    .map((bar) => {
      const top = round(height - Math.max(1, bar.height * height));
      return `M${round(bar.from * width)} ${height}V${top}h${round(bar.width * width)}V${height}Z`;
    })
    .join('');
}

/** Two paths and a line, whatever the number of bins, so that lists of them scroll smoothly. */
export function Histogram({ range, width, height }: HistogramProps) {
  const bars = histogramBars(range);
  const limit = range.histogram?.limit ?? 0;
  const threshold = limit > 0 ? Math.min(1, range.amax / limit) * width : 0;
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path
        d={pathOf(
          bars.filter(({ clipped }) => !clipped),
          width,
          height,
        )}
        fill="var(--line-strong)"
      />
      <path
        d={pathOf(
          bars.filter(({ clipped }) => clipped),
          width,
          height,
        )}
        fill="var(--error)"
      />
      {limit > 0 && (
        <line
          x1={threshold}
          x2={threshold}
          y1={0}
          y2={height}
          stroke="var(--precision-int8)"
          strokeWidth={1.5}
        />
      )}
    </svg>
  );
}
