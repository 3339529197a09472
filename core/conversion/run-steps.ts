/** The steps of one run: what each of them is given, from the specification and from the steps before it. */

import { basename, extname, join } from 'node:path';
import type { CalibrationRange } from '../calibration/ranges.ts';
import { sampleImages } from '../images/image-set.ts';
import type { Precision } from '../targets/target.ts';
import type { RunFindings } from './assemble-report.ts';
import { detectionsName } from './kept-detections.ts';
import { notesOnPreprocessing } from './preprocessing-check.ts';
import type { Note } from './report.ts';
import type { RunFolder } from './run-folder.ts';
import type { RunProgress } from './run-progress.ts';
import { notesOnCalibration, notesOnEvaluation, type RunSets } from './run-sets.ts';
import { methodsOf, type Specification } from './specification.ts';
import type { BuildOutput } from './steps/build.ts';
import type { CheckPreprocessingOutput } from './steps/check-preprocessing.ts';
import type { EvaluateOutput } from './steps/evaluate.ts';
import type { PrepareOutput } from './steps/prepare.ts';
import type { StepInput, StepName, StepOutput } from './steps/registry.ts';
import { runStep } from './worker/run-step.ts';

/** Name of an engine file: `parts.onnx` as int8 is `parts-int8.onnx`. */
export function engineName(model: string, precision: Precision): string {
  return `${basename(model, extname(model))}-${precision}.onnx`;
}

/** One run while it goes on: what it works on, and where its steps report to. */
export interface Run {
  readonly specification: Specification;
  readonly folder: RunFolder;
  readonly sets: RunSets;
  readonly progress: RunProgress;
  readonly signal: AbortSignal | undefined;
  note(precision: Precision | null, notes: readonly Note[]): void;
  /** Moves a work file into the output folder. */
  publish(name: string): Promise<string>;
}

/** @param part what the step works on, where there are several of its kind: `int8`, `int8-entropy` */
export function step<S extends StepName>(
  run: Run,
  name: S,
  input: StepInput<S>,
  part?: string,
): Promise<StepOutput<S>> {
  const id = part === undefined ? name : `${name}:${part}`;
  return run.progress.step(id, (onProgress) => runStep(name, input, { signal: run.signal, onProgress }));
}

export async function calibrateRun(run: Run, prepared: PrepareOutput): Promise<RunFindings['calibration']> {
  const { specification, folder, sets } = run;
  const { calibration } = specification;
  if (sets.calibration === null || calibration === null) return null;
  const name = `${basename(specification.model, extname(specification.model))}-ranges.json`;
  const ownPath = folder.target(name);
  const path = calibration.cache ?? ownPath;
  const [method, ...alternatives] = methodsOf(calibration);
  const output = await step(run, 'calibrate', {
    preparedPath: folder.file('prepared.onnx'),
    observedPath: folder.file('observed.onnx'),
    modelSha256: prepared.model.sha256,
    facts: prepared.facts,
    set: sets.calibration,
    method,
    alternatives,
    cachePath: path,
    reuseStale: calibration.reuseStale,
    // A named cache may lie on another file system, where a rename from the run's folder would fail.
    rangesPath: path === ownPath ? folder.file(name) : path,
  });
  // The ranges are true by their key whatever becomes of the run, and the costliest thing to lose.
  if (output.cache === 'computed' && path === ownPath) await run.publish(name);
  run.note(null, notesOnCalibration(output, path));
  return { output, path };
}

/** What the steps of an engine are called; where several of a precision are judged, each of them apart. */
export function partOf(precision: Precision, candidate?: string): string {
  return candidate === undefined ? precision : `${precision}-${candidate}`;
}

/** A work file of an engine. Candidates have a folder each, since an engine's name stands in its external data too. */
function workFile({ folder }: Run, name: string, precision: Precision, candidate?: string): string {
  return folder.file(candidate === undefined ? name : join(partOf(precision, candidate), name));
}

export interface EngineVariant {
  /** Names one of several engines of a precision that are judged, such as the calibration method. */
  readonly candidate?: string;
  /** First outputs of layers that a search returns to float. */
  readonly sensitive?: readonly string[];
}

export function buildEngine(
  run: Run,
  { facts }: PrepareOutput,
  precision: Precision,
  ranges: readonly CalibrationRange[] | null,
  { candidate, sensitive = [] }: EngineVariant = {},
): Promise<BuildOutput> {
  const { specification, folder, sets } = run;
  const observable = sets.calibration ?? sets.evaluation?.set ?? null;
  const input = {
    precision,
    preparedPath: folder.file('prepared.onnx'),
    enginePath: workFile(run, engineName(specification.model, precision), precision, candidate),
    ranges,
    exclude: specification.quantization.exclude,
    sensitive,
    biasSource:
      precision === 'int8' && sets.calibration !== null
        ? { set: sets.calibration, facts, probePath: folder.file('probe.onnx') }
        : null,
    magnitudeSource:
      precision === 'fp16' && observable !== null
        ? { set: observable, facts, probePath: folder.file('probe.onnx') }
        : null,
    threads: specification.threads,
  };
  return step(run, 'build', input, partOf(precision, candidate));
}

export async function buildRun(
  run: Run,
  prepared: PrepareOutput,
  precisions: readonly Precision[],
  calibrated: RunFindings['calibration'],
): Promise<Map<Precision, BuildOutput>> {
  const built = new Map<Precision, BuildOutput>();
  for (const precision of precisions) {
    const output = await buildEngine(run, prepared, precision, calibrated?.output.ranges ?? null);
    run.note(precision, output.notes);
    built.set(precision, output);
  }
  return built;
}

export async function checkPreprocessingRun(
  run: Run,
  { facts }: PrepareOutput,
): Promise<CheckPreprocessingOutput | null> {
  const { specification, folder } = run;
  const { set, labels } = run.sets.evaluation ?? {};
  if (set === undefined || labels == null || facts.layout.kind === 'none') return null;
  const { agreementScore: _, ...detection } = specification.detection;
  const output = await step(run, 'check-preprocessing', {
    enginePath: folder.file(engineName(specification.model, 'fp32')),
    facts,
    set,
    labels,
    detection: { ...detection, multiLabel: true },
  });
  if (output.check !== null) run.note(null, notesOnPreprocessing(output.check));
  return output;
}

/** Whether there are images to evaluate on, and outputs that are known to be boxes. */
export function canEvaluate({ sets }: Run, { facts }: PrepareOutput): boolean {
  return sets.evaluation !== null && facts.layout.kind !== 'none';
}

/** Names of the files with what an engine found that are kept beside it. */
export function keptDetections({ specification }: Run, precision: Precision): readonly string[] {
  return specification.keepDetections ? [detectionsName(engineName(specification.model, precision))] : [];
}

/** @param candidate as in `EngineVariant` */
export function evaluateEngine(
  run: Run,
  { facts }: PrepareOutput,
  precision: Precision,
  candidate?: string,
): Promise<EvaluateOutput> {
  const { specification, folder, sets } = run;
  if (sets.evaluation === null) throw new Error('there is nothing to evaluate on');
  const { agreementScore, ...detection } = specification.detection;
  const file = (name: string) => workFile(run, name, precision, candidate);
  const [kept] = keptDetections(run, precision);
  const input = {
    precision,
    enginePath: file(engineName(specification.model, precision)),
    facts,
    evaluation: sets.evaluation,
    detection: { ...detection, multiLabel: true },
    detectionsPath: file(`detections-${precision}.json`),
    referencePath: precision === 'fp32' ? null : folder.file('detections-fp32.json'),
    agreementScore,
    keepPath: kept === undefined ? null : file(kept),
  };
  return step(run, 'evaluate', input, partOf(precision, candidate));
}

/** @param precisions fp32 first: the others are compared with its detections */
export async function evaluateRun(
  run: Run,
  prepared: PrepareOutput,
  precisions: readonly Precision[],
): Promise<Map<Precision, EvaluateOutput>> {
  const evaluated = new Map<Precision, EvaluateOutput>();
  if (!canEvaluate(run, prepared)) return evaluated;
  for (const precision of precisions) {
    const output = await evaluateEngine(run, prepared, precision);
    if (precision === 'fp32') run.note(null, notesOnEvaluation(output));
    evaluated.set(precision, output);
  }
  return evaluated;
}

export function benchmarkRun(run: Run, prepared: PrepareOutput): Promise<StepOutput<'benchmark'>> {
  const { specification, folder, sets } = run;
  const { agreementScore: _, ...detection } = specification.detection;
  const set = sets.evaluation?.set;
  const sample = set && sampleImages(set, specification.benchmark.endToEndImages);
  return step(run, 'benchmark', {
    engines: specification.precisions.map((precision) => ({
      precision,
      path: folder.file(engineName(specification.model, precision)),
    })),
    facts: prepared.facts,
    imagePaths: sample?.files.map(({ path }) => path) ?? [],
    warmup: specification.benchmark.warmup,
    runs: specification.benchmark.runs,
    batches: specification.benchmark.batches,
    detection: { ...detection, multiLabel: true },
  });
}
