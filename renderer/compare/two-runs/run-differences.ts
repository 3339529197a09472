/** Two runs held against each other: what was asked differently, and what came out differently. */

import { formatBytes, formatMs, formatPoints, formatShare } from '../../design/format.ts';
import { precisions } from '../../design/precision.ts';
import type { Precision, Report, ReportResult } from '../report-parts.ts';
import { isUnusable } from '../report-parts.ts';
import { latenciesEqual } from '../verdict/noise.ts';

export type Change = 'better' | 'worse' | 'equal' | 'unknown';

export interface DifferenceRow {
  readonly precision: Precision;
  readonly name: string;
  /** The figures as text; a dash where a run has none. */
  readonly a: string;
  readonly b: string;
  /** From A to B in words: `1.2 times faster`, `−0.4 points`. */
  readonly words: string;
  readonly change: Change;
}

interface Metric {
  readonly name: string;
  readonly value: (result: ReportResult) => number | null;
  readonly format: (value: number) => string;
  readonly compare: (
    a: number,
    b: number,
    results: readonly [ReportResult, ReportResult],
  ) => readonly [Change, string];
}

const missing = '\u2013';
const mapText = (value: number): string => value.toFixed(4);

function ratioWords(ratio: number, less: string, more: string): string {
  const factor = ratio > 1 ? ratio : 1 / ratio;
  return `${factor.toFixed(factor < 1.1 ? 2 : 1)} times ${ratio > 1 ? more : less}`;
}

/** Less is better; differences of up to `noise` (a share) are equal. */
function lessIsBetter(noise: number, less: string, more: string): Metric['compare'] {
  return (a, b) => {
    if (a === b || Math.abs(b - a) <= noise * Math.min(a, b)) return ['equal', 'equal'];
    if (!(a > 0 && b > 0)) return ['unknown', missing];
    return [b < a ? 'better' : 'worse', ratioWords(b / a, less, more)];
  };
}

const points: Metric['compare'] = (a, b) => {
  const words = formatPoints(b - a);
  return words === 'no change' ? ['equal', 'equal'] : [b > a ? 'better' : 'worse', words];
};

const metrics: readonly Metric[] = [
  {
    name: 'Size',
    value: ({ bytes }) => bytes,
    format: formatBytes,
    compare: lessIsBetter(0.0005, 'smaller', 'larger'),
  },
  {
    name: 'Latency p50',
    value: ({ latencyMs }) => latencyMs.p50,
    format: formatMs,
    compare: (a, b, [left, right]) =>
      latenciesEqual(left.latencyMs, right.latencyMs)
        ? ['equal', 'equal within the noise']
        : lessIsBetter(0, 'faster', 'slower')(a, b, [left, right]),
  },
  {
    name: 'Latency p99',
    value: ({ latencyMs }) => latencyMs.p99,
    format: formatMs,
    // The slowest call in a hundred varies by far more than the median.
    compare: lessIsBetter(0.1, 'faster', 'slower'),
  },
  {
    name: 'End to end p50',
    value: ({ endToEndMs }) => endToEndMs?.p50 ?? null,
    format: formatMs,
    compare: lessIsBetter(0.05, 'faster', 'slower'),
  },
  { name: 'mAP50-95', value: ({ accuracy }) => accuracy?.map5095 ?? null, format: mapText, compare: points },
  { name: 'mAP50', value: ({ accuracy }) => accuracy?.map50 ?? null, format: mapText, compare: points },
  {
    name: 'FP32\u2019s boxes found again',
    value: ({ agreement }) =>
      agreement && agreement.referenceDetections > 0
        ? agreement.matched / agreement.referenceDetections
        : null,
    format: formatShare,
    compare: points,
  },
];

function textOf(metric: Metric, result: ReportResult | undefined): string {
  const value = result && metric.value(result);
  return value === null || value === undefined ? missing : metric.format(value);
}

/** Rows for every precision that either run has, metrics that neither has left out. */
export function differenceRows(a: Report, b: Report): readonly DifferenceRow[] {
  return precisions.flatMap((precision) => {
    const left = a.results.find((result) => result.precision === precision);
    const right = b.results.find((result) => result.precision === precision);
    if (!left && !right) return [];
    return metrics.flatMap((metric): readonly DifferenceRow[] => {
      const [before, after] = [left && metric.value(left), right && metric.value(right)];
      const known = (value: number | null | undefined): value is number =>
        value !== null && value !== undefined;
      if (!known(before) && !known(after)) return [];
      const [change, words] =
        left && right && known(before) && known(after)
          ? metric.compare(before, after, [left, right])
          : (['unknown', 'only in one run'] as const);
      return [
        { precision, name: metric.name, a: textOf(metric, left), b: textOf(metric, right), words, change },
      ];
    });
  });
}

/** Why figures of two runs must not be held against each other as they stand; empty when nothing speaks against it. */
export function cautions(a: Report, b: Report): readonly string[] {
  const found: string[] = [];
  if (a.model.sha256 !== b.model.sha256) found.push('The runs converted different model files.');
  const [left, right] = [a.environment, b.environment];
  if (left.cpu.model !== right.cpu.model || left.target.device !== right.target.device) {
    found.push(`Times come from different machines: ${left.target.device} and ${right.target.device}.`);
  } else if (left.threads !== right.threads) {
    found.push(`Times were measured with ${left.threads} and ${right.threads} threads.`);
  }
  if (left.target.name !== right.target.name || left.target.version !== right.target.version) {
    found.push(
      `The engines run on ${left.target.name} ${left.target.version} and ${right.target.name} ${right.target.version}.`,
    );
  }
  if (a.validation?.source !== b.validation?.source || a.validation?.images !== b.validation?.images) {
    found.push('Accuracy was measured on different validation sets: do not compare it.');
  }
  for (const [name, report] of [
    ['A', a],
    ['B', b],
  ] as const) {
    const ruined = report.results.filter(isUnusable).map(({ precision }) => precision.toUpperCase());
    if (ruined.length > 0)
      found.push(`In run ${name}, ${ruined.join(' and ')} must not be used: see its verdict.`);
  }
  return found;
}

export interface SpecificationDifference {
  /** Dotted path into the specification, e.g. `calibration.method`. */
  readonly option: string;
  readonly a: string;
  readonly b: string;
}

function flatten(value: unknown, path: string, into: Map<string, string>): Map<string, string> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [key, inner] of Object.entries(value))
      flatten(inner, path === '' ? key : `${path}.${key}`, into);
  } else {
    into.set(path, typeof value === 'string' ? value : JSON.stringify(value));
  }
  return into;
}

/** Every option that the two runs were given differently; where the result was written does not count. */
export function specificationDifferences(a: Report, b: Report): readonly SpecificationDifference[] {
  const left = flatten(a.specification, '', new Map());
  const right = flatten(b.specification, '', new Map());
  return [...new Set([...left.keys(), ...right.keys()])]
    .filter((option) => option !== 'out' && left.get(option) !== right.get(option))
    .map((option) => ({ option, a: left.get(option) ?? missing, b: right.get(option) ?? missing }));
}
