/** Figures of a report as the bar charts and their tables need them. */

import { formatBytes, formatCount, formatMs, formatPoints } from '../../design/format.ts';
import { precisionName } from '../../design/precision.ts';
import type { Precision, Report, ReportResult } from '../report-parts.ts';
import { isUnusable, referenceOf } from '../report-parts.ts';
import { speedInWords } from '../verdict/verdict.ts';
import type { CsvCell } from './csv.ts';

/** One bar for each precision. */
export interface PrecisionBar {
  readonly precision: Precision;
  readonly value: number;
  /** The value with its unit, under the bar. */
  readonly label: string;
  /** Against FP32, in words; null for FP32 itself and for what must not be used. */
  readonly difference: string | null;
  readonly unusable: boolean;
  /** How far the whiskers reach above the value; absent without them. */
  readonly toP90?: number;
  readonly toP99?: number;
  /** A whisker that would squeeze the bars is cut at the top and drawn open. */
  readonly cut?: boolean;
}

/** Several bars for each category, one series for each precision. */
export interface BarGroup {
  readonly category: string;
  readonly bars: Readonly<Partial<Record<Precision, number>>>;
}

export interface ChartTable {
  readonly header: readonly string[];
  /** Text for people; the first cell names the row. */
  readonly rows: readonly (readonly string[])[];
}

function differenceOf(
  result: ReportResult,
  reference: ReportResult | undefined,
  words: (result: ReportResult, reference: ReportResult) => string,
): string | null {
  if (!reference || result === reference || isUnusable(result)) return null;
  return words(result, reference);
}

export function sizeBars(report: Report): readonly PrecisionBar[] {
  const reference = referenceOf(report);
  return report.results.map((result) => ({
    precision: result.precision,
    value: result.bytes / 1e6,
    label: formatBytes(result.bytes),
    difference: differenceOf(
      result,
      reference,
      (a, b) => `${Math.round((100 * a.bytes) / b.bytes)} % of FP32`,
    ),
    unusable: isUnusable(result),
  }));
}

/** Bars of p50 with whiskers to p90 and p99, which are cut at two and a half times the longest bar. */
export function latencyBars(report: Report): readonly PrecisionBar[] {
  const reference = referenceOf(report);
  const limit = 2.5 * Math.max(0, ...report.results.map(({ latencyMs }) => latencyMs.p50));
  return report.results.map((result) => {
    const { p50, p90, p99, stable } = result.latencyMs;
    return {
      precision: result.precision,
      value: p50,
      label: `${formatMs(p50)}${stable ? '' : ' ~'}`,
      difference: differenceOf(result, reference, (a, b) =>
        speedInWords(a, b).replace(/ as FP32 within the noise/, ' as FP32'),
      ),
      unusable: isUnusable(result),
      toP90: Math.min(p90, limit) - p50,
      toP99: Math.min(p99, limit) - p50,
      cut: p99 > limit,
    };
  });
}

export function throughputGroups(report: Report): readonly BarGroup[] {
  const batches = [
    ...new Set(report.results.flatMap(({ throughput }) => throughput.map(({ batch }) => batch))),
  ].sort((a, b) => a - b);
  return batches.map((batch) => ({
    category: `batch ${batch}`,
    bars: barsOf(
      report,
      ({ throughput }) => throughput.find((entry) => entry.batch === batch)?.imagesPerSecond,
    ),
  }));
}

/** Null when no precision was held against labels. */
export function accuracyGroups(report: Report): readonly BarGroup[] | null {
  if (report.results.every(({ accuracy }) => accuracy === null)) return null;
  return [
    { category: 'mAP50', bars: barsOf(report, ({ accuracy }) => accuracy?.map50) },
    { category: 'mAP50-95', bars: barsOf(report, ({ accuracy }) => accuracy?.map5095) },
  ];
}

function barsOf(
  report: Report,
  value: (result: ReportResult) => number | undefined,
): Readonly<Partial<Record<Precision, number>>> {
  const bars: Partial<Record<Precision, number>> = {};
  for (const result of report.results) {
    const found = value(result);
    if (found !== undefined) bars[result.precision] = found;
  }
  return bars;
}

/** What stands in for accuracy without labels: what part of FP32's boxes each precision finds again. */
export function agreementBars(report: Report): readonly PrecisionBar[] {
  return report.results.flatMap((result) => {
    const { agreement } = result;
    if (agreement === null || agreement.referenceDetections === 0) return [];
    const share = agreement.matched / agreement.referenceDetections;
    return [
      {
        precision: result.precision,
        value: 100 * share,
        label: `${(100 * share).toFixed(1)} %`,
        difference: `${formatCount(agreement.lost)} lost, ${formatCount(agreement.added)} new`,
        unusable: isUnusable(result),
      },
    ];
  });
}

export function sizeTable(report: Report): ChartTable {
  return {
    header: ['Precision', 'Size', 'Against FP32'],
    rows: sizeBars(report).map((bar) => [
      precisionName(bar.precision),
      bar.label,
      bar.difference ?? '\u2013',
    ]),
  };
}

export function latencyTable(report: Report): ChartTable {
  const bars = latencyBars(report);
  return {
    header: ['Precision', 'p50', 'p90', 'p99', 'Calls', 'Steady', 'Against FP32'],
    rows: report.results.map(({ precision, latencyMs }, i) => [
      precisionName(precision),
      formatMs(latencyMs.p50),
      formatMs(latencyMs.p90),
      formatMs(latencyMs.p99),
      formatCount(latencyMs.runs),
      latencyMs.stable ? 'yes' : `no (${latencyMs.instability.join(', ') || 'spread'})`,
      bars[i]?.difference ?? '\u2013',
    ]),
  };
}

export function throughputTable(report: Report): ChartTable {
  const groups = throughputGroups(report);
  return {
    header: ['Precision', ...groups.map(({ category }) => category)],
    rows: report.results.map(({ precision }) => [
      precisionName(precision),
      ...groups.map(({ bars }) => (bars[precision] === undefined ? '\u2013' : formatRate(bars[precision]))),
    ]),
  };
}

/** Images a second to three digits, without unit. */
export function formatRate(rate: number): string {
  return rate >= 99.95 ? formatCount(rate) : rate.toPrecision(3);
}

export function accuracyTable(report: Report): ChartTable {
  const reference = referenceOf(report)?.accuracy;
  return {
    header: ['Precision', 'mAP50', 'Against FP32', 'mAP50-95', 'Against FP32'],
    rows: report.results.flatMap(({ precision, accuracy }) =>
      accuracy === null
        ? []
        : [
            [
              precisionName(precision),
              accuracy.map50.toFixed(4),
              reference && precision !== 'fp32' ? formatPoints(accuracy.map50 - reference.map50) : '\u2013',
              accuracy.map5095.toFixed(4),
              reference && precision !== 'fp32'
                ? formatPoints(accuracy.map5095 - reference.map5095)
                : '\u2013',
            ],
          ],
    ),
  };
}

/** Throughput as numbers, for CSV: one line for each precision and batch. */
export function throughputCsv(report: Report): {
  header: readonly string[];
  rows: readonly (readonly CsvCell[])[];
} {
  return {
    header: ['precision', 'batch', 'images_per_second', 'p50_ms'],
    rows: report.results.flatMap(({ precision, throughput }) =>
      throughput.map(({ batch, imagesPerSecond, p50 }) => [precision, batch, imagesPerSecond, p50]),
    ),
  };
}
