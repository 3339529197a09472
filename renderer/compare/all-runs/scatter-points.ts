/** Latency against accuracy of every engine of every run, with the front that nobody beats. */

import type { Precision, RunSummary } from '../report-parts.ts';
import { isUnusable } from '../report-parts.ts';
import { paretoFront } from './pareto.ts';

/** What stands on the accuracy axis: `map5095` and `map50` need labels, `matchedShare` does not. */
export type AccuracyMeasure = 'map5095' | 'map50' | 'matchedShare';

export interface ScatterPoint {
  readonly run: string;
  readonly modelName: string;
  readonly createdAt: string;
  readonly precision: Precision;
  readonly latencyMs: number;
  /** 0 to 1. */
  readonly accuracy: number;
  readonly bytes: number;
  /** Detections lost, not finite, or dropped: drawn as such and never on the front. */
  readonly excluded: 'unusable' | 'dropped' | null;
  readonly onFront: boolean;
}

export interface ScatterOptions {
  readonly measure: AccuracyMeasure;
  /** Only runs of this model file; null for all. */
  readonly modelPath: string | null;
}

/** FP32 is what the others are matched with, so all of its own boxes are. */
function accuracyOf(figure: RunSummary['figures'][number], measure: AccuracyMeasure): number | null {
  return measure === 'matchedShare' && figure.precision === 'fp32' ? 1 : figure[measure];
}

/** Points in the order of the runs; figures without the wanted measure have none. */
export function scatterPoints(
  runs: readonly RunSummary[],
  { measure, modelPath }: ScatterOptions,
): readonly ScatterPoint[] {
  const points = runs
    .filter((run) => modelPath === null || run.modelPath === modelPath)
    .flatMap((run) =>
      run.figures.flatMap((figure) => {
        const accuracy = accuracyOf(figure, measure);
        if (accuracy === null || !(figure.p50Ms > 0)) return [];
        const excluded = isUnusable(figure) ? 'unusable' : figure.status === 'dropped' ? 'dropped' : null;
        return [
          {
            run: run.id,
            modelName: run.modelName,
            createdAt: run.createdAt,
            precision: figure.precision,
            latencyMs: figure.p50Ms,
            accuracy,
            bytes: figure.bytes,
            excluded,
          } as const,
        ];
      }),
    );
  const front = new Set(paretoFront(points.filter(({ excluded }) => excluded === null)));
  return points.map((point) => ({ ...point, onFront: front.has(point) }));
}

/** The measure to begin with: mAP where any run has labels. */
export function defaultMeasure(runs: readonly RunSummary[]): AccuracyMeasure {
  return runs.some(({ figures }) => figures.some(({ map5095 }) => map5095 !== null))
    ? 'map5095'
    : 'matchedShare';
}
