/** The schema of `report.json`: what a run found, in the form that other programs may rely on. */

import { z } from 'zod';

const count = z.number().int().nonnegative();
const seconds = z.number().nonnegative();
const share = z.number().min(0).max(1);

export const precisionSchema = z.enum(['fp32', 'fp16', 'int8']);
export const targetNameSchema = z.enum(['onnxruntime', 'tensorrt', 'tensorrt-rtx']);
export const methodSchema = z.enum(['minmax', 'entropy', 'percentile', 'mse']);
export const layoutSchema = z.enum(['yolov5', 'yolov8', 'end-to-end', 'nms-rows', 'yolov5-raw', 'none']);

/** A remark for people: what was seen, and what to do about it where something can be done. */
export const noteSchema = z.object({
  severity: z.enum(['info', 'warning', 'error']),
  /** Names the kind of remark for programs, e.g. `int8-not-faster`. */
  code: z.string(),
  message: z.string(),
  tip: z.string().nullable(),
});

export const tensorSchema = z.object({
  name: z.string(),
  dtype: z.string(),
  /** -1 where dynamic. */
  dims: z.array(z.number().int()),
});

export const modelSchema = z.object({
  path: z.string(),
  name: z.string(),
  /** Of the model file and its external data files together. */
  sha256: z.string(),
  bytes: count,
  opset: count,
  nodes: count,
  inputs: z.array(tensorSchema),
  outputs: z.array(tensorSchema),
  layout: layoutSchema,
  layoutReason: z.string(),
  classNames: z.array(z.string()),
});

export const preprocessingSchema = z.object({
  resize: z.enum(['letterbox', 'stretch']),
  width: count,
  height: count,
  color: z.enum(['rgb', 'bgr']),
  scale: z.number(),
  mean: z.tuple([z.number(), z.number(), z.number()]),
  std: z.tuple([z.number(), z.number(), z.number()]),
  pad: z.number(),
  interpolation: z.literal('bilinear'),
});

export const environmentSchema = z.object({
  engineRoom: z.string(),
  node: z.string(),
  operatingSystem: z.string(),
  cpu: z.object({
    model: z.string(),
    logicalCores: count,
    /** Those that matter for int8 and fp16, e.g. `avx2`, `avx512f`, `avx512_vnni`. */
    instructionSets: z.array(z.string()),
  }),
  memoryBytes: count,
  /** Intra-op threads of each engine. */
  threads: count,
  target: z.object({ name: targetNameSchema, version: z.string(), device: z.string() }),
});

/** A histogram of absolute activation values: bin i counts values in [i, i+1) * limit / counts.length. */
export const histogramSchema = z.object({ limit: z.number().nonnegative(), counts: z.array(z.number()) });

export const calibrationRangeSchema = z.object({
  tensor: z.string(),
  /** Symmetric range [-amax, amax] that maps to [-127, 127]; the scale is amax / 127. */
  amax: z.number().nonnegative(),
  /** Smallest and largest value seen. */
  minimum: z.number(),
  maximum: z.number(),
  /** Share of the values beyond amax: they saturate. */
  clipped: share,
  histogram: histogramSchema.nullable(),
});

/** An int8 engine by one of several calibration methods, as it was judged. */
export const methodCandidateSchema = z.object({
  method: methodSchema,
  percentile: z.number().nullable(),
  /** Null without labels. */
  map50: z.number().nullable(),
  map5095: z.number().nullable(),
  /** Part of fp32's detections that it finds too, at IoU 0.5; null where fp32 finds nothing. */
  matchedShare: share.nullable(),
  /** Over matched boxes; null when there are none. */
  meanIou: z.number().nullable(),
  /** Whether all of its outputs were. */
  finite: z.boolean(),
  taken: z.boolean(),
});

/**
 * What about a doubling of the images moved. A tensor's change is |T - T'| / max(T, T') of its amax at the two numbers
 * of images; tensors that are zero throughout do not count.
 */
export const convergencePointSchema = z.object({
  previousImages: count,
  images: count,
  medianChange: share,
  worstChange: share,
  worstTensor: z.string(),
});

export const calibrationSchema = z.object({
  method: methodSchema,
  /** For `percentile`: 0 to 100. */
  percentile: z.number().nullable(),
  /** The image set, as given. */
  source: z.string(),
  images: count,
  key: z.string(),
  /**
   * `computed`: measured in this run; `reused`: from a cache with the same key; `reused-stale`: by the user's order;
   * `imported`: the scales of a TensorRT calibration cache, whose tensors were not observed here.
   */
  cache: z.enum(['computed', 'reused', 'reused-stale', 'imported']),
  cachePath: z.string(),
  /** What was imported: the calibrator and TensorRT version (8503 for 8.5.3) of its first line, and its scales. */
  imported: z.object({ calibrator: z.string(), version: count, scales: count, matched: count }).optional(),
  /** File name in the output folder of the ranges as TensorRT's calibrator reads them; absent without an int8 engine. */
  tensorRtCache: z.string().optional(),
  seconds,
  peakRssBytes: count,
  /** Where several methods were judged, in the order in which they were named; one is taken. */
  candidates: z.array(methodCandidateSchema).optional(),
  /** How the ranges of `method` settled; absent where they came without it, empty for under 12 images. */
  convergence: z.array(convergencePointSchema).optional(),
  ranges: z.array(calibrationRangeSchema),
});

export const validationSchema = z.object({
  source: z.string(),
  labels: z.string().nullable(),
  labelFormat: z.enum(['coco', 'yolo', 'voc']).nullable(),
  images: count,
  boxes: count,
  warnings: z.array(z.string()),
});

/** What fp32 reaches on a few labelled images with the run's preprocessing and with variants of it. */
export const preprocessingCheckSchema = z.object({
  images: count,
  /** The run's own first; `options` select a variant on the command line and are empty for the run's own. */
  variants: z.array(
    z.object({
      options: z.string(),
      preprocessing: preprocessingSchema,
      map50: z.number(),
      map5095: z.number(),
    }),
  ),
  /** `options` of a variant that is clearly better: by 5 points of mAP50-95 and 1.2 times at least. */
  offered: z.string().nullable(),
});

/** Milliseconds of one call of an engine, from `runs` measured calls after `warmup` calls that do not count. */
export const latencySchema = z.object({
  batch: count,
  warmup: count,
  runs: count,
  p50: z.number(),
  p90: z.number(),
  p99: z.number(),
  mean: z.number(),
  min: z.number(),
  max: z.number(),
  standardDeviation: z.number(),
  /** Median absolute deviation from the median. */
  mad: z.number(),
  stable: z.boolean(),
  /** Why the figures are not stable: `drift`, `bimodal`. */
  instability: z.array(z.enum(['drift', 'bimodal'])),
  /** Every measured call, in order. */
  samples: z.array(z.number()),
});

export const endToEndSchema = z.object({
  images: count,
  p50: z.number(),
  p90: z.number(),
  /** Shares of the mean, which add up to 1. */
  shares: z.object({ decode: share, preprocess: share, engine: share, postprocess: share }),
});

export const throughputSchema = z.object({
  batch: count,
  imagesPerSecond: z.number().nonnegative(),
  p50: z.number(),
});

export const classAccuracySchema = z.object({
  name: z.string(),
  /** Null for a class without labelled boxes. */
  ap50: z.number().nullable(),
  ap5095: z.number().nullable(),
  labels: count,
});

export const accuracySchema = z.object({
  map50: z.number(),
  map5095: z.number(),
  perClass: z.array(classAccuracySchema),
  images: count,
  detections: count,
});

/** The boxes are there, but their scores lie in a narrower range; null where that is not so. */
export const squeezedScoresSchema = z
  .object({
    /** Upper decile of the scores over that of the reference. */
    ratio: z.number(),
    /** The score threshold that gives as many detections as the reference has at its own. */
    suggestedThreshold: z.number(),
  })
  .nullable();

export const classAgreementSchema = z.object({
  name: z.string(),
  matched: count,
  lost: count,
  added: count,
  /** Mean of score(this) - score(reference) over matched boxes. */
  scoreShift: z.number(),
  squeezedScores: squeezedScoresSchema,
});

/** Agreement with the reference's detections, matched one to one, class by class, at IoU 0.5. */
export const agreementSchema = z.object({
  reference: z.literal('fp32'),
  /** Detections below this score are not compared. */
  scoreThreshold: z.number(),
  images: count,
  referenceDetections: count,
  detections: count,
  matched: count,
  lost: count,
  added: count,
  /** Matched at IoU 0.5 but not at 0.9. */
  moved: count,
  /** Over matched boxes; 0 when there are none. */
  meanIou: z.number(),
  meanScoreShift: z.number(),
  squeezedScores: squeezedScoresSchema,
  perClass: z.array(classAgreementSchema),
});

/** Scores of all detections of one class in 20 equal bins from 0 to 1. */
export const scoreHistogramSchema = z.object({ name: z.string(), counts: z.array(count) });

/** Where the engine's time goes by what its nodes compute in. */
export const timeSharesSchema = z.object({
  float: share,
  quantized: share,
  conversion: share,
  /** The ten most expensive operator kinds with their share of the time. */
  operators: z.array(z.object({ operator: z.string(), share })),
});

/** How much each layer's quantization disturbs the result, and the search for an engine that keeps --max-map-loss. */
export const searchSchema = z.object({
  /** Points of mAP50-95; null where only sensitivity was asked for, and `reached` then too. */
  limit: z.number().nonnegative().nullable(),
  reached: z.boolean().nullable(),
  /** Layers of the engine that was taken that went back to float, the first ones of `sensitivity`. */
  layersInFloat: count,
  /** In the order in which they were tried, the plain engine first; `loss` against fp32 in points of mAP50-95. */
  candidates: z.array(z.object({ layersInFloat: count, map5095: z.number(), loss: z.number() })),
  /** Whether --search-minutes ended the measuring of sensitivity or the search. */
  outOfTime: z.boolean(),
  /** File name in the output folder of the engine with no layer returned, where another one was taken. */
  plainEngine: z.string().nullable(),
  /** Most sensitive first. */
  sensitivity: z.array(
    z.object({
      name: z.string(),
      /** Signal to noise where decoding starts with this layer alone in int8, decibels; null for no noise at all. */
      sqnrDb: z.number().nullable(),
      /** Its part of the summed noise of all measured layers. */
      noiseShare: share,
    }),
  ),
});

export const quantizationSchema = z.object({
  quantizedNodes: count,
  floatNodes: count,
  quantizedTensors: count,
  /** The groups of nodes that stay in floating point, and why. */
  keptFloat: z.array(z.object({ reason: z.string(), nodes: z.array(z.string()) })),
  /** Absent where neither sensitivity nor a search was needed. */
  search: searchSchema.optional(),
});

export const resultSchema = z.object({
  precision: precisionSchema,
  target: targetNameSchema,
  /** `detections-lost`: under half of the detections of fp32 are left; never a good row. */
  status: z.enum(['ok', 'detections-lost', 'non-finite', 'dropped']),
  /** File name in the output folder; null when it was dropped (--keep-only-if-faster). */
  engine: z.string().nullable(),
  manifest: z.string().nullable(),
  sha256: z.string(),
  bytes: count,
  buildSeconds: seconds,
  latencyMs: latencySchema,
  endToEndMs: endToEndSchema.nullable(),
  throughput: z.array(throughputSchema),
  accuracy: accuracySchema.nullable(),
  agreement: agreementSchema.nullable(),
  detections: count.nullable(),
  scoreHistograms: z.array(scoreHistogramSchema),
  timeShares: timeSharesSchema.nullable(),
  quantization: quantizationSchema.nullable(),
  notes: z.array(noteSchema),
});

/** Corners in pixels of the source image. */
export const drawnBoxSchema = z.object({
  x1: z.number(),
  y1: z.number(),
  x2: z.number(),
  y2: z.number(),
  classIndex: count,
  score: z.number(),
  /** Against the other side at IoU 0.5: matched, or only on this side. */
  matched: z.boolean(),
});

/** An image on which a precision differs much from fp32. */
export const differingImageSchema = z.object({
  precision: precisionSchema,
  /** Name relative to the image set's root. */
  file: z.string(),
  path: z.string(),
  width: count,
  height: count,
  lost: count,
  added: count,
  /** Scores of lost and added boxes and 1 - IoU of each moved one, summed: larger is worse. */
  difference: z.number(),
  reference: z.array(drawnBoxSchema),
  found: z.array(drawnBoxSchema),
});

export const reportSchema = z.object({
  schema: z.literal(1),
  run: z.string(),
  /** ISO 8601, UTC. */
  startedAt: z.string(),
  seconds,
  /** The command line that repeats the run. */
  command: z.string(),
  /** The whole specification with defaults filled in. */
  specification: z.record(z.string(), z.unknown()),
  model: modelSchema,
  preprocessing: preprocessingSchema,
  environment: environmentSchema,
  calibration: calibrationSchema.nullable(),
  validation: validationSchema.nullable(),
  /** Absent without labels or a known layout. */
  preprocessingCheck: preprocessingCheckSchema.optional(),
  results: z.array(resultSchema),
  differingImages: z.array(differingImageSchema),
  notes: z.array(noteSchema),
});

export type Report = z.infer<typeof reportSchema>;
export type ReportResult = z.infer<typeof resultSchema>;
export type ReportNote = z.infer<typeof noteSchema>;
