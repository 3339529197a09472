/** Where the time goes: from file to boxes, and inside each engine. */

import type { Report, ReportResult } from '../report-parts.ts';

export interface SharesRow {
  readonly result: ReportResult;
  /** In the order of the parts, adding up to 1. */
  readonly shares: readonly number[];
}

export const endToEndParts = ['decode image', 'preprocess', 'engine', 'boxes and NMS'] as const;
export const engineParts = ['floating point', 'INT8', 'conversion between them'] as const;

export function endToEndRows(report: Report): readonly SharesRow[] {
  return report.results.flatMap((result) => {
    if (result.endToEndMs === null) return [];
    const { decode, preprocess, engine, postprocess } = result.endToEndMs.shares;
    return [{ result, shares: [decode, preprocess, engine, postprocess] }];
  });
}

export function engineRows(report: Report): readonly SharesRow[] {
  return report.results.flatMap((result) => {
    if (result.timeShares === null) return [];
    const { float, quantized, conversion } = result.timeShares;
    return [{ result, shares: [float, quantized, conversion] }];
  });
}

/** Operators of all profiled engines by their largest share, each with its share in every precision. */
export function operatorRows(
  report: Report,
): readonly { readonly operator: string; readonly shares: ReadonlyMap<string, number> }[] {
  const byOperator = new Map<string, Map<string, number>>();
  for (const { precision, timeShares } of report.results) {
    for (const { operator, share } of timeShares?.operators ?? []) {
      const shares = byOperator.get(operator) ?? new Map<string, number>();
      byOperator.set(operator, shares.set(precision, share));
    }
  }
  return [...byOperator]
    .map(([operator, shares]) => ({ operator, shares }))
    .sort((a, b) => Math.max(...b.shares.values()) - Math.max(...a.shares.values()));
}
