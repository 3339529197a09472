/** The report of a run; `contract/report-schema.ts` states the same shape for other programs. */

import type { ConvergencePoint } from '../calibration/convergence.ts';
import type { Preprocessing } from '../images/preprocessing.ts';
import type { LayoutKind } from '../onnx/output-layout.ts';
import type { Precision, TargetDescription, TensorInfo } from '../targets/target.ts';
import type { QuantizationReport } from './quantization-report.ts';
import type { Specification } from './specification.ts';

export type {
  LayerSensitivityReport,
  QuantizationReport,
  SearchCandidateReport,
  SearchReport,
} from './quantization-report.ts';

export interface Note {
  readonly severity: 'info' | 'warning' | 'error';
  /** Names the kind of remark for programs, e.g. `int8-not-faster`. */
  readonly code: string;
  readonly message: string;
  readonly tip: string | null;
}

export interface ModelReport {
  readonly path: string;
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly opset: number;
  readonly nodes: number;
  readonly inputs: readonly TensorShape[];
  readonly outputs: readonly TensorShape[];
  readonly layout: LayoutKind;
  readonly layoutReason: string;
  readonly classNames: readonly string[];
}

export interface TensorShape {
  readonly name: TensorInfo['name'];
  readonly dtype: string;
  /** -1 where dynamic. */
  readonly dims: readonly number[];
}

export interface Environment {
  readonly engineRoom: string;
  readonly node: string;
  readonly operatingSystem: string;
  readonly cpu: {
    readonly model: string;
    readonly logicalCores: number;
    readonly instructionSets: readonly string[];
  };
  readonly memoryBytes: number;
  readonly threads: number;
  readonly target: {
    readonly name: TargetDescription['name'];
    readonly version: string;
    readonly device: string;
  };
}

export interface CalibrationRangeReport {
  readonly tensor: string;
  /** The symmetric range [-amax, amax] maps to [-127, 127]. */
  readonly amax: number;
  readonly minimum: number;
  readonly maximum: number;
  /** Share of the values beyond amax. */
  readonly clipped: number;
  /** Absolute values in 128 equal bins from 0 to `limit`. */
  readonly histogram: { readonly limit: number; readonly counts: readonly number[] } | null;
}

export interface ImportedCacheReport {
  readonly calibrator: string;
  /** 8503 for TensorRT 8.5.3. */
  readonly version: number;
  readonly scales: number;
  /** Tensors of the quantization plan that have a scale in it. */
  readonly matched: number;
}

/** An int8 engine by one of several calibration methods, as it was judged. */
export interface MethodCandidateReport {
  readonly method: 'minmax' | 'entropy' | 'percentile' | 'mse';
  readonly percentile: number | null;
  /** Null without labels. */
  readonly map50: number | null;
  readonly map5095: number | null;
  /** Part of fp32's detections that it finds too, at IoU 0.5; null where fp32 finds nothing. */
  readonly matchedShare: number | null;
  /** Over matched boxes; null when there are none. */
  readonly meanIou: number | null;
  /** Whether all of its outputs were. */
  readonly finite: boolean;
  readonly taken: boolean;
}

export interface CalibrationReport {
  readonly method: 'minmax' | 'entropy' | 'percentile' | 'mse';
  readonly percentile: number | null;
  readonly source: string;
  readonly images: number;
  readonly key: string;
  readonly cache: 'computed' | 'reused' | 'reused-stale' | 'imported';
  readonly cachePath: string;
  /** What was imported, where TensorRT's own cache gave the ranges. */
  readonly imported?: ImportedCacheReport | undefined;
  /** File name in the output folder of the ranges as TensorRT's calibrator reads them; absent without an int8 engine. */
  readonly tensorRtCache?: string | undefined;
  readonly seconds: number;
  readonly peakRssBytes: number;
  /** Where several methods were judged, in the order in which they were named. */
  readonly candidates?: readonly MethodCandidateReport[] | undefined;
  /** What each doubling of the images moved; absent where the ranges came without it, empty for under 12 images. */
  readonly convergence?: readonly ConvergencePoint[] | undefined;
  readonly ranges: readonly CalibrationRangeReport[];
}

export interface ValidationReport {
  readonly source: string;
  readonly labels: string | null;
  readonly labelFormat: 'coco' | 'yolo' | 'voc' | null;
  readonly images: number;
  readonly boxes: number;
  readonly warnings: readonly string[];
}

/** One way of preparing the images, and what fp32 reaches with it on the images that were tried. */
export interface TriedPreprocessing {
  /** The options that select it, added to those of the run; empty for the run's own. */
  readonly options: string;
  readonly preprocessing: Preprocessing;
  readonly map50: number;
  readonly map5095: number;
}

export interface PreprocessingCheckReport {
  /** Labelled images that were tried. */
  readonly images: number;
  /** The run's own first. */
  readonly variants: readonly TriedPreprocessing[];
  /** `options` of a variant that is clearly better: by 5 points of mAP50-95 and 1.2 times at least. */
  readonly offered: string | null;
}

export interface LatencyReport {
  readonly batch: number;
  readonly warmup: number;
  readonly runs: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  readonly standardDeviation: number;
  readonly mad: number;
  readonly stable: boolean;
  readonly instability: readonly ('drift' | 'bimodal')[];
  readonly samples: readonly number[];
}

export interface EndToEndReport {
  readonly images: number;
  readonly p50: number;
  readonly p90: number;
  readonly shares: {
    readonly decode: number;
    readonly preprocess: number;
    readonly engine: number;
    readonly postprocess: number;
  };
}

export interface ThroughputReport {
  readonly batch: number;
  readonly imagesPerSecond: number;
  readonly p50: number;
}

export interface AccuracyReport {
  readonly map50: number;
  readonly map5095: number;
  readonly perClass: readonly {
    readonly name: string;
    /** Null for a class without labelled boxes. */
    readonly ap50: number | null;
    readonly ap5095: number | null;
    readonly labels: number;
  }[];
  readonly images: number;
  readonly detections: number;
}

/** The boxes are there, but their scores lie in a narrower range. */
export interface SqueezedScoresReport {
  readonly ratio: number;
  readonly suggestedThreshold: number;
}

export interface AgreementReport {
  readonly reference: 'fp32';
  readonly scoreThreshold: number;
  readonly images: number;
  readonly referenceDetections: number;
  readonly detections: number;
  readonly matched: number;
  readonly lost: number;
  readonly added: number;
  /** Matched at IoU 0.5 but not at 0.9. */
  readonly moved: number;
  readonly meanIou: number;
  readonly meanScoreShift: number;
  readonly squeezedScores: SqueezedScoresReport | null;
  readonly perClass: readonly {
    readonly name: string;
    readonly matched: number;
    readonly lost: number;
    readonly added: number;
    readonly scoreShift: number;
    readonly squeezedScores: SqueezedScoresReport | null;
  }[];
}

export interface TimeShares {
  readonly float: number;
  readonly quantized: number;
  /** QuantizeLinear, DequantizeLinear, Cast and layout changes. */
  readonly conversion: number;
  readonly operators: readonly { readonly operator: string; readonly share: number }[];
}

export interface ResultReport {
  readonly precision: Precision;
  readonly target: TargetDescription['name'];
  readonly status: 'ok' | 'detections-lost' | 'non-finite' | 'dropped';
  readonly engine: string | null;
  readonly manifest: string | null;
  readonly sha256: string;
  readonly bytes: number;
  readonly buildSeconds: number;
  readonly latencyMs: LatencyReport;
  readonly endToEndMs: EndToEndReport | null;
  readonly throughput: readonly ThroughputReport[];
  readonly accuracy: AccuracyReport | null;
  readonly agreement: AgreementReport | null;
  readonly detections: number | null;
  readonly scoreHistograms: readonly { readonly name: string; readonly counts: readonly number[] }[];
  readonly timeShares: TimeShares | null;
  readonly quantization: QuantizationReport | null;
  readonly notes: readonly Note[];
}

export interface DrawnBox {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly classIndex: number;
  readonly score: number;
  readonly matched: boolean;
}

export interface DifferingImage {
  readonly precision: Precision;
  readonly file: string;
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly lost: number;
  readonly added: number;
  /** Scores of lost and added boxes and 1 - IoU of each moved one, summed. */
  readonly difference: number;
  readonly reference: readonly DrawnBox[];
  readonly found: readonly DrawnBox[];
}

export interface Report {
  readonly schema: 1;
  readonly run: string;
  readonly startedAt: string;
  readonly seconds: number;
  readonly command: string;
  readonly specification: Specification;
  readonly model: ModelReport;
  readonly preprocessing: Preprocessing;
  readonly environment: Environment;
  readonly calibration: CalibrationReport | null;
  readonly validation: ValidationReport | null;
  /** Absent without labels or a known layout. */
  readonly preprocessingCheck?: PreprocessingCheckReport | undefined;
  readonly results: readonly ResultReport[];
  readonly differingImages: readonly DifferingImage[];
  readonly notes: readonly Note[];
}

/** Pictures for report.html: a data URI of a JPEG for each `DifferingImage.path`. */
export type ReportImages = ReadonlyMap<string, string>;

/** One image as the network gets it, for report.html. */
export interface InputPicture {
  readonly file: string;
  /** As in `TriedPreprocessing`. */
  readonly options: string;
  readonly preprocessing: Preprocessing;
  /** Data URI of a JPEG. */
  readonly source: string;
  /** Labels, in pixels of the network input. */
  readonly boxes: readonly Pick<DrawnBox, 'x1' | 'y1' | 'x2' | 'y2'>[];
}
