/**
 * What a run found in each image, kept beside its engines for looking at: `<model>-<precision>.detections.json` for
 * each precision, written with `keepDetections`. Boxes that nobody would look at are left out.
 */

import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Failure } from '../base/failure.ts';
import { fileFailure, writeFileAtomically } from '../base/files.ts';
import type { Detections } from '../detection/detections.ts';
import { packDetections, packedDetectionsSchema, unpackDetections } from '../evaluation/evaluation-result.ts';
import { precisions } from '../targets/target.ts';

/** Boxes below this score are noise to the eye, and most of what mAP counts. */
export const keptScore = 0.05;

const count = z.int().nonnegative();

/** How an image's boxes differ from fp32's. */
export const keptDifferenceSchema = z
  .object({
    file: z.string(),
    lost: count,
    added: count,
    moved: count,
    /** See `ImageDifference.difference`. */
    difference: z.number(),
  })
  .readonly();
export type KeptDifference = z.infer<typeof keptDifferenceSchema>;

const labelSchema = z
  .object({ classIndex: count, x1: z.number(), y1: z.number(), x2: z.number(), y2: z.number() })
  .readonly();
export type KeptLabel = z.infer<typeof labelSchema>;

export const keptImageSchema = z.object({ file: z.string(), width: count, height: count }).readonly();

const documentSchema = z.object({
  schema: z.literal(1),
  precision: z.enum(precisions),
  /** Detections from this score on are here. */
  scoreThreshold: z.number(),
  classNames: z.array(z.string()).readonly(),
  /** The images that could be read, in the set's order. */
  images: z.array(keptImageSchema).readonly(),
  detections: packedDetectionsSchema,
  /** Images with any difference from fp32, the worst first; empty for fp32 itself. */
  differences: z.array(keptDifferenceSchema).readonly(),
  /** Labelled boxes by file, for fp32 of a run with labels; null otherwise. */
  labels: z.record(z.string(), z.array(labelSchema).readonly()).nullable(),
});

export type KeptDocument = Omit<z.infer<typeof documentSchema>, 'schema' | 'scoreThreshold' | 'detections'>;

export interface KeptDetections extends KeptDocument {
  readonly detections: ReadonlyMap<string, Detections>;
}

/** Name of the detections of an engine: `parts-int8.onnx` has `parts-int8.detections.json`. */
export function detectionsName(engineFile: string): string {
  return `${engineFile.replace(/\.[^.]+$/, '')}.detections.json`;
}

/** Those from `keptScore` on; scores fall, so they are the first ones. */
function worthKeeping(detections: Detections): Detections {
  const below = detections.scores.findIndex((score) => score < keptScore);
  const length = below < 0 ? detections.count : below;
  return {
    count: length,
    boxes: detections.boxes.slice(0, 4 * length),
    scores: detections.scores.slice(0, length),
    classes: detections.classes.slice(0, length),
  };
}

/** @throws Failure `disk-full` or `not-writable` naming the path */
export async function writeKeptDetections(path: string, kept: KeptDetections): Promise<void> {
  const document: z.infer<typeof documentSchema> = {
    schema: 1,
    scoreThreshold: keptScore,
    ...kept,
    detections: packDetections(
      new Map([...kept.detections].map(([file, detections]) => [file, worthKeeping(detections)])),
    ),
  };
  await writeFileAtomically(path, JSON.stringify(document));
}

/** @throws Failure `bad-input` when the file is missing or something else */
export async function readKeptDetections(path: string): Promise<KeptDetections> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fileFailure(error, path, 'read');
  });
  let document: z.infer<typeof documentSchema>;
  try {
    document = documentSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new Failure(
      'bad-input',
      `${path} does not hold detections as this version writes them.`,
      'Repeat the run to write them anew.',
      { cause: error },
    );
  }
  return { ...document, detections: unpackDetections(document.detections, path) };
}
