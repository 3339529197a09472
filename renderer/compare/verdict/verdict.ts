/** The comparison in words: one sentence for each precision beside FP32, before any chart. */

import { formatBytes, formatCount, formatMs, formatShare } from '../../design/format.ts';
import { precisionName } from '../../design/precision.ts';
import type { Precision, Report, ReportResult } from '../report-parts.ts';
import { isUnusable, plural, referenceOf } from '../report-parts.ts';
import { latenciesEqual } from './noise.ts';

export interface Verdict {
  readonly precision: Precision;
  /** `unusable`: an error; `dropped`: not kept by the user's own rule; else `measured`. */
  readonly state: 'measured' | 'dropped' | 'unusable';
  /** E.g. `2.1 times faster, 0.4 points of mAP lost, 29 % of the size`; without the precision's name. */
  readonly sentence: string;
  /** Why its times are to be taken with care, or null for steady ones. */
  readonly unsteady: string | null;
}

function times(ratio: number): string {
  return `${ratio.toFixed(ratio < 1.1 ? 2 : 1)} times`;
}

/** `2.1 times faster`, `1.3 times slower`, or `as fast as FP32` when the difference is no more than noise. */
export function speedInWords(result: ReportResult, reference: ReportResult): string {
  if (latenciesEqual(result.latencyMs, reference.latencyMs)) return 'as fast as FP32 within the noise';
  const ratio = reference.latencyMs.p50 / result.latencyMs.p50;
  return ratio > 1 ? `${times(ratio)} faster` : `${times(1 / ratio)} slower`;
}

/** `0.4 points of mAP lost` with labels; without them what part of FP32's boxes is found again; null for neither. */
export function accuracyInWords(result: ReportResult, reference: ReportResult): string | null {
  if (result.accuracy && reference.accuracy) {
    const points = Math.round((result.accuracy.map5095 - reference.accuracy.map5095) * 1000) / 10;
    if (points === 0) return 'the same mAP';
    const amount = `${Math.abs(points).toFixed(1)} ${Math.abs(points) === 1 ? 'point' : 'points'} of mAP`;
    return `${amount} ${points < 0 ? 'lost' : 'gained'}`;
  }
  const agreement = result.agreement;
  if (agreement === null || agreement.referenceDetections === 0) return null;
  return `${formatShare(agreement.matched / agreement.referenceDetections)} of FP32\u2019s boxes found again`;
}

/** `29 % of the size`; the decimals that matter under ten per cent only. */
export function sizeInWords(bytes: number, referenceBytes: number): string {
  if (referenceBytes <= 0) return formatBytes(bytes);
  const percent = (100 * bytes) / referenceBytes;
  return `${percent.toFixed(percent < 9.95 ? 1 : 0)} % of the size`;
}

/** Why an engine must not be used, or was not kept; null for a good one. */
export function failureInWords(result: ReportResult, reference: ReportResult | undefined): string | null {
  switch (result.status) {
    case 'detections-lost': {
      const left = result.agreement?.detections ?? result.detections ?? 0;
      const before = result.agreement?.referenceDetections ?? reference?.detections ?? 0;
      return left === 0
        ? `do not use it. It finds nothing where FP32 finds ${plural(before, 'box', 'boxes')}`
        : `do not use it. It finds ${plural(left, 'box', 'boxes')} where FP32 finds ${formatCount(before)}`;
    }
    case 'non-finite':
      return 'do not use it. Its outputs hold NaN or infinite values';
    case 'dropped':
      return 'not kept: it is not as much faster as the run asked for';
    case 'ok':
      return null;
  }
}

function unsteadyInWords({ latencyMs }: ReportResult): string | null {
  if (latencyMs.stable) return null;
  const reasons = latencyMs.instability.map((reason) =>
    reason === 'drift'
      ? 'they drift from the first calls to the last'
      : 'they fall into two groups, as from changing clock rates',
  );
  return `Its times are not steady${reasons.length > 0 ? `: ${reasons.join(', and ')}` : ''}. Measure again on an idle machine before you decide by speed.`;
}

function verdictOf(result: ReportResult, reference: ReportResult | undefined): Verdict {
  const failure = failureInWords(result, reference);
  const unsteady = unsteadyInWords(result);
  const { precision } = result;
  if (isUnusable(result) && failure !== null) {
    return { precision, state: 'unusable', sentence: failure, unsteady: null };
  }
  const figures =
    reference && reference !== result
      ? [
          speedInWords(result, reference),
          accuracyInWords(result, reference),
          sizeInWords(result.bytes, reference.bytes),
        ]
      : [
          `${formatMs(result.latencyMs.p50)} for each call`,
          result.accuracy && `mAP50-95 ${result.accuracy.map5095.toFixed(3)}`,
          formatBytes(result.bytes),
        ];
  const sentence = [...figures, failure].filter((part) => part !== null).join(', ');
  return { precision, state: failure === null ? 'measured' : 'dropped', sentence, unsteady };
}

/**
 * One verdict for each precision beside FP32, in the report's order. A run of FP32 alone, or without FP32, states the
 * figures of what it has. A ruined FP32 comes first: then nothing else means anything.
 */
export function verdictsOf(report: Report): readonly Verdict[] {
  const reference = referenceOf(report);
  const others = report.results.filter((result) => result !== reference);
  const subjects =
    reference && (isUnusable(reference) || others.length === 0) ? [reference, ...others] : others;
  return subjects.map((result) => verdictOf(result, reference));
}

/** The verdict as a line of text, for copying and for the page's title. */
export function verdictLine({ precision, sentence }: Verdict): string {
  return `${precisionName(precision)}: ${sentence}.`;
}
