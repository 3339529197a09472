/** Which of several calibration methods a run takes, from what the int8 engine of each reaches, and why in words. */

import type { MethodCandidateReport } from './report.ts';
import { formatMap, formatShare } from './report-html/figures.ts';

export type JudgedMethod = Omit<MethodCandidateReport, 'taken'>;

/** What counts, the weightiest first; larger is better. Without any labelled box there is no accuracy to go by. */
function meritsOf(candidate: JudgedMethod, byAccuracy: boolean): readonly number[] {
  const { finite, map50, map5095, matchedShare, meanIou } = candidate;
  const figures = byAccuracy ? [map5095, map50] : [matchedShare, meanIou];
  return [finite ? 1 : 0, ...figures.map((figure) => figure ?? 0)];
}

function isBetter(one: readonly number[], other: readonly number[]): boolean {
  const at = one.findIndex((merit, i) => merit !== other[i]);
  return at >= 0 && (one[at] ?? 0) > (other[at] ?? 0);
}

function judgedByAccuracy(candidates: readonly JudgedMethod[]): boolean {
  return candidates.every(({ map5095 }) => map5095 !== null);
}

/**
 * The best candidate: with labels by mAP50-95, then mAP50; without by the share of fp32's detections that it keeps, then
 * by the mean IoU of these. One whose outputs are not finite comes after all others. Of equals the first one wins.
 * @param candidates in the order in which the user named the methods, one at least
 * @returns its index
 */
export function chooseMethod(candidates: readonly JudgedMethod[]): number {
  const byAccuracy = judgedByAccuracy(candidates);
  const merits = candidates.map((candidate) => meritsOf(candidate, byAccuracy));
  return merits.reduce((best, each, i) => (isBetter(each, merits[best] ?? []) ? i : best), 0);
}

/** `percentile 99.99`, `mse`. */
export function nameOfMethod({ method, percentile }: Pick<JudgedMethod, 'method' | 'percentile'>): string {
  return method === 'percentile' && percentile !== null ? `${method} ${percentile}` : method;
}

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

interface Figure {
  readonly name: string;
  of(candidate: JudgedMethod): number;
  format(value: number): string;
}

const accuracyFigures: readonly Figure[] = [
  { name: 'mAP50-95', of: ({ map5095 }) => map5095 ?? 0, format: formatMap },
  { name: 'mAP50', of: ({ map50 }) => map50 ?? 0, format: formatMap },
];
const agreementFigures: readonly Figure[] = [
  { name: "share of FP32's detections", of: ({ matchedShare }) => matchedShare ?? 0, format: formatShare },
  { name: 'mean IoU with them', of: ({ meanIou }) => meanIou ?? 0, format: formatMap },
];

/** One sentence: which method was taken of which, and the figure that decided. */
export function reasonForMethod(candidates: readonly MethodCandidateReport[]): string {
  const taken = candidates.find((candidate) => candidate.taken);
  if (taken === undefined) return '';
  const start = `Of the calibration methods ${listed(candidates.map(nameOfMethod))}, ${nameOfMethod(taken)} is taken`;
  // Those that are not finite are out before any figure counts.
  let rivals = candidates.filter((candidate) => candidate !== taken && candidate.finite === taken.finite);
  if (rivals.length === 0) return `${start}: only its outputs are finite on all images.`;
  const byAccuracy = judgedByAccuracy(candidates);
  if (!byAccuracy && candidates.every(({ matchedShare }) => matchedShare === null)) {
    return `${start}, which was named first: FP32 finds nothing to compare with.`;
  }
  const clauses: string[] = [];
  for (const { name, of, format } of byAccuracy ? accuracyFigures : agreementFigures) {
    const own = of(taken);
    const equal = rivals.filter((rival) => of(rival) === own);
    if (equal.length === 0) {
      const next = rivals.reduce((best, each) => (of(each) > of(best) ? each : best));
      clauses.push(
        `its ${name} is the highest with ${format(own)}, before ${format(of(next))} of ${nameOfMethod(next)}`,
      );
      return `${start}: ${clauses.join(', and ')}.`;
    }
    clauses.push(`its ${name} of ${format(own)} is also that of ${listed(equal.map(nameOfMethod))}`);
    rivals = equal;
  }
  return `${start}: ${clauses.join(', and ')}; it was named first.`;
}
