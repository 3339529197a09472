/** Calibration ranges as a list to search: what is clipped most comes first, with histograms ready to draw. */

import type { Report } from '../../../contract/report-schema.ts';

export type CalibrationRange = NonNullable<Report['calibration']>['ranges'][number];

export interface RangeRow {
  readonly range: CalibrationRange;
  /** Largest absolute value seen. */
  readonly largest: number;
  /** Part of [0, largest] that lies beyond the range and saturates, 0 to 1. */
  readonly cut: number;
}

/** A share that is mostly far below a per cent: `0.012 %`. */
export function formatTinyShare(share: number): string {
  const percent = 100 * share;
  if (percent === 0) return '0 %';
  if (percent >= 0.095) return `${percent.toFixed(1)} %`;
  return percent >= 0.0005 ? `${percent.toFixed(3)} %` : 'under 0.001 %';
}

export type RangeOrder = 'cut' | 'clipped' | 'amax' | 'name' | 'graph';

export function rangeRows(ranges: readonly CalibrationRange[]): readonly RangeRow[] {
  return ranges.map((range) => {
    const largest = Math.max(Math.abs(range.minimum), Math.abs(range.maximum));
    return { range, largest, cut: largest > 0 ? Math.max(0, 1 - range.amax / largest) : 0 };
  });
}

const compare: Readonly<Record<RangeOrder, (a: RangeRow, b: RangeRow) => number>> = {
  cut: (a, b) => b.cut - a.cut,
  clipped: (a, b) => b.range.clipped - a.range.clipped,
  amax: (a, b) => b.range.amax - a.range.amax,
  name: (a, b) => a.range.tensor.localeCompare(b.range.tensor, 'en', { numeric: true }),
  graph: () => 0,
};

/** Rows whose tensor name contains every word of `text` in any case, in the wanted order; `graph` is the report's. */
export function chooseRanges(
  rows: readonly RangeRow[],
  text: string,
  order: RangeOrder,
): readonly RangeRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows
    .filter(({ range }) => {
      const name = range.tensor.toLowerCase();
      return words.every((word) => name.includes(word));
    })
    .sort((a, b) => compare[order](a, b) || (order === 'graph' ? 0 : compare.name(a, b)));
}

export interface HistogramBar {
  /** Position and width on the axis [0, limit], as shares of it. */
  readonly from: number;
  readonly width: number;
  /** Height by log(1 + count), 0 to 1. */
  readonly height: number;
  readonly count: number;
  /** Beyond the range: these values saturate. */
  readonly clipped: boolean;
}

/** Bars of a histogram on a logarithmic scale, empty bins left out; a bin counts as clipped from its middle on. */
export function histogramBars(range: CalibrationRange): readonly HistogramBar[] {
  const histogram = range.histogram;
  if (!histogram || !(histogram.limit > 0)) return [];
  const { counts, limit } = histogram;
  const top = Math.log1p(Math.max(1, ...counts));
  return counts.flatMap((count, bin) =>
    count > 0
      ? [
          {
            from: bin / counts.length,
            width: 1 / counts.length,
            height: Math.log1p(count) / top,
            count,
            clipped: ((bin + 0.5) / counts.length) * limit > range.amax,
          },
        ]
      : [],
  );
}
