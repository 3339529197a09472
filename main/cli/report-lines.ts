/** A run's report as a person reads it in a terminal. */

import { reasonForMethod } from '../../core/conversion/method-choice.ts';
import type { Report, ResultReport } from '../../core/conversion/report.ts';
import {
  formatBytes,
  formatMap,
  formatMs,
  formatNumber,
  formatPoints,
  formatShare,
  precisionLabels,
} from '../../core/conversion/report-html/figures.ts';
import { latenciesEqual, referenceOf, summarize } from '../../core/conversion/report-html/summary.ts';
import { describeSearch } from '../../core/conversion/search-words.ts';
import { type Column, formatTable } from './text-table.ts';

const statusWords: Readonly<Record<ResultReport['status'], string>> = {
  ok: '',
  'detections-lost': 'DETECTIONS LOST',
  'non-finite': 'NOT FINITE',
  dropped: 'not kept',
};

function speed(result: ResultReport, reference: ResultReport | undefined): string {
  if (!reference || result === reference) return '';
  if (latenciesEqual(result.latencyMs, reference.latencyMs)) return 'equal';
  return `x ${formatNumber(reference.latencyMs.p50 / result.latencyMs.p50)}`;
}

function accuracy(result: ResultReport, reference: ResultReport | undefined): readonly [string, string] {
  if (!result.accuracy) return ['-', '-'];
  const { map50, map5095 } = result.accuracy;
  const base = result === reference ? null : reference?.accuracy;
  const points = base ? ` (${formatPoints(map5095 - base.map5095).replace('\u2212', '-')})` : '';
  return [formatMap(map50), `${formatMap(map5095)}${points}`];
}

function agreement({ agreement: found, precision }: ResultReport): string {
  if (precision === 'fp32') return 'reference';
  if (!found || found.referenceDetections === 0) return '-';
  return formatShare(found.matched / found.referenceDetections);
}

const columns: readonly Column[] = [
  { title: 'precision', align: 'left' },
  { title: 'size', align: 'right' },
  { title: 'p50 ms', align: 'right' },
  { title: 'p90 ms', align: 'right' },
  { title: 'p99 ms', align: 'right' },
  { title: 'speed', align: 'right' },
  { title: 'images/s', align: 'right' },
  { title: 'mAP50', align: 'right' },
  { title: 'mAP50-95', align: 'right' },
  { title: 'agreement', align: 'right' },
  { title: '', align: 'left' },
];

/** The table of all precisions. */
export function resultLines(report: Report): string[] {
  const reference = referenceOf(report);
  const rows = report.results.map((result) => {
    const best = Math.max(0, ...result.throughput.map(({ imagesPerSecond }) => imagesPerSecond));
    return [
      precisionLabels[result.precision],
      formatBytes(result.bytes),
      formatMs(result.latencyMs.p50),
      formatMs(result.latencyMs.p90),
      formatMs(result.latencyMs.p99),
      speed(result, reference),
      best > 0 ? formatNumber(best) : '-',
      ...accuracy(result, reference),
      agreement(result),
      statusWords[result.status],
    ];
  });
  return formatTable(columns, rows);
}

/** Which calibration method was taken, where several were judged. */
function calibrationLines({ calibration }: Report): string[] {
  return calibration?.candidates === undefined ? [] : [reasonForMethod(calibration.candidates), ''];
}

/** The search for a limit in a sentence, and the layers that disturb the result most. */
function sensitivityLines({ results }: Report): string[] {
  const quantization = results.find(({ precision }) => precision === 'int8')?.quantization;
  const search = quantization?.search;
  if (quantization == null || search === undefined) return [];
  const sentence = describeSearch(search, quantization.quantizedNodes + search.layersInFloat);
  const worst = search.sensitivity
    .slice(0, 5)
    .map(({ name, noiseShare }) => `${name} (${formatShare(noiseShare)} of the noise)`);
  return [
    ...(sentence === null ? [] : [sentence]),
    ...(worst.length === 0 ? [] : [`Most sensitive in INT8: ${worst.join(', ')}.`]),
    '',
  ];
}

/** Table, what it says in words, and where the files are. */
export function reportLines(report: Report, htmlPath: string): string[] {
  const summary = summarize(report).map(({ sentence }) => sentence.replaceAll('\u2019', "'"));
  return [
    '',
    ...resultLines(report),
    '',
    ...summary,
    ...(summary.length > 0 ? [''] : []),
    ...calibrationLines(report),
    ...sensitivityLines(report),
    `Report: ${htmlPath}`,
  ];
}
