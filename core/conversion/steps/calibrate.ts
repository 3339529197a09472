/** The step that observes the activations of the prepared model over the calibration set and chooses their ranges. */

import { partOfProgress, throwIfCancelled, type WorkOptions } from '../../base/work.ts';
import { collectStatistics } from '../../calibration/collect.ts';
import { calibrationKey } from '../../calibration/key.ts';
import { makeRangeCache, writeRangeCache } from '../../calibration/range-cache.ts';
import { type CalibrationMethod, type CalibrationRange, rangesFrom } from '../../calibration/ranges.ts';
import type { DisplayHistogram } from '../../calibration/statistics.ts';
import { adviseOnCalibrationSet } from '../../images/calibration-advice.ts';
import { fingerprintImages } from '../../images/fingerprint.ts';
import type { ImageSet } from '../../images/image-set.ts';
import { readTensors, type UnreadableFile } from '../../images/read-images.ts';
import { readModel, writeModel } from '../../onnx/model-file.ts';
import { planQuantization } from '../../quantization/plan.ts';
import { OnnxRuntimeEngine } from '../../targets/onnxruntime/engine.ts';
import type { EngineFacts } from '../run-inputs.ts';
import { inBatches } from './batches.ts';
import { findCachedRanges, type ImportedCache, importTensorRtRanges } from './cached-ranges.ts';
import { withOutputs } from './observed-model.ts';

export interface CalibrateInput {
  readonly preparedPath: string;
  /** Hash of the user's model; part of the key. */
  readonly modelSha256: string;
  /** A work file: the prepared model with the observed tensors as its outputs. */
  readonly observedPath: string;
  readonly facts: EngineFacts;
  readonly set: ImageSet;
  readonly method: CalibrationMethod;
  /** Cache to look for: our own, or TensorRT's in its text form. */
  readonly cachePath: string;
  readonly reuseStale: boolean;
  /** Where the ranges are written; the caller puts the file in its place. */
  readonly rangesPath: string;
}

export interface CalibrateOutput {
  readonly ranges: readonly CalibrationRange[];
  /** By tensor; only where the ranges were computed in this run. */
  readonly histograms: ReadonlyMap<string, DisplayHistogram>;
  /** Of the calibration; of an imported cache the hash of its file. */
  readonly key: string;
  readonly cache: 'computed' | 'reused' | 'reused-stale' | 'imported';
  /** What was imported; null for ranges of our own. */
  readonly imported: ImportedCache | null;
  /** Why the cache that was found does not fit; empty when it does or there was none. */
  readonly staleReasons: readonly string[];
  readonly images: number;
  readonly unreadable: readonly UnreadableFile[];
  readonly advice: readonly string[];
  readonly seconds: number;
  readonly peakRssBytes: number;
}

/** Writes the model to observe. The network's own input is at hand anyway. */
async function writeObserved(
  preparedPath: string,
  observedPath: string,
  work: WorkOptions,
): Promise<readonly string[]> {
  const prepared = await readModel(preparedPath, work);
  const tensors = planQuantization(prepared).tensors.map(({ tensor }) => tensor);
  await writeModel(withOutputs(prepared, tensors), observedPath);
  return tensors;
}

interface Observed {
  readonly ranges: readonly CalibrationRange[];
  readonly histograms: ReadonlyMap<string, DisplayHistogram>;
  readonly images: number;
  readonly unreadable: readonly UnreadableFile[];
  readonly constantColour: readonly string[];
}

async function observe(
  input: CalibrateInput,
  tensors: readonly string[],
  work: WorkOptions,
): Promise<Observed> {
  const { facts, set } = input;
  using engine = await OnnxRuntimeEngine.open(input.observedPath, { threads: facts.threads });
  const [image] = engine.inputs;
  if (image === undefined) throw new Error('an engine has an image input');
  // The ranges must not depend on the engine's batch, so a model that takes single images gets them.
  const batch = facts.dynamicBatch ? 1 : facts.batch;
  const { width, height } = facts.preprocessing;
  const reader = readTensors(set, facts.preprocessing, { signal: work.signal, recycle: batch === 1 });
  const constantColour: string[] = [];
  let images = 0;
  async function* batches() {
    for await (const { items, input: tensor } of inBatches(reader, facts.preprocessing, batch)) {
      images += items.length;
      for (const item of items) if (item.constantColour) constantColour.push(item.file);
      yield { file: items.map(({ file }) => file).join(', '), tensor: tensor.data };
    }
  }
  using statistics = await collectStatistics(
    {
      tensors,
      input: { name: image.name, dims: [batch, 3, height, width] },
      images: batches(),
      total: Math.ceil(set.files.length / batch),
      run: (tensor) => engine.run(tensor),
    },
    work,
  );
  work.onProgress?.({ value: 1, description: `choosing the ranges of ${tensors.length} tensors` });
  const ranges = await rangesFrom(statistics, input.method);
  throwIfCancelled(work.signal);
  const histograms = new Map<string, DisplayHistogram>();
  for (const { tensor } of ranges) {
    const histogram = statistics.histogramForDisplay(tensor);
    if (histogram !== undefined) histograms.set(tensor, histogram);
  }
  return { ranges, histograms, images, unreadable: reader.unreadable, constantColour };
}

/**
 * Ranges for every tensor that the quantization plan asks for, from TensorRT's cache, a fresh one of ours or the images.
 * @throws Failure when no image can be read, an activation is not finite, the cache is no cache or TensorRT's lacks a
 *   tensor; `cancelled`
 */
export async function calibrate(input: CalibrateInput, work: WorkOptions): Promise<CalibrateOutput> {
  const started = performance.now();
  const measure = () => ({
    seconds: (performance.now() - started) / 1000,
    // Kilobytes on every system that Node runs on.
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  });
  const notObserved = { histograms: new Map(), unreadable: [], advice: [] };
  const tensors = await writeObserved(input.preparedPath, input.observedPath, { signal: work.signal });
  const imported = await importTensorRtRanges(input.cachePath, tensors);
  if (imported !== null) {
    const { ranges, key, cache } = imported;
    return {
      ...notObserved,
      ranges,
      key,
      cache: 'imported',
      imported: cache,
      staleReasons: [],
      images: 0,
      ...measure(),
    };
  }
  const fingerprint = await fingerprintImages(input.set, {
    signal: work.signal,
    onProgress: partOfProgress(work, 0, 0.05),
  });
  const key = calibrationKey({
    model: input.modelSha256,
    images: { fingerprint: fingerprint.sha256, count: input.set.files.length },
    preprocessing: input.facts.preprocessing,
    ...input.method,
  });
  const found = await findCachedRanges(input.cachePath, key, tensors, input.reuseStale);
  if (found.ranges !== null) {
    return {
      ...notObserved,
      ranges: found.ranges,
      key: key.key,
      cache: found.state,
      imported: null,
      staleReasons: found.staleReasons,
      images: found.images,
      ...measure(),
    };
  }
  const observed = await observe(input, tensors, {
    signal: work.signal,
    onProgress: partOfProgress(work, 0.05, 0.95),
  });
  const unreadable = new Set(observed.unreadable.map(({ file }) => file));
  const used = input.set.files.map(({ file }) => file).filter((file) => !unreadable.has(file));
  await writeRangeCache(input.rangesPath, makeRangeCache(key, used, observed.ranges));
  return {
    ranges: observed.ranges,
    histograms: observed.histograms,
    key: key.key,
    cache: 'computed',
    imported: null,
    staleReasons: found.staleReasons,
    images: observed.images,
    unreadable: observed.unreadable,
    advice: adviseOnCalibrationSet({
      usable: observed.images,
      unreadable: observed.unreadable,
      duplicates: fingerprint.duplicates,
      constantColour: observed.constantColour,
    }),
    ...measure(),
  };
}
