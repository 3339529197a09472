/** The step that observes the activations of the prepared model over the calibration set and chooses their ranges. */

import { partOfProgress, type WorkOptions } from '../../base/work.ts';
import type { ConvergencePoint } from '../../calibration/convergence.ts';
import { type CalibrationKey, calibrationKey } from '../../calibration/key.ts';
import { makeRangeCache, type RangeCacheEntry, writeRangeCache } from '../../calibration/range-cache.ts';
import type { CalibrationMethod, CalibrationRange } from '../../calibration/ranges.ts';
import type { DisplayHistogram } from '../../calibration/statistics.ts';
import { adviseOnCalibrationSet } from '../../images/calibration-advice.ts';
import { fingerprintImages } from '../../images/fingerprint.ts';
import type { ImageSet } from '../../images/image-set.ts';
import type { UnreadableFile } from '../../images/read-images.ts';
import { readModel, writeModel } from '../../onnx/model-file.ts';
import { planQuantization } from '../../quantization/plan.ts';
import type { EngineFacts } from '../run-inputs.ts';
import { findCachedRanges, type ImportedCache, importTensorRtRanges } from './cached-ranges.ts';
import { observeActivations } from './observe-activations.ts';
import { type ExtremeOutputs, withExtremes, withOutputs } from './observed-model.ts';

export interface CalibrateInput {
  readonly preparedPath: string;
  /** Hash of the user's model; part of the key. */
  readonly modelSha256: string;
  /** A work file: the prepared model with the observed tensors as its outputs. */
  readonly observedPath: string;
  readonly facts: EngineFacts;
  readonly set: ImageSet;
  readonly method: CalibrationMethod;
  /** Further methods, on the same statistics; the run judges which one it takes. */
  readonly alternatives?: readonly CalibrationMethod[] | undefined;
  /** Cache to look for: our own, or TensorRT's in its text form. */
  readonly cachePath: string;
  readonly reuseStale: boolean;
  /** Where the ranges are written; the caller puts the file in its place. */
  readonly rangesPath: string;
}

/** What one method chose. */
export interface CalibratedMethod extends CalibrationMethod {
  readonly ranges: readonly CalibrationRange[];
  /** Of the calibration; of an imported cache the hash of its file. */
  readonly key: string;
  /** How the ranges settled with the number of images; null where the cache does not tell. */
  readonly convergence: readonly ConvergencePoint[] | null;
}

/** The figures of the run's method, and what all methods have in common. */
export interface CalibrateOutput extends CalibratedMethod {
  /** In the order in which they were asked for; empty for imported ranges, which come with a method of their own. */
  readonly alternatives: readonly CalibratedMethod[];
  /** By tensor; only where the ranges were computed in this run. */
  readonly histograms: ReadonlyMap<string, DisplayHistogram>;
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

interface ObservedModel {
  readonly tensors: readonly string[];
  readonly extremes: ReadonlyMap<string, ExtremeOutputs> | null;
}

/**
 * Writes the model to observe. The network's own input is at hand anyway.
 * @param extremesOnly when every method asked for needs no more than the extremes
 */
async function writeObserved(
  preparedPath: string,
  observedPath: string,
  extremesOnly: boolean,
  work: WorkOptions,
): Promise<ObservedModel> {
  const prepared = await readModel(preparedPath, work);
  const tensors = planQuantization(prepared).tensors.map(({ tensor }) => tensor);
  if (extremesOnly) {
    const { model, extremes } = withExtremes(prepared, tensors);
    await writeModel(model, observedPath);
    return { tensors, extremes };
  }
  await writeModel(withOutputs(prepared, tensors), observedPath);
  return { tensors, extremes: null };
}

interface WantedMethod {
  readonly method: CalibrationMethod;
  readonly name: CalibrationKey;
}

/** The run's own first. */
type WantedMethods = readonly [WantedMethod, ...WantedMethod[]];

type ChosenRanges = Pick<RangeCacheEntry, 'ranges' | 'convergence'>;

/** @param chosen from a cache or in this run, by the key that was asked for */
function chosenFor({ key, parts }: CalibrationKey, chosen: ReadonlyMap<string, ChosenRanges>): ChosenRanges {
  const found = chosen.get(key);
  if (found === undefined) throw new Error(`there are no ranges by ${parts.method}`);
  return found;
}

function calibratedMethods(
  [own, ...others]: WantedMethods,
  chosen: ReadonlyMap<string, ChosenRanges>,
): CalibratedMethod & Pick<CalibrateOutput, 'alternatives'> {
  const calibrated = ({ method, name }: WantedMethod): CalibratedMethod => {
    const { ranges, convergence = null } = chosenFor(name, chosen);
    return { ...method, key: name.key, ranges, convergence };
  };
  return { ...calibrated(own), alternatives: others.map(calibrated) };
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
  const asked = [input.method, ...(input.alternatives ?? [])];
  const { tensors, extremes } = await writeObserved(
    input.preparedPath,
    input.observedPath,
    asked.every(({ method }) => method === 'minmax'),
    { signal: work.signal },
  );
  const imported = await importTensorRtRanges(input.cachePath, tensors);
  if (imported !== null) {
    const { ranges, key, cache } = imported;
    return {
      ...notObserved,
      ...input.method,
      ranges,
      key,
      convergence: null,
      alternatives: [],
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
  const want = (method: CalibrationMethod): WantedMethod => ({
    method,
    name: calibrationKey({
      model: input.modelSha256,
      images: { fingerprint: fingerprint.sha256, count: input.set.files.length },
      preprocessing: input.facts.preprocessing,
      ...method,
    }),
  });
  const wanted: WantedMethods = [want(input.method), ...(input.alternatives ?? []).map(want)];
  const names = wanted.map(({ name }) => name);
  const found = await findCachedRanges(input.cachePath, names, tensors, input.reuseStale);
  if (found.byKey !== null) {
    return {
      ...notObserved,
      ...calibratedMethods(wanted, found.byKey),
      cache: found.state,
      imported: null,
      staleReasons: found.staleReasons,
      images: found.images,
      ...measure(),
    };
  }
  const methods = new Map(wanted.map(({ method, name }) => [name.key, method]));
  const observed = await observeActivations({ ...input, extremes }, tensors, methods, {
    signal: work.signal,
    onProgress: partOfProgress(work, 0.05, 0.95),
  });
  const unreadable = new Set(observed.unreadable.map(({ file }) => file));
  const used = input.set.files.map(({ file }) => file).filter((file) => !unreadable.has(file));
  const entries = names.map((name) => ({ ...name, ...chosenFor(name, observed.byKey) }));
  await writeRangeCache(input.rangesPath, makeRangeCache(used, entries));
  return {
    ...calibratedMethods(wanted, observed.byKey),
    histograms: observed.histograms,
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
