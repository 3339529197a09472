/** One run from specification to report: plans the steps, runs each in a worker process, keeps the artifacts. */

import type { Failure } from '../base/failure.ts';
import { writeFileAtomically } from '../base/files.ts';
import { throwIfCancelled, type WorkOptions } from '../base/work.ts';
import { defaultTensorRtVersion, tensorRtCacheFrom, writeTensorRtCache } from '../calibration/cache-file.ts';
import type { Precision } from '../targets/target.ts';
import { assembleReport, type RunFindings } from './assemble-report.ts';
import { commandLine } from './command-line.ts';
import { notesOnConvergence } from './convergence-words.ts';
import type { RunEvent } from './events.ts';
import { judgeMethods } from './judge-methods.ts';
import { makeManifest } from './manifest.ts';
import { planSteps } from './plan.ts';
import type { Note, Report } from './report.ts';
import { RunFolder } from './run-folder.ts';
import { trackProgress } from './run-progress.ts';
import { notesOnLeftOvers, notesOnSets, scanSets } from './run-sets.ts';
import {
  benchmarkRun,
  buildRun,
  calibrateRun,
  checkPreprocessingRun,
  engineName,
  evaluateRun,
  keptDetections,
  type Run,
  step,
} from './run-steps.ts';
import { searchInt8 } from './search-layers.ts';
import type { Specification } from './specification.ts';
import type { BuildOutput } from './steps/build.ts';
import type { EvaluateOutput } from './steps/evaluate.ts';
import type { PrepareOutput } from './steps/prepare.ts';
import { verdictOn } from './verdict.ts';

export { engineName } from './run-steps.ts';

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
    const plain = result.quantization?.search?.plainEngine ?? null;
    files.push(...(plain === null ? [] : [plain]));
    files.push(...(built.get(result.precision)?.files ?? []), result.manifest);
  }
  return files;
}

type Engines = Pick<RunFindings, 'calibration' | 'preprocessing'> & {
  readonly built: Map<Precision, BuildOutput>;
  readonly evaluated: Map<Precision, EvaluateOutput>;
};

/** Builds and evaluates all engines; where several calibration methods are asked for, int8 is the best of theirs. */
async function makeEngines(run: Run, prepared: PrepareOutput): Promise<Engines> {
  const { precisions, calibration: asked } = run.specification;
  const calibration = await calibrateRun(run, prepared);
  const judged = calibration !== null && asked !== null && asked.alternatives.length > 0;
  const others = precisions.filter((precision) => !judged || precision !== 'int8');
  const built = await buildRun(run, prepared, others, calibration);
  const preprocessing = await checkPreprocessingRun(run, prepared);
  const evaluated = await evaluateRun(run, prepared, others);
  if (!judged) return { calibration, built, preprocessing, evaluated };
  const int8 = await judgeMethods(run, prepared, calibration);
  built.set('int8', int8.built);
  if (int8.evaluated !== null) evaluated.set('int8', int8.evaluated);
  return { calibration: int8.calibration, built, preprocessing, evaluated };
}

/** Puts the int8 engine that a search came to in the place of the plain one. */
async function improveInt8(run: Run, prepared: PrepareOutput, engines: Engines): Promise<void> {
  const { calibration, built, evaluated } = engines;
  const plain = built.get('int8');
  if (calibration === null || plain === undefined) return;
  const int8 = await searchInt8(run, prepared, calibration.output.ranges, {
    built: plain,
    evaluated: evaluated.get('int8') ?? null,
    fp32: evaluated.get('fp32') ?? null,
  });
  built.set('int8', int8.built);
  if (int8.evaluated !== null) evaluated.set('int8', int8.evaluated);
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
    exclude: specification.quantization.exclude,
  });
  run.note(null, prepared.notes);
  const engines = await makeEngines(run, prepared);
  await improveInt8(run, prepared, engines);
  const { preprocessing, calibration, built, evaluated } = engines;
  run.note(null, notesOnConvergence(calibration?.output.convergence ?? null));
  const measured = await benchmarkRun(run, prepared);
  const findings = { prepared, ...engines, measured: measured.engines };
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
    ...[...evaluated.keys()].flatMap((precision) => keptDetections(run, precision)),
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
