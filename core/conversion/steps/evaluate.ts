/** The step that runs an engine over the evaluation set: detections, their accuracy, their agreement with fp32. */

import { readFile } from 'node:fs/promises';
import { writeFileAtomically } from '../../base/files.ts';
import { throwIfCancelled, type WorkOptions } from '../../base/work.ts';
import { type DetectionOptions, decodeDetections, type NonFiniteOutput } from '../../detection/decode.ts';
import type { Detections } from '../../detection/detections.ts';
import { compareDetections } from '../../evaluation/agreement.ts';
import { evaluateDetections } from '../../evaluation/coco-map.ts';
import {
  type Agreement,
  type CocoSummary,
  packDetections,
  unpackDetections,
} from '../../evaluation/evaluation-result.ts';
import { readTensors, type UnreadableFile } from '../../images/read-images.ts';
import type { GroundTruth, LabelBox } from '../../labels/ground-truth.ts';
import { readLabels } from '../../labels/read-labels.ts';
import { OnnxRuntimeEngine } from '../../targets/onnxruntime/engine.ts';
import type { Precision } from '../../targets/target.ts';
import { type ComparedSets, differingImages } from '../differing-images.ts';
import { type KeptDifference, type KeptLabel, writeKeptDetections } from '../kept-detections.ts';
import type { DifferingImage } from '../report.ts';
import type { EngineFacts, EvaluationSet } from '../run-inputs.ts';
import { inBatches } from './batches.ts';

export interface EvaluateInput {
  readonly precision: Precision;
  readonly enginePath: string;
  readonly facts: EngineFacts;
  readonly evaluation: EvaluationSet;
  readonly detection: DetectionOptions;
  /** Where the detections go, for the comparison of later precisions with these. */
  readonly detectionsPath: string;
  /** Detections of fp32; null for fp32 itself. */
  readonly referencePath: string | null;
  /** Detections from this score on are compared. */
  readonly agreementScore: number;
  /** Where the detections go that are kept for looking at; null keeps none. */
  readonly keepPath: string | null;
}

/** Labelled boxes by file, corners in pixels of the source image. */
export type TruthBoxes = ReadonlyMap<string, readonly LabelBox[]>;

export interface EvaluateOutput {
  /** Null without labels. */
  readonly accuracy: CocoSummary | null;
  readonly agreement: Agreement | null;
  /** Detections from `agreementScore` on. */
  readonly detections: number;
  readonly allDetections: number;
  /** Scores of each class in 20 equal bins. */
  readonly scoreHistograms: readonly { readonly name: string; readonly counts: readonly number[] }[];
  /** Images that could be read. */
  readonly images: number;
  /** The images on which it differs most from fp32, and the labels of these. */
  readonly differing: readonly DifferingImage[];
  readonly truth: TruthBoxes;
  readonly unreadable: readonly UnreadableFile[];
  readonly nonFinite: readonly { readonly file: string; readonly outputs: readonly NonFiniteOutput[] }[];
  readonly labels: {
    readonly format: 'coco' | 'yolo' | 'voc';
    readonly boxes: number;
    readonly images: number;
    readonly warnings: readonly string[];
  } | null;
}

const scoreBins = 20;

function scoreHistograms(
  detections: ReadonlyMap<string, Detections>,
  classNames: readonly string[],
): EvaluateOutput['scoreHistograms'] {
  const counts = classNames.map(() => new Array<number>(scoreBins).fill(0));
  for (const { scores, classes } of detections.values()) {
    for (const [i, score] of scores.entries()) {
      const bins = counts[classes[i] ?? -1];
      const bin = Math.min(scoreBins - 1, Math.floor(score * scoreBins));
      if (bins !== undefined) bins[bin] = (bins[bin] ?? 0) + 1;
    }
  }
  return classNames.map((name, i) => ({ name, counts: counts[i] ?? [] }));
}

interface Found {
  readonly detections: Map<string, Detections>;
  readonly images: ComparedSets['images'];
  readonly unreadable: readonly UnreadableFile[];
  readonly nonFinite: EvaluateOutput['nonFinite'];
}

/** Runs the engine over all readable images, in the set's order. */
async function detectAll(input: EvaluateInput, work: WorkOptions): Promise<Found> {
  const { facts, evaluation, detection } = input;
  const { batch, layout, preprocessing } = facts;
  using engine = await OnnxRuntimeEngine.open(input.enginePath, { threads: facts.threads });
  const reader = readTensors(evaluation.set, preprocessing, {
    ...work,
    // A batch holds several tensors at a time, so each needs its own.
    recycle: batch === 1,
  });
  const detections = new Map<string, Detections>();
  const images = new Map<string, { width: number; height: number; path: string }>();
  const nonFinite: { file: string; outputs: readonly NonFiniteOutput[] }[] = [];
  for await (const { items, input: tensor } of inBatches(reader, preprocessing, batch)) {
    throwIfCancelled(work.signal);
    const outputs = await engine.run(tensor);
    const decoded = await decodeDetections(
      outputs,
      layout,
      items.map(({ transform }) => transform),
      detection,
    );
    for (const [i, { file, index, original }] of items.entries()) {
      const found = decoded[i];
      if (found === undefined) throw new Error(`no detections were decoded for ${file}`);
      detections.set(file, found);
      images.set(file, { ...original, path: evaluation.set.files[index]?.path ?? file });
      if (found.nonFinite.length > 0) nonFinite.push({ file, outputs: found.nonFinite });
    }
  }
  return { detections, images, unreadable: reader.unreadable, nonFinite };
}

/**
 * The labels of the images that could be decoded. Labels that state image sizes know of broken files too, others do
 * not: what nobody can look at counts as missed in neither form.
 */
async function readTruth(
  input: EvaluateInput,
  decoded: Found['images'],
  work: WorkOptions,
): Promise<GroundTruth | null> {
  const { labels, set } = input.evaluation;
  if (labels === null) return null;
  const { classNames } = input.facts.layout;
  const truth = await readLabels(labels, set, { signal: work.signal, classNames });
  return { ...truth, images: truth.images.filter(({ file }) => decoded.has(file)) };
}

function truthOf(truth: GroundTruth | null, files: readonly string[]): TruthBoxes {
  const wanted = new Set(files);
  return new Map(
    (truth?.images ?? []).filter(({ file }) => wanted.has(file)).map(({ file, boxes }) => [file, boxes]),
  );
}

async function readDetections(path: string): Promise<Map<string, Detections>> {
  return unpackDetections(JSON.parse(await readFile(path, 'utf8')), path);
}

async function compare(
  input: EvaluateInput,
  referencePath: string,
  { detections, images }: Found,
): Promise<{
  readonly agreement: Agreement;
  readonly differing: readonly DifferingImage[];
  readonly differences: readonly KeptDifference[];
}> {
  const reference = await readDetections(referencePath);
  const agreement = compareDetections(reference, detections, input.facts.layout.classNames, {
    scoreThreshold: input.agreementScore,
    iou: 0.5,
    strictIou: 0.9,
  });
  return {
    // The whole list of differences may be long; what is shown of it has been drawn.
    agreement: { ...agreement, differences: [] },
    differing: differingImages(input.precision, { agreement, reference, found: detections, images }),
    differences: agreement.differences.map(({ file, lost, added, moved, difference }) => ({
      file,
      lost: lost.length,
      added: added.length,
      moved: moved.length,
      difference,
    })),
  };
}

function keptLabels(truth: GroundTruth): Record<string, KeptLabel[]> {
  return Object.fromEntries(
    truth.images.map(({ file, boxes }) => [
      file,
      boxes.map(({ classIndex, x1, y1, x2, y2 }) => ({ classIndex, x1, y1, x2, y2 })),
    ]),
  );
}

async function keepDetections(
  input: EvaluateInput,
  path: string,
  { detections, images }: Found,
  truth: GroundTruth | null,
  differences: readonly KeptDifference[],
): Promise<void> {
  await writeKeptDetections(path, {
    precision: input.precision,
    classNames: input.facts.layout.classNames,
    images: [...images].map(([file, { width, height }]) => ({ file, width, height })),
    detections,
    differences,
    // The same for all precisions, so once is enough.
    labels: input.precision === 'fp32' && truth !== null ? keptLabels(truth) : null,
  });
}

/**
 * Runs an engine over the evaluation set and judges what it finds.
 * @throws Failure of the engine, the images (when none can be read) or the labels; `cancelled` between two batches
 */
export async function evaluate(input: EvaluateInput, work: WorkOptions): Promise<EvaluateOutput> {
  const found = await detectAll(input, work);
  await writeFileAtomically(input.detectionsPath, JSON.stringify(packDetections(found.detections)));
  const truth = await readTruth(input, found.images, work);
  const compared = input.referencePath === null ? null : await compare(input, input.referencePath, found);
  if (input.keepPath !== null) {
    await keepDetections(input, input.keepPath, found, truth, compared?.differences ?? []);
  }
  const scores = [...found.detections.values()].flatMap((each) => [...each.scores]);
  return {
    accuracy: truth && (await evaluateDetections(truth, found.detections)),
    labels: truth && {
      format: truth.format,
      boxes: truth.images.reduce((sum, image) => sum + image.boxes.length, 0),
      images: truth.images.length,
      warnings: truth.warnings,
    },
    agreement: compared?.agreement ?? null,
    differing: compared?.differing ?? [],
    truth: truthOf(truth, compared?.differing.map(({ file }) => file) ?? []),
    detections: scores.filter((score) => score >= input.agreementScore).length,
    allDetections: scores.length,
    scoreHistograms: scoreHistograms(found.detections, input.facts.layout.classNames),
    images: found.images.size,
    unreadable: found.unreadable,
    nonFinite: found.nonFinite,
  };
}
