/** What evaluation hands on: figures and boxes as plain data that a worker process can write to a file and read back. */

import { z } from 'zod';
import { Failure } from '../base/failure.ts';
import type { Detections } from '../detection/detections.ts';

const count = z.int().nonnegative();
/** 0 to 1, or null where there was nothing to find. */
const share = z.number().min(0).max(1).nullable();

export const classAccuracySchema = z
  .object({
    name: z.string(),
    ap50: share,
    ap5095: share,
    /** Boxes to find: all but crowds. */
    groundTruthBoxes: count,
  })
  .readonly();
export type ClassAccuracy = z.infer<typeof classAccuracySchema>;

/** COCO's twelve figures, each 0 to 1, or null where there was nothing to find. */
export const cocoSummarySchema = z
  .object({
    map5095: share,
    map50: share,
    map75: share,
    /** mAP50-95 of labels up to 32 x 32 pixels, up to 96 x 96 and above. */
    small: share,
    medium: share,
    large: share,
    /** Mean recall with at most 1, 10 and 100 detections of a class in an image. */
    ar1: share,
    ar10: share,
    ar100: share,
    arSmall: share,
    arMedium: share,
    arLarge: share,
    images: count,
    /** Detections in these images, before COCO's cut at 100 of a class in an image. */
    detections: count,
    perClass: z.array(classAccuracySchema).readonly(),
  })
  .readonly();
export type CocoSummary = z.infer<typeof cocoSummarySchema>;

export const detectedBoxSchema = z
  .object({
    classIndex: count,
    score: z.number(),
    /** x1 y1 x2 y2 in pixels of the source image. */
    corners: z.tuple([z.number(), z.number(), z.number(), z.number()]).readonly(),
  })
  .readonly();
export type DetectedBox = z.infer<typeof detectedBoxSchema>;

export const imageDifferenceSchema = z
  .object({
    file: z.string(),
    /** Scores of lost and added boxes, plus 1 - IoU of each moved one, summed. */
    difference: z.number(),
    matched: count,
    /** `otherScore` is what the other precision gives the same box, below the threshold; null when it has none. */
    lost: z
      .array(z.object({ box: detectedBoxSchema, otherScore: z.number().nullable() }).readonly())
      .readonly(),
    added: z.array(detectedBoxSchema).readonly(),
    moved: z
      .array(z.object({ reference: detectedBoxSchema, other: detectedBoxSchema, iou: z.number() }).readonly())
      .readonly(),
  })
  .readonly();
export type ImageDifference = z.infer<typeof imageDifferenceSchema>;

/** Score in the other precision minus score in the reference, over boxes that both have. */
export const scoreShiftSchema = z
  .object({
    pairs: count,
    mean: z.number(),
    p05: z.number(),
    p25: z.number(),
    p50: z.number(),
    p75: z.number(),
    p95: z.number(),
  })
  .readonly();
export type ScoreShift = z.infer<typeof scoreShiftSchema>;

/** The other precision finds the boxes but scores them in a narrower range. */
export const squeezedScoresSchema = z
  .object({
    /** Upper decile of its scores over the reference's, for boxes that both have. */
    ratio: z.number(),
    /** Score threshold at which it has as many detections as the reference at its own. */
    suggestedThreshold: z.number(),
  })
  .readonly();
export type SqueezedScores = z.infer<typeof squeezedScoresSchema>;

/** Detections by score in 20 bins of width 0.05; the last takes in 1. */
const histogram = z.array(count).length(20).readonly();

const agreementCounts = {
  /** Detections at or above the score threshold. */
  referenceCount: count,
  otherCount: count,
  /** Boxes that both have, moved ones among them. */
  matched: count,
  moved: count,
  lost: count,
  added: count,
  /** Mean IoU of the matched boxes. */
  meanIou: share,
  scoreShift: scoreShiftSchema.nullable(),
  squeezedScores: squeezedScoresSchema.nullable(),
};

export const classAgreementSchema = z
  .object({
    name: z.string(),
    ...agreementCounts,
    /** All detections, those below the score threshold too. */
    referenceHistogram: histogram,
    otherHistogram: histogram,
  })
  .readonly();
export type ClassAgreement = z.infer<typeof classAgreementSchema>;

export const agreementSchema = z
  .object({
    scoreThreshold: z.number(),
    /** A box of the other precision is the reference's box from this IoU on ... */
    iou: z.number(),
    /** ... and counts as moved below this one. */
    strictIou: z.number(),
    images: count,
    ...agreementCounts,
    /** The other precision has none, or fewer than half, of the reference's detections: an error state. */
    detectionsLost: z.boolean(),
    /** Fewer than half of the reference's boxes are matched, however many detections there are: an error state. */
    boxesDisagree: z.boolean(),
    perClass: z.array(classAgreementSchema).readonly(),
    /** Images with any difference, the worst first. */
    differences: z.array(imageDifferenceSchema).readonly(),
  })
  .readonly();
export type Agreement = z.infer<typeof agreementSchema>;

/** Detections of many images as columns: numbers in base64 of little-endian 32-bit values, a row for each box. */
export const packedDetectionsSchema = z
  .object({
    files: z.array(z.string()).readonly(),
    /** Boxes of each file; files follow one another in the columns. */
    counts: z.array(count).readonly(),
    // Plain strings: a pattern over many megabytes exhausts the stack of regular expressions. Lengths tell a wrong one.
    boxes: z.string(),
    scores: z.string(),
    classes: z.string(),
  })
  .readonly();
export type PackedDetections = z.infer<typeof packedDetectionsSchema>;

export function packDetections(detections: ReadonlyMap<string, Detections>): PackedDetections {
  const images = [...detections.values()];
  return {
    files: [...detections.keys()],
    counts: images.map((image) => image.count),
    boxes: toBase64(images.map((image) => image.boxes)),
    scores: toBase64(images.map((image) => image.scores)),
    classes: toBase64(images.map((image) => image.classes)),
  };
}

/**
 * Reads what `packDetections` wrote.
 *
 * @param value parsed JSON.
 * @param source file that it came from, for the message.
 * @throws Failure `bad-input` when it is something else or its columns differ in length.
 */
export function unpackDetections(value: unknown, source: string): Map<string, Detections> {
  const parsed = packedDetectionsSchema.safeParse(value);
  const columns = parsed.success ? columnsOf(parsed.data) : undefined;
  if (!parsed.success || !columns) {
    throw new Failure(
      'bad-input',
      `${source} does not hold detections as this version writes them.`,
      'Run the evaluation again to write it anew.',
      { cause: parsed.error },
    );
  }
  const detections = new Map<string, Detections>();
  let start = 0;
  for (const [i, file] of parsed.data.files.entries()) {
    const end = start + (parsed.data.counts[i] ?? 0);
    detections.set(file, {
      count: end - start,
      boxes: columns.boxes.slice(4 * start, 4 * end),
      scores: columns.scores.slice(start, end),
      classes: columns.classes.slice(start, end),
    });
    start = end;
  }
  return detections;
}

function columnsOf({ files, counts, boxes, scores, classes }: PackedDetections) {
  const rows = counts.reduce((sum, n) => sum + n, 0);
  const bytes = [boxes, scores, classes].map((text) => Buffer.from(text, 'base64'));
  const [box, score, category] = bytes;
  if (!box || !score || !category || files.length !== counts.length) return undefined;
  if (box.length !== 16 * rows || score.length !== 4 * rows || category.length !== 4 * rows) return undefined;
  return {
    boxes: Float32Array.from({ length: 4 * rows }, (_, i) => box.readFloatLE(4 * i)),
    scores: Float32Array.from({ length: rows }, (_, i) => score.readFloatLE(4 * i)),
    classes: Int32Array.from({ length: rows }, (_, i) => category.readInt32LE(4 * i)),
  };
}

/** Every machine that Node runs on with ONNX Runtime is little-endian, so the arrays' own bytes are the form. */
function toBase64(columns: readonly (Float32Array | Int32Array)[]): string {
  return Buffer.concat(columns.map((c) => Buffer.from(c.buffer, c.byteOffset, c.byteLength))).toString(
    'base64',
  );
}
