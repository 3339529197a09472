/** Which run the comparison shows: the wanted one, else the latest that has something to compare. */

import type { RunSummary } from './report-parts.ts';

/** A run has a report once it has figures: also a run that failed its checks (lost detections, a missed target). */
export function hasReport(run: RunSummary): boolean {
  return run.figures.length > 0;
}

/**
 * The wanted run when it exists, else the newest with a report, else null. Expects newest first. A wanted run without a
 * report is chosen all the same: the place then says why there is nothing to compare yet.
 */
export function chooseRun(runs: readonly RunSummary[], wanted: string | undefined): RunSummary | null {
  return runs.find(({ id }) => id === wanted) ?? runs.find(hasReport) ?? null;
}

/** The run to hold against `run` at first: the newest other one of the same model, else of any. */
export function chooseOther(
  runs: readonly RunSummary[],
  run: RunSummary,
  wanted: string | undefined,
): RunSummary | null {
  const others = runs.filter((other) => other.id !== run.id && hasReport(other));
  return (
    others.find(({ id }) => id === wanted) ??
    others.find(({ modelPath }) => modelPath === run.modelPath) ??
    others[0] ??
    null
  );
}
