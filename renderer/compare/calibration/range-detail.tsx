/** One tensor: its histogram large, with the range that was chosen, and its figures. */

import { useRef } from 'react';
import { formatShare } from '../../design/format.ts';
import { CopyButton, Figure } from '../../design/index.ts';
import { useSize } from '../use-size.ts';
import styles from './calibration-view.module.css';
import { formatTinyShare, histogramBars, type RangeRow } from './range-rows.ts';

const height = 230;
/** Room for the axes left of, right of, above and below the bars. */
const room = { left: 44, right: 10, top: 20, bottom: 42 };

/** Three significant digits, no exponent for everyday sizes. */
export function formatValue(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (value < 0) return `\u2212${formatValue(size)}`;
  if (size >= 1e6 || size < 1e-4) return value.toExponential(2);
  if (size >= 1000) return value.toFixed(0);
  return String(Number(value.toPrecision(3)));
}

/** Powers of ten up to the largest count, for the lines of the logarithmic axis. */
function decades(top: number): readonly number[] {
  const found: number[] = [];
  for (let value = 1; value <= top; value *= 10) found.push(value);
  return found.length > 6 ? found.filter((_, i) => i % 2 === 0) : found;
}

export function RangeDetail({ row }: { readonly row: RangeRow }) {
  const { range, largest, cut } = row;
  return (
    <div>
      <div className={styles.name}>
        <h2>
          <code>{range.tensor}</code>
        </h2>
        <CopyButton iconOnly label="Copy the tensor’s name" text={range.tensor} />
      </div>
      <LargeHistogram row={row} />
      <div className={styles.figures}>
        <Figure label="Range" value={`±${formatValue(range.amax)}`} note="maps to ±127" />
        <Figure label="One INT8 step" value={formatValue(range.amax / 127)} note="scale" />
        <Figure
          label="Values seen"
          value={`${formatValue(range.minimum)} to ${formatValue(range.maximum)}`}
          note={`largest ${formatValue(largest)}`}
        />
        <Figure label="Values clipped" value={formatTinyShare(range.clipped)} note="of all values" />
        <Figure label="Cut off" value={formatShare(cut)} note="of the span that was seen" />
      </div>
    </div>
  );
}

function LargeHistogram({ row: { range } }: { readonly row: RangeRow }) {
  const holder = useRef<HTMLDivElement>(null);
  const width = Math.max(60, useSize(holder).width - room.left - room.right);
  const bars = histogramBars(range);
  if (range.histogram === null || bars.length === 0) {
    return (
      <p className={styles.soft}>
        No histogram: minmax keeps none, nor does an imported range. Calibrate by another method to see one.
      </p>
    );
  }
  const { limit } = range.histogram;
  const top = Math.max(1, ...bars.map(({ count }) => count));
  const x = Math.min(1, range.amax / limit) * width;
  const near = x > 0.72 * width;
  const yOf = (count: number): number => height - (Math.log1p(count) / Math.log1p(top)) * height;
  return (
    <div ref={holder} className={styles.holder}>
      <svg
        className={styles.large}
        width={width + room.left + room.right}
        height={height + room.top + room.bottom}
        viewBox={`${-room.left} ${-room.top} ${width + room.left + room.right} ${height + room.top + room.bottom}`}
        role="img"
        aria-label={`Histogram of absolute values up to ${formatValue(limit)}, counts on a logarithmic scale. The range ends at ${formatValue(range.amax)}; ${formatTinyShare(range.clipped)} of the values lie beyond.`}
      >
        {decades(top).map((count) => (
          <g key={count}>
            <line x1={0} x2={width} y1={yOf(count)} y2={yOf(count)} stroke="var(--grid)" />
            <text x={-8} y={yOf(count) + 4} textAnchor="end" fontSize={11} fill="var(--soft)">
              {count >= 1000 ? `10${superscript(Math.round(Math.log10(count)))}` : count}
            </text>
          </g>
        ))}
        {bars.map(({ from, width: share, height: bar, clipped }) => (
          <rect
            key={from}
            x={from * width}
            y={height - Math.max(1.5, bar * height)}
            width={Math.max(0.5, share * width - 0.6)}
            height={Math.max(1.5, bar * height)}
            fill={clipped ? 'var(--error)' : 'var(--line-strong)'}
          />
        ))}
        <line x1={0} x2={width} y1={height} y2={height} stroke="var(--line-strong)" />
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <text
            key={share}
            x={share * width}
            y={height + 17}
            fontSize={11}
            fill="var(--soft)"
            textAnchor={share === 0 ? 'start' : share === 1 ? 'end' : 'middle'}
          >
            {formatValue(share * limit)}
          </text>
        ))}
        <text x={width / 2} y={height + 36} fontSize={12} fill="var(--soft)" textAnchor="middle">
          absolute value; counts on a logarithmic scale
        </text>
        <line x1={x} x2={x} y1={-14} y2={height} stroke="var(--precision-int8)" strokeWidth={2} />
        <text
          x={near ? x - 7 : x + 7}
          y={-5}
          fontSize={12}
          fontWeight={600}
          fill="var(--precision-int8-text)"
          textAnchor={near ? 'end' : 'start'}
        >
          range ends at {formatValue(range.amax)}
        </text>
      </svg>
    </div>
  );
}

function superscript(value: number): string {
  return [...String(value)]
    .map((digit) => '\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079'[Number(digit)])
    .join('');
}
