/** One run from specification to report: plans the steps, runs each in a worker process, keeps the artifacts. */

import { basename, extname } from 'node:path';
import type { Failure } from '../base/failure.ts';
import { writeFileAtomically } from '../base/files.ts';
import { throwIfCancelled, type WorkOptions } from '../base/work.ts';
import { defaultTensorRtVersion, tensorRtCacheFrom, writeTensorRtCache } from '../calibration/cache-file.ts';
import { sampleImages } from '../images/image-set.ts';
import type { Precision } from '../targets/target.ts';
import { assembleReport, type RunFindings } from './assemble-report.ts';
import { commandLine } from './command-line.ts';
import type { RunEvent } from './events.ts';
import { detectionsName } from './kept-detections.ts';
import { makeManifest } from './manifest.ts';
import { planSteps } from './plan.ts';
import { notesOnPreprocessing } from './preprocessing-check.ts';
import type { Note, Report } from './report.ts';
import { RunFolder } from './run-folder.ts';
import { type RunProgress, trackProgress } from './run-progress.ts';
import {
  notesOnCalibration,
  notesOnEvaluation,
  notesOnLeftOvers,
  notesOnSets,
  type RunSets,
  scanSets,
} from './run-sets.ts';
import type { Specification } from './specification.ts';
import type { BuildOutput } from './steps/build.ts';
import type { CheckPreprocessingOutput } from './steps/check-preprocessing.ts';
import type { EvaluateOutput } from './steps/evaluate.ts';
import type { PrepareOutput } from './steps/prepare.ts';
import type { StepInput, StepName, StepOutput } from './steps/registry.ts';
import { verdictOn } from './verdict.ts';
import { runStep } from './worker/run-step.ts';

export interface ConvertOptions extends Pick<WorkOptions, 'signal'> {
  /** Hears every event of the run; `error` and `report` are the caller's. */
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
  /** The command line that repeats the run, for report and manifests; made from the specification if absent. */
  readonly command?: string | undefined;
  /** Names the run in its report; made from time and chance if absent. */
  readonly id?: string | undefined;
  /** Hears the name of each file that is put into the output folder, also of a run that fails later. */
  readonly onPublish?: ((name: string) => void) | undefined;
}

export interface ConversionOutcome {
  readonly report: Report;
  readonly reportPath: string;
  readonly htmlPath: string;
  /** The run finished and its report is written, but a check failed: `detections-lost` or `target-missed`. */
  readonly verdict: Failure | null;
}

/** Name of an engine file: `parts.onnx` as int8 is `parts-int8.onnx`. */
export function engineName(model: string, precision: Precision): string {
  return `${basename(model, extname(model))}-${precision}.onnx`;
}

/** One run while it goes on: what it works on, and where its steps report to. */
interface Run {
  readonly specification: Specification;
  readonly folder: RunFolder;
  readonly sets: RunSets;
  readonly progress: RunProgress;
  readonly signal: AbortSignal | undefined;
  note(precision: Precision | null, notes: readonly Note[]): void;
  /** Moves a work file into the output folder. */
  publish(name: string): Promise<string>;
}

function step<S extends StepName>(
  run: Run,
  name: S,
  input: StepInput<S>,
  precision?: Precision,
): Promise<StepOutput<S>> {
  const id = precision === undefined ? name : `${name}:${precision}`;
  return run.progress.step(id, (onProgress) => runStep(name, input, { signal: run.signal, onProgress }));
}

async function calibrateRun(run: Run, prepared: PrepareOutput): Promise<RunFindings['calibration']> {
  const { specification, folder, sets } = run;
  const { calibration } = specification;
  if (sets.calibration === null || calibration === null) return null;
  const name = `${basename(specification.model, extname(specification.model))}-ranges.json`;
  const ownPath = folder.target(name);
  const path = calibration.cache ?? ownPath;
  const output = await step(run, 'calibrate', {
    preparedPath: folder.file('prepared.onnx'),
    observedPath: folder.file('observed.onnx'),
    modelSha256: prepared.model.sha256,
    facts: prepared.facts,
    set: sets.calibration,
    method: { method: calibration.method, percentile: calibration.percentile },
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

async function buildRun(
  run: Run,
  { facts }: PrepareOutput,
  calibrated: RunFindings['calibration'],
): Promise<ReadonlyMap<Precision, BuildOutput>> {
  const { specification, folder } = run;
  const built = new Map<Precision, BuildOutput>();
  for (const precision of specification.precisions) {
    const input = {
      precision,
      preparedPath: folder.file('prepared.onnx'),
      enginePath: folder.file(engineName(specification.model, precision)),
      ranges: calibrated?.output.ranges ?? null,
      biasSource:
        precision === 'int8' && run.sets.calibration !== null
          ? { set: run.sets.calibration, facts, probePath: folder.file('probe.onnx') }
          : null,
      threads: specification.threads,
    };
    const output = await step(run, 'build', input, precision);
    run.note(precision, output.notes);
    built.set(precision, output);
  }
  return built;
}

async function checkPreprocessingRun(
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

async function evaluateRun(
  run: Run,
  prepared: PrepareOutput,
): Promise<ReadonlyMap<Precision, EvaluateOutput>> {
  const { specification, folder, sets } = run;
  const evaluated = new Map<Precision, EvaluateOutput>();
  if (sets.evaluation === null || prepared.facts.layout.kind === 'none') return evaluated;
  const { agreementScore, ...detection } = specification.detection;
  const detectionsOf = (precision: Precision) => folder.file(`detections-${precision}.json`);
  for (const precision of specification.precisions) {
    const input = {
      precision,
      enginePath: folder.file(engineName(specification.model, precision)),
      facts: prepared.facts,
      evaluation: sets.evaluation,
      detection: { ...detection, multiLabel: true },
      detectionsPath: detectionsOf(precision),
      referencePath: precision === 'fp32' ? null : detectionsOf('fp32'),
      agreementScore,
      keepPath: specification.keepDetections
        ? folder.file(detectionsName(engineName(specification.model, precision)))
        : null,
    };
    const output = await step(run, 'evaluate', input, precision);
    if (precision === 'fp32') run.note(null, notesOnEvaluation(output));
    evaluated.set(precision, output);
  }
  return evaluated;
}

function benchmarkRun(run: Run, prepared: PrepareOutput): Promise<StepOutput<'benchmark'>> {
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

/** The ranges in the form that TensorRT's calibrator reads, where an int8 engine was made from them and is kept. */
async function writeTensorRtRanges(
  { folder }: Run,
  report: Report,
  calibrated: RunFindings['calibration'],
): Promise<readonly string[]> {
  const name = report.calibration?.tensorRtCache;
  if (name === undefined || calibrated === null) return [];
  const { ranges, imported } = calibrated.output;
  const version = imported?.version ?? defaultTensorRtVersion;
  await writeTensorRtCache(folder.file(name), tensorRtCacheFrom(ranges, version));
  return [name];
}

/** Engines and manifests that are kept, in the order in which they have to be put in place. */
async function writeManifests(
  { folder }: Run,
  report: Report,
  built: ReadonlyMap<Precision, BuildOutput>,
): Promise<readonly string[]> {
  const files: string[] = [];
  for (const result of report.results) {
    if (result.engine === null || result.manifest === null) continue;
    const manifest = makeManifest(report, result, result.engine);
    await writeFileAtomically(folder.file(result.manifest), `${JSON.stringify(manifest, null, 2)}\n`);
    files.push(...(built.get(result.precision)?.files ?? []), result.manifest);
  }
  return files;
}

async function carryOut(run: Run, options: ConvertOptions, startedAt: number, notes: readonly Note[]) {
  const { specification, folder } = run;
  const prepared = await step(run, 'prepare', {
    modelPath: specification.model,
    preparedPath: folder.file('prepared.onnx'),
    batch: specification.batch,
    threads: specification.threads,
    layout: specification.layout,
    preprocessing: specification.preprocessing,
    evaluation: run.sets.evaluation,
  });
  run.note(null, prepared.notes);
  const calibration = await calibrateRun(run, prepared);
  const built = await buildRun(run, prepared, calibration);
  const preprocessing = await checkPreprocessingRun(run, prepared);
  const evaluated = await evaluateRun(run, prepared);
  const measured = await benchmarkRun(run, prepared);
  const findings = { prepared, calibration, built, preprocessing, evaluated, measured: measured.engines };
  const report = assembleReport(specification, findings, {
    run: folder.id,
    startedAt: new Date(startedAt).toISOString(),
    seconds: (Date.now() - startedAt) / 1000,
    command: options.command ?? commandLine(specification),
    notes,
    evaluationSet: run.sets.evaluation,
    engineName: (precision) => engineName(specification.model, precision),
  });
  run.note(null, report.notes);
  for (const result of report.results) {
    // Those of the build have been told already.
    const told = new Set(built.get(result.precision)?.notes ?? []);
    run.note(
      result.precision,
      result.notes.filter((note) => !told.has(note)),
    );
  }
  const files = [
    ...(await writeTensorRtRanges(run, report, calibration)),
    ...(await writeManifests(run, report, built)),
    ...(specification.keepDetections
      ? [...evaluated.keys()].map((precision) => detectionsName(engineName(specification.model, precision)))
      : []),
  ];
  await step(run, 'report', {
    report,
    inputs: preprocessing?.pictures ?? [],
    truth: new Map([...evaluated.values()].flatMap(({ truth }) => [...truth])),
    jsonPath: folder.file('report.json'),
    htmlPath: folder.file('report.html'),
  });
  return { report, files };
}

/**
 * Converts a model as the specification says and measures the results side by side. Engines, manifests and reports
 * are put into the output folder together at the end, so that it always shows one whole run; the calibration cache is
 * kept as soon as it is there.
 * @throws Failure with the code of what went wrong; nothing half-written is left in the output folder then
 */
export async function convert(
  specification: Specification,
  options: ConvertOptions = {},
): Promise<ConversionOutcome> {
  const { signal } = options;
  const onEvent = options.onEvent ?? (() => undefined);
  const startedAt = Date.now();
  throwIfCancelled(signal);
  const sets = await scanSets(specification, { signal });
  await using folder = await RunFolder.create(specification.out, options.id);
  const plan = planSteps(specification, {
    calibrationImages: sets.calibration?.files.length ?? 0,
    evaluationImages: sets.evaluation?.set.files.length ?? 0,
  });
  onEvent({ type: 'run-started', run: folder.id, steps: plan });
  const notes: Note[] = [];
  const run: Run = {
    specification,
    folder,
    sets,
    progress: trackProgress(plan, onEvent),
    signal,
    note(precision, more) {
      for (const note of more) {
        if (precision === null) {
          // What was warned of beforehand is often confirmed later; once is enough.
          if (notes.some(({ message }) => message === note.message)) continue;
          notes.push(note);
        }
        onEvent({ type: 'note', precision, note });
      }
    },
    async publish(name) {
      const path = await folder.publish(name);
      options.onPublish?.(name);
      return path;
    },
  };
  run.note(null, [...notesOnLeftOvers(folder.leftOvers), ...notesOnSets(specification, sets)]);
  const { report, files } = await carryOut(run, options, startedAt, notes);
  throwIfCancelled(signal);
  for (const file of files) await run.publish(file);
  const htmlPath = await run.publish('report.html');
  const reportPath = await run.publish('report.json');
  return { report, reportPath, htmlPath, verdict: verdictOn(report) };
}
