/** What a report says in one sentence a precision: faster or slower, smaller, what it cost in accuracy. */

import { equalWithinNoise } from '../../benchmark/statistics.ts';
import type { LatencyReport, Report, ResultReport } from '../report.ts';
import { formatCount, formatShare, plural, precisionLabels } from './figures.ts';

export interface SummaryLine {
  readonly precision: ResultReport['precision'];
  /** True when the sentence says that the engine must not be used. */
  readonly failed: boolean;
  readonly sentence: string;
}

export function referenceOf(report: Report): ResultReport | undefined {
  return report.results.find((result) => result.precision === 'fp32');
}

/** True when two latencies cannot be told apart by their spread, or differ by no more than two builds of one model do. */
export function latenciesEqual(a: LatencyReport, b: LatencyReport): boolean {
  return equalWithinNoise(a, b);
}

/** `2.1 times as fast`-like words: `2.1 times faster`, `1.3 times slower`, `as fast as FP32`. */
export function speedInWords(result: ResultReport, reference: ResultReport): string {
  if (latenciesEqual(result.latencyMs, reference.latencyMs)) return 'as fast as FP32 within the noise';
  const ratio = reference.latencyMs.p50 / result.latencyMs.p50;
  return ratio > 1 ? `${inTimes(ratio)} faster` : `${inTimes(1 / ratio)} slower`;
}

function inTimes(ratio: number): string {
  return `${ratio.toFixed(ratio < 1.1 ? 2 : 1)} times`;
}

/** `0.4 points of mAP lost` where there are labels, else what part of FP32's boxes it finds again. */
export function accuracyInWords(result: ResultReport, reference: ResultReport): string | null {
  if (result.accuracy && reference.accuracy) {
    const points = Math.round((result.accuracy.map5095 - reference.accuracy.map5095) * 1000) / 10;
    if (points === 0) return 'same mAP';
    const amount = `${Math.abs(points).toFixed(1)} ${Math.abs(points) === 1 ? 'point' : 'points'} of mAP`;
    return `${amount} ${points < 0 ? 'lost' : 'gained'}`;
  }
  if (result.agreement && result.agreement.referenceDetections > 0) {
    const { matched, referenceDetections } = result.agreement;
    return `${formatShare(matched / referenceDetections)} of FP32\u2019s boxes found again`;
  }
  return null;
}

/** Why an engine with a bad status must not be used, or null for a good one. */
export function failureInWords(result: ResultReport, reference: ResultReport | undefined): string | null {
  switch (result.status) {
    case 'detections-lost': {
      const left = result.agreement?.detections ?? result.detections ?? 0;
      const before = result.agreement?.referenceDetections ?? reference?.detections ?? 0;
      return left === 0
        ? `not usable: it finds nothing where FP32 finds ${plural(before, 'box', 'boxes')}`
        : `not usable: it finds ${formatCount(left)} boxes where FP32 finds ${formatCount(before)}`;
    }
    case 'non-finite':
      return 'not usable: its outputs hold NaN or infinite values';
    case 'dropped':
      return 'not kept: it is not as much faster as --keep-only-if-faster asks for';
    case 'ok':
      return null;
  }
}

/** One line for each precision beside FP32. */
export function summarize(report: Report): readonly SummaryLine[] {
  const reference = referenceOf(report);
  return report.results
    .filter((result) => result.precision !== 'fp32')
    .map((result) => {
      const label = precisionLabels[result.precision];
      const failure = failureInWords(result, reference);
      if (failure && result.status !== 'dropped') {
        return { precision: result.precision, failed: true, sentence: `${label}: ${failure}.` };
      }
      const parts = reference
        ? [
            speedInWords(result, reference),
            accuracyInWords(result, reference),
            `${formatShare(result.bytes / reference.bytes)} of the size`,
            failure,
          ].filter((part) => part !== null)
        : [];
      return { precision: result.precision, failed: false, sentence: `${label}: ${parts.join(', ')}.` };
    });
}
