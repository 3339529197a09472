/** Whether two latencies differ at all, by the same rule as the report: the noise of repeated builds counts as equal. */

import type { ReportResult } from '../../../contract/report-schema.ts';

type Latency = Pick<ReportResult['latencyMs'], 'p50' | 'mad' | 'runs'>;

/** Medians of two builds of one model differ by about this much. */
const buildNoise = 0.02;

/** Standard error of a median, from the median absolute deviation of a normal distribution. */
function medianError({ mad, runs }: Latency): number {
  return runs > 0 ? (1.2533 * 1.4826 * mad) / Math.sqrt(runs) : 0;
}

/** True when the medians differ by at most 2 %, or by at most three standard errors of their difference. Symmetric. */
export function latenciesEqual(a: Latency, b: Latency): boolean {
  const error = Math.hypot(medianError(a), medianError(b));
  return Math.abs(a.p50 - b.p50) <= Math.max(buildNoise * Math.min(a.p50, b.p50), 3 * error);
}
