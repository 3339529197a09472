/** Whose graph can be looked at: the model's own, and the engines that were built from it. */

import type { ResultOf } from '../../../contract/procedures/index.ts';
import type { RunSummary } from '../../app/runs-store.ts';
import { precisionName } from '../../design/index.ts';

export type Engine = ResultOf<'engines.list'>['engines'][number];

export interface GraphSource {
  readonly path: string;
  readonly sha256: string;
  readonly label: string;
  readonly hint: string;
}

function day(moment: string): string {
  const date = new Date(moment);
  return Number.isNaN(date.getTime()) ? moment : date.toISOString().slice(0, 16).replace('T', ' ');
}

/** The model first, then engines of runs of this model that onnxruntime runs, newest first. */
export function graphSources(
  model: { readonly path: string; readonly sha256: string },
  engines: readonly Engine[],
  runs: readonly Pick<RunSummary, 'id' | 'modelPath'>[],
): readonly GraphSource[] {
  const own = new Set(runs.filter((run) => run.modelPath === model.path).map(({ id }) => id));
  const built = engines
    .filter((engine) => engine.target === 'onnxruntime' && engine.present && own.has(engine.run))
    .sort((left, right) => right.builtAt.localeCompare(left.builtAt));
  return [
    { ...model, label: 'The model as it is', hint: 'before conversion' },
    ...built.map(({ path, sha256, precision, builtAt }) => ({
      path,
      sha256,
      label: `${precisionName(precision)} engine`,
      hint: `built ${day(builtAt)} UTC`,
    })),
  ];
}
