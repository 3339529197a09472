/** The step that measures, with ONNX Runtime, how much each layer's quantization alone disturbs the result. */

import { rm } from 'node:fs/promises';
import { partOfProgress, type WorkOptions } from '../../base/work.ts';
import type { CalibrationRange } from '../../calibration/ranges.ts';
import { type ImageSet, sampleImages } from '../../images/image-set.ts';
import { readTensors } from '../../images/read-images.ts';
import { type OnnxModel, readModel, writeModel } from '../../onnx/model-file.ts';
import { planQuantization } from '../../quantization/plan.ts';
import {
  type LayerSensitivity,
  measureSensitivity,
  sensitivityImages,
} from '../../quantization/sensitivity.ts';
import { OnnxRuntimeEngine } from '../../targets/onnxruntime/engine.ts';
import type { Tensor } from '../../targets/target.ts';
import type { EngineFacts } from '../run-inputs.ts';
import { inBatches } from './batches.ts';

export interface SensitivityInput {
  readonly preparedPath: string;
  readonly ranges: readonly CalibrationRange[];
  /** Layers that stay in float on the user's wish; they are not measured. */
  readonly exclude: readonly string[];
  /** The calibration set; a few images, spread evenly over it, are run. */
  readonly set: ImageSet;
  readonly facts: EngineFacts;
  /** A work file: the model of one layer after the other, removed afterwards. */
  readonly probePath: string;
  /** Once it has taken this long the rest of the layers stays unmeasured. */
  readonly seconds: number;
}

export interface SensitivityOutput {
  /** Most sensitive first. */
  readonly layers: readonly LayerSensitivity[];
  /** Layers that int8 computes by plan, measured or not. */
  readonly planned: number;
  readonly images: number;
  readonly seconds: number;
}

async function readSample({ set, facts }: SensitivityInput, work: WorkOptions) {
  const sample = sampleImages(set, sensitivityImages);
  const batch = facts.dynamicBatch ? 1 : facts.batch;
  const inputs: Tensor[] = [];
  let images = 0;
  // Kept in memory, so the buffers must not be used again.
  const reader = readTensors(sample, facts.preprocessing, { signal: work.signal, recycle: false });
  for await (const { items, input } of inBatches(reader, facts.preprocessing, batch)) {
    inputs.push(input);
    images += items.length;
  }
  return { inputs, images };
}

/** @throws Failure `bad-input` when no image can be read; `cancelled` between two runs of the network */
export async function sensitivity(input: SensitivityInput, work: WorkOptions): Promise<SensitivityOutput> {
  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 1000;
  const { preparedPath, probePath, facts } = input;
  const prepared = await readModel(preparedPath, { signal: work.signal });
  const plan = planQuantization(prepared, { exclude: new Set(input.exclude) });
  const thresholds = new Map(input.ranges.map(({ tensor, threshold }) => [tensor, threshold]));
  const { inputs, images } = await readSample(input, work);
  const open = async (model: OnnxModel) => {
    await writeModel(model, probePath);
    return await OnnxRuntimeEngine.open(probePath, { threads: facts.threads });
  };
  try {
    const layers = await measureSensitivity(prepared, plan, thresholds, inputs, open, {
      signal: work.signal,
      onProgress: partOfProgress(work, 0.02, 0.98),
      enough: () => elapsed() > input.seconds,
    });
    return { layers, planned: plan.layers.length, images, seconds: elapsed() };
  } finally {
    await rm(probePath, { force: true });
    await rm(probePath.replace(/\.onnx$/, '.onnx_data'), { force: true });
  }
}
