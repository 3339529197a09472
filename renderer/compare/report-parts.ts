/** Names for the parts of a report and of the run store that the comparison is made of. */

import type { ResultOf } from '../../contract/procedures/index.ts';
import type { Report, ReportNote, ReportResult } from '../../contract/report-schema.ts';
import type { Precision } from '../design/precision.ts';

export type { Precision, Report, ReportNote, ReportResult };
export type RunSummary = ResultOf<'runs.list'>['runs'][number];
export type RunFigure = RunSummary['figures'][number];
export type RunDetails = ResultOf<'runs.get'>;
export type ComparedImage = ResultOf<'runs.images'>['items'][number];
export type ImageDetections = ResultOf<'runs.detections'>;

/** The precision that all others are measured against. */
export function referenceOf(report: Report): ReportResult | undefined {
  return report.results.find(({ precision }) => precision === 'fp32');
}

/** An engine whose detections are lost or whose outputs are not finite must never be used, nor look usable. */
export function isUnusable({ status }: Pick<ReportResult, 'status'>): boolean {
  return status === 'detections-lost' || status === 'non-finite';
}

/** `1 box`, `12 boxes`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
