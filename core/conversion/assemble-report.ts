/** Puts what the steps of a run found together into its report. */

import type { CalibrationRange } from '../calibration/ranges.ts';
import { agreementFailure } from '../evaluation/agreement.ts';
import type { Agreement, CocoSummary } from '../evaluation/evaluation-result.ts';
import type { Precision } from '../targets/target.ts';
import { manifestName, tensorRtCacheName } from './manifest.ts';
import { info, judgeReference, judgeResult, noteOnNonFinite, problem } from './notes.ts';
import type {
  AccuracyReport,
  AgreementReport,
  CalibrationReport,
  LatencyReport,
  MethodCandidateReport,
  Note,
  Report,
  ResultReport,
  ValidationReport,
} from './report.ts';
import type { EvaluationSet } from './run-inputs.ts';
import type { Specification } from './specification.ts';
import type { EngineBenchmark } from './steps/benchmark.ts';
import type { BuildOutput } from './steps/build.ts';
import type { CalibrateOutput } from './steps/calibrate.ts';
import type { CheckPreprocessingOutput } from './steps/check-preprocessing.ts';
import type { EvaluateOutput } from './steps/evaluate.ts';
import type { PrepareOutput } from './steps/prepare.ts';

export interface RunFindings {
  readonly prepared: PrepareOutput;
  readonly calibration: {
    /** With the ranges of the method that was taken. */
    readonly output: CalibrateOutput;
    readonly path: string;
    readonly candidates?: readonly MethodCandidateReport[] | undefined;
  } | null;
  readonly built: ReadonlyMap<Precision, BuildOutput>;
  /** Null without labels or a known layout. */
  readonly preprocessing: CheckPreprocessingOutput | null;
  /** Empty where there was nothing to evaluate on, or no known layout. */
  readonly evaluated: ReadonlyMap<Precision, EvaluateOutput>;
  readonly measured: readonly EngineBenchmark[];
}

export interface RunFacts extends Pick<Report, 'run' | 'startedAt' | 'seconds' | 'command' | 'notes'> {
  readonly evaluationSet: EvaluationSet | null;
  readonly engineName: (precision: Precision) => string;
}

const labels = { fp32: 'FP32', fp16: 'FP16', int8: 'INT8' } as const;

function reportRange(
  range: CalibrationRange,
  { histograms }: CalibrateOutput,
): CalibrationReport['ranges'][number] {
  return {
    tensor: range.tensor,
    amax: range.threshold,
    minimum: range.min,
    maximum: range.max,
    clipped: range.clipped,
    histogram: histograms.get(range.tensor) ?? null,
  };
}

/** Of TensorRT's calibrators one takes the largest values, and the others weigh entropy. */
function methodOfCalibrator(calibrator: string): CalibrationReport['method'] {
  return calibrator.startsWith('MinMax') ? 'minmax' : 'entropy';
}

function reportCalibration(
  calibration: RunFindings['calibration'],
  { calibration: asked }: Specification,
  int8Engine: string | null,
): CalibrationReport | null {
  if (calibration === null || asked === null) return null;
  const { output, path, candidates } = calibration;
  const { imported } = output;
  const method = imported === null ? output.method : methodOfCalibrator(imported.calibrator);
  return {
    method,
    percentile: method === 'percentile' ? asked.percentile : null,
    source: asked.images,
    images: output.images,
    key: output.key,
    cache: output.cache,
    cachePath: path,
    ...(imported === null ? {} : { imported }),
    ...(int8Engine === null ? {} : { tensorRtCache: tensorRtCacheName(int8Engine) }),
    seconds: output.seconds,
    peakRssBytes: output.peakRssBytes,
    ...(candidates === undefined ? {} : { candidates }),
    ...(output.convergence === null ? {} : { convergence: output.convergence }),
    ranges: output.ranges.map((range) => reportRange(range, output)),
  };
}

function reportValidation(
  set: EvaluationSet | null,
  fp32: EvaluateOutput | undefined,
): ValidationReport | null {
  if (set === null || fp32 === undefined) return null;
  return {
    source: set.set.source,
    labels: set.labels,
    labelFormat: fp32.labels?.format ?? null,
    images: fp32.images,
    boxes: fp32.labels?.boxes ?? 0,
    warnings: fp32.labels?.warnings ?? [],
  };
}

function reportAccuracy(summary: CocoSummary | null): AccuracyReport | null {
  // Without any box to find there is no accuracy, however many images there are.
  if (summary === null || summary.map50 === null || summary.map5095 === null) return null;
  return {
    map50: summary.map50,
    map5095: summary.map5095,
    perClass: summary.perClass.map(({ name, ap50, ap5095, groundTruthBoxes }) => ({
      name,
      ap50,
      ap5095,
      labels: groundTruthBoxes,
    })),
    images: summary.images,
    detections: summary.detections,
  };
}

function reportAgreement(agreement: Agreement | null): AgreementReport | null {
  if (agreement === null) return null;
  return {
    reference: 'fp32',
    scoreThreshold: agreement.scoreThreshold,
    images: agreement.images,
    referenceDetections: agreement.referenceCount,
    detections: agreement.otherCount,
    matched: agreement.matched,
    lost: agreement.lost,
    added: agreement.added,
    moved: agreement.moved,
    meanIou: agreement.meanIou ?? 0,
    meanScoreShift: agreement.scoreShift?.mean ?? 0,
    squeezedScores: agreement.squeezedScores,
    perClass: agreement.perClass.map(({ name, matched, lost, added, scoreShift, squeezedScores }) => ({
      name,
      matched,
      lost,
      added,
      scoreShift: scoreShift?.mean ?? 0,
      squeezedScores,
    })),
  };
}

function reportLatency({ latency }: EngineBenchmark, batch: number): LatencyReport {
  const { name: _, ...figures } = latency;
  return { batch, ...figures };
}

interface Status {
  readonly status: ResultReport['status'];
  readonly notes: readonly Note[];
}

/** What disqualifies a precision, in the order of gravity. */
function statusOf(precision: Precision, evaluated: EvaluateOutput | undefined): Status {
  if (evaluated !== undefined && evaluated.nonFinite.length > 0) {
    return { status: 'non-finite', notes: [noteOnNonFinite(labels[precision], evaluated)] };
  }
  const failure = evaluated?.agreement && agreementFailure(evaluated.agreement, labels[precision], 'FP32');
  if (failure) {
    return {
      status: 'detections-lost',
      notes: [problem('detections-lost', failure.message, failure.remedy)],
    };
  }
  return { status: 'ok', notes: [] };
}

function reportResult(
  specification: Specification,
  findings: RunFindings,
  facts: RunFacts,
  measured: EngineBenchmark,
): ResultReport {
  const { precision } = measured;
  const built = findings.built.get(precision);
  if (built === undefined) throw new Error(`${precision} was measured but not built`);
  const evaluated = findings.evaluated.get(precision);
  const engine = facts.engineName(precision);
  const { status, notes } = statusOf(precision, evaluated);
  return {
    precision,
    target: specification.target,
    status,
    engine,
    manifest: manifestName(engine),
    sha256: built.sha256,
    bytes: built.bytes,
    buildSeconds: built.seconds,
    latencyMs: reportLatency(measured, findings.prepared.facts.batch),
    endToEndMs: measured.endToEnd,
    throughput: measured.throughput,
    accuracy: reportAccuracy(evaluated?.accuracy ?? null),
    agreement: reportAgreement(evaluated?.agreement ?? null),
    detections: evaluated?.detections ?? null,
    scoreHistograms: evaluated?.scoreHistograms ?? [],
    timeShares: {
      float: measured.timeShares.float,
      quantized: measured.timeShares.quantized,
      conversion: measured.timeShares.conversion,
      operators: measured.timeShares.operators,
    },
    quantization: built.quantization,
    notes: [...notes, ...built.notes],
  };
}

/** --keep-only-if-faster: an engine that does not pay is not put into the output folder. */
function dropIfSlow(
  result: ResultReport,
  fp32: ResultReport | undefined,
  specification: Specification,
): ResultReport {
  const wanted = specification.checks.keepOnlyIfFaster;
  if (wanted === null || fp32 === undefined || result.precision === 'fp32') return result;
  const ratio = fp32.latencyMs.p50 / result.latencyMs.p50;
  if (ratio >= wanted) return result;
  if (!result.latencyMs.stable || !fp32.latencyMs.stable) {
    const kept = info(
      'kept-unstable',
      `The engine is kept although it measured ${ratio.toFixed(2)} times as fast: the times are not steady, so they decide nothing.`,
      'Measure again on a quiet machine, or with more --runs.',
    );
    return { ...result, notes: [...result.notes, kept] };
  }
  const times = `${result.latencyMs.p50.toPrecision(3)} ms against ${fp32.latencyMs.p50.toPrecision(3)} ms of FP32`;
  const note = info(
    'dropped',
    `The engine is not kept: ${times} is ${ratio.toFixed(2)} times as fast, and --keep-only-if-faster asks for ${wanted}.`,
  );
  return {
    ...result,
    status: result.status === 'ok' ? 'dropped' : result.status,
    engine: null,
    manifest: null,
    notes: [...result.notes, note],
  };
}

/** The whole report; pure, so that the same findings give the same report. */
export function assembleReport(specification: Specification, findings: RunFindings, facts: RunFacts): Report {
  const { prepared } = findings;
  const raw = findings.measured.map((measured) => reportResult(specification, findings, facts, measured));
  const fp32 = raw.find(({ precision }) => precision === 'fp32');
  const results = raw
    .map((result) => ({
      ...result,
      notes: [...result.notes, ...judgeResult(result, raw, prepared.environment.cpu)],
    }))
    .map((result) => dropIfSlow(result, fp32, specification));
  const evaluatedFp32 = findings.evaluated.get('fp32');
  const onReference = fp32 && evaluatedFp32 ? judgeReference(fp32, evaluatedFp32.images) : [];
  return {
    schema: 1,
    run: facts.run,
    startedAt: facts.startedAt,
    seconds: facts.seconds,
    command: facts.command,
    specification,
    model: prepared.model,
    preprocessing: prepared.facts.preprocessing,
    environment: prepared.environment,
    calibration: reportCalibration(
      findings.calibration,
      specification,
      results.find(({ precision }) => precision === 'int8')?.engine ?? null,
    ),
    validation: reportValidation(facts.evaluationSet, evaluatedFp32),
    ...(findings.preprocessing?.check ? { preprocessingCheck: findings.preprocessing.check } : {}),
    results,
    differingImages: specification.precisions.flatMap(
      (precision) => findings.evaluated.get(precision)?.differing ?? [],
    ),
    notes: [...facts.notes, ...onReference],
  };
}
