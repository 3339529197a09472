/** The specification of one run: everything that decides its result, as one JSON document. */

import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { Failure } from '../base/failure.ts';
import type { CalibrationMethod } from '../calibration/ranges.ts';
import { layoutKinds } from '../onnx/output-layout.ts';
import { precisions } from '../targets/target.ts';

export const calibrationMethods = ['minmax', 'entropy', 'percentile', 'mse'] as const;

const path = z.string().min(1, 'must name a path');
const positive = z.number().int().min(1).max(65_536);
const triple = z.tuple([z.number(), z.number(), z.number()]);

/** What the user fixes of the preprocessing; the rest comes from the model and from `defaultPreprocessing`. */
const preprocessingOverrides = z.strictObject({
  resize: z.enum(['letterbox', 'stretch']).optional(),
  width: positive.optional(),
  height: positive.optional(),
  color: z.enum(['rgb', 'bgr']).optional(),
  scale: z.number().positive().optional(),
  mean: triple.optional(),
  std: z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]).optional(),
  pad: z.number().int().min(0).max(255).optional(),
});

const calibrationFields = z.strictObject({
  /** Folder or list file. */
  images: path,
  /** At most this many images, chosen evenly over the sorted set. */
  limit: positive.default(512),
  method: z.enum(calibrationMethods).default('mse'),
  /** Further methods: an int8 engine is built by each, and the run takes the best, see method-choice.ts. */
  alternatives: z.array(z.enum(calibrationMethods)).default([]),
  /** For `percentile`: share of the absolute values, in per cent, that the range covers. */
  percentile: z.number().gt(0).max(100).default(99.99),
  /**
   * Range cache to reuse when its key matches and to write, or a TensorRT calibration cache to import; null:
   * `<model>-ranges.json` in the output folder.
   */
  cache: path.nullable().default(null),
  /** Use the cache even where its key is another one's; the manifest and the report then say so. */
  reuseStale: z.boolean().default(false),
});

/** A method named twice is tried once. */
const calibration = calibrationFields.transform(({ alternatives, ...fields }) => ({
  ...fields,
  alternatives: [...new Set(alternatives)].filter((method) => method !== fields.method),
}));

const validation = z.strictObject({
  images: path,
  /** COCO JSON, folder of YOLO text or VOC XML, or data.yaml; null: only agreement with fp32 is measured. */
  labels: path.nullable().default(null),
  limit: positive.nullable().default(null),
});

const detection = z.strictObject({
  /** Candidates above this score enter NMS and count for mAP. */
  scoreThreshold: z.number().min(0).max(1).default(0.001),
  /** A box goes when its IoU with a better one of its class is above this. */
  iouThreshold: z.number().min(0).max(1).default(0.6),
  /** Per image, over all classes. */
  maxDetections: positive.default(300),
  /** Detections below this score are not compared between precisions. */
  agreementScore: z.number().min(0).max(1).default(0.25),
});

const benchmark = z.strictObject({
  warmup: z.number().int().min(0).max(10_000).default(10),
  runs: z.number().int().min(3).max(100_000).default(100),
  /** Batch sizes for throughput, where the model's batch is dynamic. */
  batches: z.array(positive).default([1, 4, 8]),
  /** Images for the end-to-end latency; 0 leaves it out. */
  endToEndImages: z.number().int().min(0).max(10_000).default(32),
});

const checks = z.strictObject({
  /** Finish with success although a precision lost more than half of fp32's detections. */
  allowLostDetections: z.boolean().default(false),
  /** Drop fp16 and int8 engines that are not at least this many times as fast as fp32; null keeps all. */
  keepOnlyIfFaster: z.number().positive().nullable().default(null),
  /** Largest loss of mAP50-95 against fp32, in points (0.5 is 0.005); null asks for nothing. */
  maxMapLoss: z.number().min(0).nullable().default(null),
});

/** What of the model becomes int8. */
const quantization = z.strictObject({
  /** Names (or first outputs) of layers that stay in float. */
  exclude: z.array(z.string().min(1)).default([]),
  /** List in the report how much each layer's quantization alone disturbs the result. */
  sensitivity: z.boolean().default(false),
  /** Time for measuring sensitivity and for the search that keeps `checks.maxMapLoss`; afterwards the best so far is taken. */
  searchMinutes: z.number().positive().max(100_000).default(10),
});

export const specificationSchema = z.strictObject({
  model: path,
  out: path,
  precisions: z
    .array(z.enum(precisions))
    .min(1, 'must name at least one precision')
    .default([...precisions])
    // fp32 is the reference that everything else is held against, so it is always built.
    .transform((asked) => precisions.filter((p) => p === 'fp32' || asked.includes(p))),
  target: z.enum(['onnxruntime']).default('onnxruntime'),
  threads: z
    .number()
    .int()
    .min(1)
    .max(1024)
    .default(() => availableParallelism()),
  batch: positive.default(1),
  layout: z.enum(['auto', ...layoutKinds]).default('auto'),
  preprocessing: preprocessingOverrides.default({}),
  calibration: calibration.nullable().default(null),
  validation: validation.nullable().default(null),
  quantization: quantization.prefault({}),
  detection: detection.prefault({}),
  benchmark: benchmark.prefault({}),
  checks: checks.prefault({}),
  /** Put what each precision found in every image beside the engines, see kept-detections.ts. */
  keepDetections: z.boolean().default(false),
});

export type Specification = z.infer<typeof specificationSchema>;
/** A specification as the user gives it: only `model` and `out` are required. */
export type SpecificationInput = z.input<typeof specificationSchema>;

/** All methods of a calibration, the run's own first. */
export function methodsOf({
  method,
  alternatives,
  percentile,
}: NonNullable<Specification['calibration']>): readonly [CalibrationMethod, ...CalibrationMethod[]] {
  return [{ method, percentile }, ...alternatives.map((each) => ({ method: each, percentile }))];
}

/** The command-line option for each field, so that a complaint names what the user typed. */
const optionNames: Readonly<Record<string, string>> = {
  model: 'MODEL.onnx',
  out: '--out',
  precisions: '--precision',
  target: '--target',
  threads: '--threads',
  batch: '--batch',
  layout: '--layout',
  'preprocessing.resize': '--resize',
  'preprocessing.width': '--size',
  'preprocessing.height': '--size',
  'preprocessing.color': '--color',
  'preprocessing.scale': '--scale',
  'preprocessing.mean': '--mean',
  'preprocessing.std': '--std',
  'preprocessing.pad': '--pad',
  'calibration.images': '--calibration',
  'calibration.limit': '--calibration-limit',
  'calibration.method': '--method',
  'calibration.alternatives': '--method',
  'calibration.percentile': '--percentile',
  'calibration.cache': '--cache',
  'calibration.reuseStale': '--reuse-stale-cache',
  'validation.images': '--validation',
  'validation.labels': '--labels',
  'validation.limit': '--validation-limit',
  'quantization.exclude': '--exclude',
  'quantization.sensitivity': '--sensitivity',
  'quantization.searchMinutes': '--search-minutes',
  'detection.scoreThreshold': '--score-threshold',
  'detection.iouThreshold': '--iou-threshold',
  'detection.maxDetections': '--max-detections',
  'detection.agreementScore': '--agreement-score',
  'benchmark.warmup': '--warmup',
  'benchmark.runs': '--runs',
  'benchmark.batches': '--batches',
  'benchmark.endToEndImages': '--end-to-end-images',
  'checks.allowLostDetections': '--allow-lost-detections',
  'checks.keepOnlyIfFaster': '--keep-only-if-faster',
  'checks.maxMapLoss': '--max-map-loss',
  keepDetections: '--keep-detections',
};

/** The name of the option behind a field such as `['calibration', 'limit']`, or the field itself. */
export function optionName(field: readonly PropertyKey[]): string {
  for (let length = field.length; length > 0; length--) {
    const name = optionNames[field.slice(0, length).join('.')];
    if (name !== undefined) return name;
  }
  return field.map(String).join('.') || 'the specification';
}

/**
 * Checks a specification and fills in the defaults.
 * @throws Failure `bad-usage` naming the option at fault.
 */
export function parseSpecification(input: unknown): Specification {
  const parsed = specificationSchema.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const name = optionName(issue?.path ?? []);
    throw new Failure(
      'bad-usage',
      `${name} is not usable: ${issue?.message ?? 'unknown problem'}.`,
      `Correct ${name}; engineroom convert --help lists what it takes.`,
    );
  }
  const specification = parsed.data;
  if (specification.precisions.includes('int8') && specification.calibration === null) {
    throw new Failure(
      'bad-usage',
      'int8 needs images to calibrate with, and --calibration names none.',
      'Give --calibration a folder of typical images (labels are not needed), or leave int8 out of --precision.',
    );
  }
  const { exclude, sensitivity } = specification.quantization;
  if (!specification.precisions.includes('int8') && (exclude.length > 0 || sensitivity)) {
    throw new Failure(
      'bad-usage',
      `${exclude.length > 0 ? '--exclude' : '--sensitivity'} has no effect without int8.`,
      'Add int8 to --precision, or leave the option out.',
    );
  }
  if (specification.calibration?.reuseStale && specification.calibration.alternatives.length > 0) {
    throw new Failure(
      'bad-usage',
      '--reuse-stale-cache goes with one --method: ranges of other inputs say nothing about which method is best.',
      'Leave --reuse-stale-cache out, or name one method.',
    );
  }
  const { width, height } = specification.preprocessing;
  if ((width === undefined) !== (height === undefined)) {
    throw new Failure('bad-usage', '--size has one side only.', 'Give both, e.g. --size 640x640.');
  }
  if (specification.checks.maxMapLoss !== null && specification.validation?.labels == null) {
    throw new Failure(
      'bad-usage',
      '--max-map-loss cannot be checked without labelled images.',
      'Add --validation IMAGES --labels LABELS.',
    );
  }
  return specification;
}
