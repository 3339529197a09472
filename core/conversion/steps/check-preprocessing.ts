/** The step that runs fp32 on a few labelled images prepared in several ways, to see whether the run's own is right. */

import { isFailure } from '../../base/failure.ts';
import { throwIfCancelled, type WorkOptions } from '../../base/work.ts';
import { type DetectionOptions, decodeDetections } from '../../detection/decode.ts';
import type { Detections } from '../../detection/detections.ts';
import { evaluateDetections } from '../../evaluation/coco-map.ts';
import { openImage, UnreadableImage } from '../../images/decode-image.ts';
import { type ImageSet, sampleImages } from '../../images/image-set.ts';
import { placeImage, prepareTensor, tensorLength } from '../../images/preprocess.ts';
import type { Preprocessing } from '../../images/preprocessing.ts';
import type { RgbImage } from '../../images/rgb-image.ts';
import type { GroundTruth } from '../../labels/ground-truth.ts';
import { readLabels } from '../../labels/read-labels.ts';
import { OnnxRuntimeEngine } from '../../targets/onnxruntime/engine.ts';
import { type JudgedVariant, judgePreprocessing, mostCheckedImages } from '../preprocessing-check.ts';
import { type PreprocessingVariant, preprocessingVariants } from '../preprocessing-variants.ts';
import type { InputPicture, PreprocessingCheckReport } from '../report.ts';
import type { EngineFacts } from '../run-inputs.ts';
import { stackImages } from './batches.ts';
import { drawInputs } from './input-pictures.ts';

export interface CheckPreprocessingInput {
  readonly enginePath: string;
  readonly facts: EngineFacts;
  readonly set: ImageSet;
  readonly labels: string;
  readonly detection: DetectionOptions;
}

export interface CheckPreprocessingOutput {
  /** Null where no labelled image can be read. */
  readonly check: PreprocessingCheckReport | null;
  /** One image as the network gets it, in the run's own preprocessing and in the offered one. */
  readonly pictures: readonly InputPicture[];
}

/** Evenly chosen images with something to find, and their labels. */
async function chooseImages(
  { set, labels, facts }: CheckPreprocessingInput,
  { signal }: WorkOptions,
): Promise<{ readonly files: ImageSet['files']; readonly truth: GroundTruth }> {
  const truth = await readLabels(labels, set, { signal, classNames: facts.layout.classNames });
  const labelled = new Set(
    truth.images.filter(({ boxes }) => boxes.some(({ crowd }) => !crowd)).map(({ file }) => file),
  );
  const files = set.files.filter(({ file }) => labelled.has(file));
  return { files: sampleImages({ ...set, files }, mostCheckedImages).files, truth };
}

/** Two variants with the same key make the same tensor of the image. */
function tensorKey(preprocessing: Preprocessing, { width, height }: RgbImage): string {
  const { color, scale, mean, std } = preprocessing;
  return JSON.stringify([color, scale, mean, std, placeImage(preprocessing, width, height)]);
}

const nothing: Detections = {
  count: 0,
  boxes: new Float32Array(0),
  scores: new Float32Array(0),
  classes: new Int32Array(0),
};

/** Runs one engine on one image after the other, prepared in every way that differs. */
class VariantRunner {
  /** Variants that gave another tensor than those before them, on at least one image. */
  readonly distinct = new Set<PreprocessingVariant>();
  readonly #engine: OnnxRuntimeEngine;
  readonly #facts: EngineFacts;
  readonly #detection: DetectionOptions;
  /** Tensors that are filled again for each call. */
  readonly #tensors: readonly Float32Array[];

  constructor(engine: OnnxRuntimeEngine, { facts, detection }: CheckPreprocessingInput, variants: number) {
    this.#engine = engine;
    this.#facts = facts;
    this.#detection = detection;
    const atOnce = Math.min(facts.batch, variants);
    this.#tensors = Array.from({ length: atOnce }, () => new Float32Array(tensorLength(facts.preprocessing)));
  }

  /** @returns one entry for each variant */
  async detect(
    image: RgbImage,
    variants: readonly PreprocessingVariant[],
    signal: AbortSignal | undefined,
  ): Promise<readonly Detections[]> {
    const keys = variants.map(({ preprocessing }) => tensorKey(preprocessing, image));
    const different = variants.filter((_, i) => keys.indexOf(keys[i] ?? '') === i);
    const found = new Map<string, Detections>();
    // The run's own goes alone: what the variants break must not break it.
    const [own, ...others] = different;
    const groups = own === undefined ? [] : [[own]];
    for (let at = 0; at < others.length; at += this.#tensors.length) {
      groups.push(others.slice(at, at + this.#tensors.length));
    }
    for (const group of groups) {
      throwIfCancelled(signal);
      const detections = await this.#run(image, group);
      for (const [i, variant] of group.entries()) {
        this.distinct.add(variant);
        found.set(tensorKey(variant.preprocessing, image), detections[i] ?? nothing);
      }
    }
    return keys.map((key) => found.get(key) ?? nothing);
  }

  async #run(image: RgbImage, group: readonly PreprocessingVariant[]): Promise<readonly Detections[]> {
    const { batch, layout } = this.#facts;
    const prepared = await Promise.all(
      group.map(({ preprocessing }, i) => prepareTensor(image, preprocessing, this.#tensors[i])),
    );
    const tensors = prepared.map(({ tensor }) => tensor);
    const outputs = await this.#engine.run(stackImages(tensors, this.#facts.preprocessing, batch));
    const transforms = prepared.map(({ transform }) => transform);
    try {
      return await decodeDetections(outputs, layout, transforms, this.#detection);
    } catch (error) {
      // Values that the model was not made for may give rows of no class; then this variant finds nothing.
      if (isFailure(error) && error.code === 'bad-input' && group.every(({ changes }) => changes > 0)) {
        return [];
      }
      throw error;
    }
  }
}

async function readImage(path: string, signal: AbortSignal | undefined): Promise<RgbImage | null> {
  try {
    const image = await openImage(path, signal);
    return await image.decode();
  } catch (error) {
    // The evaluation tells of it.
    if (error instanceof UnreadableImage) return null;
    throwIfCancelled(signal);
    throw error;
  }
}

/**
 * Tries the run's preprocessing and its variants on up to 20 evenly chosen labelled images, each read once. Variants
 * that come to the same on all of them (stretching and letterbox, where the ratio is that of the input) are left out.
 * @throws Failure of the engine or the labels; `cancelled` between two calls of the engine
 */
export async function checkPreprocessing(
  input: CheckPreprocessingInput,
  work: WorkOptions,
): Promise<CheckPreprocessingOutput> {
  const { signal } = work;
  const { files, truth } = await chooseImages(input, work);
  const variants = preprocessingVariants(input.facts.preprocessing);
  using engine = await OnnxRuntimeEngine.open(input.enginePath, { threads: input.facts.threads });
  const runner = new VariantRunner(engine, input, variants.length);
  const found = variants.map(() => new Map<string, Detections>());
  const read: ImageSet['files'][number][] = [];
  for (const [i, entry] of files.entries()) {
    work.onProgress?.({ value: i / files.length, description: `image ${i + 1} of ${files.length}` });
    const image = await readImage(entry.path, signal);
    if (image === null) continue;
    read.push(entry);
    const detections = await runner.detect(image, variants, signal);
    for (const [v, each] of detections.entries()) found[v]?.set(entry.file, each);
  }

  const names = new Set(read.map(({ file }) => file));
  const tried = { ...truth, images: truth.images.filter(({ file }) => names.has(file)) };
  const judged: JudgedVariant[] = [];
  for (const [v, variant] of variants.entries()) {
    if (!runner.distinct.has(variant)) continue;
    const { map50, map5095 } = await evaluateDetections(tried, found[v] ?? new Map());
    judged.push({ ...variant, map50: map50 ?? 0, map5095: map5095 ?? 0 });
  }
  const [own, ...others] = judged;
  const [first] = read;
  if (own === undefined || first === undefined) return { check: null, pictures: [] };
  const check = judgePreprocessing(read.length, own, others);
  // Read once more: keeping the pixels of a large image until here would cost more.
  const image = await readImage(first.path, signal);
  const labels = truth.images.find(({ file }) => file === first.file)?.boxes ?? [];
  const shown = check.variants.filter(({ options }) => options === '' || options === check.offered);
  return {
    check,
    pictures: image === null ? [] : await drawInputs({ file: first.file, image, labels }, shown),
  };
}
