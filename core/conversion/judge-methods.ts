/** Builds an int8 engine by each of several calibration methods, judges them on the evaluation set and takes the best. */

import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunFindings } from './assemble-report.ts';
import { chooseMethod, type JudgedMethod, reasonForMethod } from './method-choice.ts';
import { info, warning } from './notes.ts';
import type { MethodCandidateReport } from './report.ts';
import { buildEngine, canEvaluate, evaluateEngine, keptDetections, partOf, type Run } from './run-steps.ts';
import type { BuildOutput } from './steps/build.ts';
import type { CalibratedMethod, CalibrateOutput } from './steps/calibrate.ts';
import type { EvaluateOutput } from './steps/evaluate.ts';
import type { PrepareOutput } from './steps/prepare.ts';

type Calibration = NonNullable<RunFindings['calibration']>;

export interface TakenInt8 {
  /** With the ranges of the method that was taken. */
  readonly calibration: Calibration;
  readonly built: BuildOutput;
  /** Null where there is nothing to evaluate on, or no known layout. */
  readonly evaluated: EvaluateOutput | null;
}

interface Candidate {
  readonly method: CalibratedMethod;
  readonly built: BuildOutput;
  readonly evaluated: EvaluateOutput | null;
}

function judge({ method, evaluated }: Candidate): JudgedMethod {
  const accuracy = evaluated?.accuracy;
  const agreement = evaluated?.agreement;
  const reference = agreement?.referenceCount ?? 0;
  return {
    method: method.method,
    percentile: method.method === 'percentile' ? (method.percentile ?? null) : null,
    map50: accuracy?.map50 ?? null,
    map5095: accuracy?.map5095 ?? null,
    matchedShare: agreement && reference > 0 ? agreement.matched / reference : null,
    meanIou: agreement?.meanIou ?? null,
    finite: (evaluated?.nonFinite.length ?? 0) === 0,
  };
}

function withMethod(
  output: CalibrateOutput,
  { method, percentile, ranges, key, convergence }: CalibratedMethod,
) {
  return { ...output, method, percentile, ranges, key, convergence };
}

/** The methods that can be compared; one alone where nothing tells them apart, with a remark that says so. */
function comparable(run: Run, prepared: PrepareOutput, output: CalibrateOutput): readonly CalibratedMethod[] {
  const notCompared = (why: string) =>
    run.note(null, [
      warning('methods-not-compared', `The calibration methods are not compared: ${why}.`, null),
    ]);
  if (output.imported !== null) {
    notCompared('the ranges are imported from a TensorRT calibration cache');
    return [output];
  }
  if (!canEvaluate(run, prepared)) {
    notCompared(`nothing can be evaluated, so ${output.method} is taken, which was named first`);
    return [output];
  }
  return [output, ...output.alternatives];
}

/** Moves the files of the candidate that was taken beside those of the other precisions and removes all the rest. */
async function settle({ folder }: Run, taken: string, all: readonly string[], files: readonly string[]) {
  for (const file of files) await rename(folder.file(join(taken, file)), folder.file(file));
  for (const part of all) await rm(folder.file(part), { recursive: true, force: true });
}

/**
 * One build and one evaluation for each method, in the order in which they were named. fp32 has been evaluated before.
 * @throws Failure of a build or an evaluation; `cancelled`
 */
export async function judgeMethods(
  run: Run,
  prepared: PrepareOutput,
  calibration: Calibration,
): Promise<TakenInt8> {
  const { output } = calibration;
  const candidates: Candidate[] = [];
  for (const method of comparable(run, prepared, output)) {
    await mkdir(run.folder.file(partOf('int8', method.method)));
    const built = await buildEngine(run, prepared, 'int8', method.ranges, { candidate: method.method });
    const evaluated = canEvaluate(run, prepared)
      ? await evaluateEngine(run, prepared, 'int8', method.method)
      : null;
    candidates.push({ method, built, evaluated });
  }
  const judged = candidates.map(judge);
  const best = chooseMethod(judged);
  const taken = candidates[best];
  if (taken === undefined) throw new Error('one calibration method at least is judged');
  const parts = candidates.map(({ method }) => partOf('int8', method.method));
  const files = [...taken.built.files, ...(taken.evaluated === null ? [] : keptDetections(run, 'int8'))];
  await settle(run, parts[best] ?? '', parts, files);
  run.note('int8', taken.built.notes);
  if (judged.length === 1) {
    return { calibration, built: taken.built, evaluated: taken.evaluated };
  }
  const reported = judged.map((each, i): MethodCandidateReport => ({ ...each, taken: i === best }));
  run.note(null, [info('method-taken', reasonForMethod(reported))]);
  return {
    calibration: { ...calibration, output: withMethod(output, taken.method), candidates: reported },
    built: taken.built,
    evaluated: taken.evaluated,
  };
}
