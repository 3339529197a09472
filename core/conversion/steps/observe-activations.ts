/** Runs the observed model over the calibration set once and chooses ranges from what it saw, by every method asked for. */

import { throwIfCancelled, type WorkOptions } from '../../base/work.ts';
import { collectStatistics } from '../../calibration/collect.ts';
import { ConvergenceCurve, type ConvergencePoint, thresholdsOf } from '../../calibration/convergence.ts';
import { type CalibrationMethod, type CalibrationRange, rangesFrom } from '../../calibration/ranges.ts';
import type { DisplayHistogram } from '../../calibration/statistics.ts';
import type { ImageSet } from '../../images/image-set.ts';
import { readTensors, type UnreadableFile } from '../../images/read-images.ts';
import { OnnxRuntimeEngine } from '../../targets/onnxruntime/engine.ts';
import type { Tensor } from '../../targets/target.ts';
import type { EngineFacts } from '../run-inputs.ts';
import { inBatches } from './batches.ts';
import type { ExtremeOutputs } from './observed-model.ts';

export interface ObservedRanges {
  readonly ranges: readonly CalibrationRange[];
  readonly convergence: readonly ConvergencePoint[];
}

export interface ObservedActivations {
  /** By the keys of the methods. */
  readonly byKey: ReadonlyMap<string, ObservedRanges>;
  readonly histograms: ReadonlyMap<string, DisplayHistogram>;
  readonly images: number;
  readonly unreadable: readonly UnreadableFile[];
  readonly constantColour: readonly string[];
}

export interface ObserveInput {
  /** The model of `withOutputs`, or that of `withExtremes` when `extremes` is given. */
  readonly observedPath: string;
  /** What the model tells instead of whole tensors: enough for `minmax`, and no histograms come of it. */
  readonly extremes: ReadonlyMap<string, ExtremeOutputs> | null;
  readonly facts: EngineFacts;
  readonly set: ImageSet;
}

/** Each tensor reduced to the values that decide its extremes; a NaN stands for any that the tensor holds. */
function extremesAsTensors(
  outputs: ReadonlyMap<string, Tensor>,
  extremes: ReadonlyMap<string, ExtremeOutputs>,
): ReadonlyMap<string, Tensor> {
  const scalar = (name: string) => outputs.get(name)?.data[0] ?? Number.NaN;
  const tensors = new Map<string, Tensor>();
  for (const [tensor, { least, largest, sum }] of extremes) {
    const values = [scalar(least), scalar(largest)];
    if (!Number.isFinite(scalar(sum))) values.push(Number.NaN);
    tensors.set(tensor, { dims: [values.length], data: Float32Array.from(values) });
  }
  return tensors;
}

/**
 * One pass over the images for all methods.
 * @throws Failure when no image can be read or an activation is not finite; `cancelled`
 */
export async function observeActivations(
  { observedPath, extremes, facts, set }: ObserveInput,
  tensors: readonly string[],
  methods: ReadonlyMap<string, CalibrationMethod>,
  work: WorkOptions,
): Promise<ObservedActivations> {
  using engine = await OnnxRuntimeEngine.open(observedPath, { threads: facts.threads });
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
  const curves = Array.from(methods, ([key, method]) => ({
    key,
    method,
    curve: new ConvergenceCurve(set.files.length),
  }));
  using statistics = await collectStatistics(
    {
      tensors,
      input: { name: image.name, dims: [batch, 3, height, width] },
      images: batches(),
      total: Math.ceil(set.files.length / batch),
      smallOutputs: extremes !== null,
      run: async (tensor) => {
        const outputs = await engine.run(tensor);
        return extremes === null ? outputs : extremesAsTensors(outputs, extremes);
      },
      async onImage(sofar) {
        for (const { method, curve } of curves) {
          if (curve.isDue(images)) curve.add(images, thresholdsOf(await rangesFrom(sofar, method)));
        }
      },
    },
    work,
  );
  work.onProgress?.({ value: 1, description: `choosing the ranges of ${tensors.length} tensors` });
  const byKey = new Map<string, ObservedRanges>();
  for (const { key, method, curve } of curves) {
    const ranges = await rangesFrom(statistics, method);
    throwIfCancelled(work.signal);
    byKey.set(key, { ranges, convergence: curve.finish(images, thresholdsOf(ranges)) });
  }
  const histograms = new Map<string, DisplayHistogram>();
  for (const tensor of extremes === null ? statistics.tensors : []) {
    const histogram = statistics.histogramForDisplay(tensor);
    if (histogram !== undefined) histograms.set(tensor, histogram);
  }
  return { byKey, histograms, images, unreadable: reader.unreadable, constantColour };
}
