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
import { readLabels } from '../../labels/read-labels.ts';
import { OnnxRuntimeEngine } from '../../targets/onnxruntime/engine.ts';
import type { EngineFacts, EvaluationSet } from '../run-inputs.ts';
import { inBatches } from './batches.ts';

export interface EvaluateInput {
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
}

export interface EvaluateOutput {
  /** Null without labels. */
  readonly accuracy: CocoSummary | null;
  readonly agreement: Agreement | null;
  /** Detections from `agreementScore` on. */
  readonly detections: number;
  readonly allDetections: number;
  /** Scores of each class in 20 equal bins. */
  readonly scoreHistograms: readonly { readonly name: string; readonly counts: readonly number[] }[];
  readonly images: readonly EvaluatedImage[];
  readonly unreadable: readonly UnreadableFile[];
  readonly nonFinite: readonly { readonly file: string; readonly outputs: readonly NonFiniteOutput[] }[];
  readonly labels: {
    readonly format: 'coco' | 'yolo' | 'voc';
    readonly boxes: number;
    readonly images: number;
    readonly warnings: readonly string[];
  } | null;
}

export interface EvaluatedImage {
  readonly file: string;
  readonly width: number;
  readonly height: number;
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
  readonly images: readonly EvaluatedImage[];
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
  const images: EvaluatedImage[] = [];
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
    for (const [i, { file, original }] of items.entries()) {
      const found = decoded[i];
      if (found === undefined) throw new Error(`no detections were decoded for ${file}`);
      detections.set(file, found);
      images.push({ file, ...original });
      if (found.nonFinite.length > 0) nonFinite.push({ file, outputs: found.nonFinite });
    }
  }
  return { detections, images, unreadable: reader.unreadable, nonFinite };
}

async function judge(
  detections: ReadonlyMap<string, Detections>,
  input: EvaluateInput,
  work: WorkOptions,
): Promise<Pick<EvaluateOutput, 'accuracy' | 'labels'>> {
  const { labels: source, set } = input.evaluation;
  if (source === null) return { accuracy: null, labels: null };
  const { classNames } = input.facts.layout;
  const truth = await readLabels(source, set, { signal: work.signal, classNames });
  const accuracy = await evaluateDetections(truth, detections);
  return {
    accuracy,
    labels: {
      format: truth.format,
      boxes: truth.images.reduce((sum, image) => sum + image.boxes.length, 0),
      images: truth.images.length,
      warnings: truth.warnings,
    },
  };
}

async function readDetections(path: string): Promise<Map<string, Detections>> {
  return unpackDetections(JSON.parse(await readFile(path, 'utf8')), path);
}

/**
 * Runs an engine over the evaluation set and judges what it finds.
 * @throws Failure of the engine, the images (when none can be read) or the labels; `cancelled` between two batches
 */
export async function evaluate(input: EvaluateInput, work: WorkOptions): Promise<EvaluateOutput> {
  const { detections, images, unreadable, nonFinite } = await detectAll(input, work);
  await writeFileAtomically(input.detectionsPath, JSON.stringify(packDetections(detections)));
  const agreement =
    input.referencePath === null
      ? null
      : compareDetections(
          await readDetections(input.referencePath),
          detections,
          input.facts.layout.classNames,
          { scoreThreshold: input.agreementScore, iou: 0.5, strictIou: 0.9 },
        );
  const scores = [...detections.values()].flatMap((found) => [...found.scores]);
  return {
    ...(await judge(detections, input, work)),
    agreement,
    detections: scores.filter((score) => score >= input.agreementScore).length,
    allDetections: scores.length,
    scoreHistograms: scoreHistograms(detections, input.facts.layout.classNames),
    images,
    unreadable,
    nonFinite,
  };
}
