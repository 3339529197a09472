/** Measures, with ONNX Runtime, what quantization adds to each layer's result on calibration images. */

import { rm } from 'node:fs/promises';
import type { WorkOptions } from '../../base/work.ts';
import { type ImageSet, sampleImages } from '../../images/image-set.ts';
import { readTensors } from '../../images/read-images.ts';
import { type OnnxModel, writeModel } from '../../onnx/model-file.ts';
import {
  type BiasErrors,
  biasCorrectionImages,
  makeBiasProbe,
  measureBiasErrors,
} from '../../quantization/bias-correction.ts';
import type { QuantizationPlan } from '../../quantization/plan.ts';
import { OnnxRuntimeEngine } from '../../targets/onnxruntime/engine.ts';
import type { EngineFacts } from '../run-inputs.ts';
import { inBatches } from './batches.ts';

export interface BiasErrorSource {
  readonly set: ImageSet;
  readonly facts: EngineFacts;
  /** A work file: the probe model, removed afterwards. */
  readonly probePath: string;
}

/**
 * Bias errors over up to `biasCorrectionImages` images, spread evenly over the calibration set.
 * @throws Failure `bad-input` when no image can be read; `cancelled`
 */
export async function biasErrors(
  prepared: OnnxModel,
  plan: QuantizationPlan,
  thresholds: ReadonlyMap<string, number>,
  { set, facts, probePath }: BiasErrorSource,
  work: WorkOptions,
): Promise<BiasErrors> {
  const probe = await makeBiasProbe(prepared, plan, thresholds);
  if (probe.errors.size === 0) return new Map();
  await writeModel(probe.model, probePath);
  try {
    using engine = await OnnxRuntimeEngine.open(probePath, { threads: facts.threads });
    const sample = sampleImages(set, biasCorrectionImages);
    const batch = facts.dynamicBatch ? 1 : facts.batch;
    const reader = readTensors(sample, facts.preprocessing, { signal: work.signal, recycle: batch === 1 });
    async function* batches() {
      for await (const { input } of inBatches(reader, facts.preprocessing, batch)) yield input;
    }
    const total = Math.ceil(sample.files.length / batch);
    return await measureBiasErrors(probe, batches(), (input) => engine.run(input), { ...work, total });
  } finally {
    await rm(probePath, { force: true });
    await rm(probePath.replace(/\.onnx$/, '.onnx_data'), { force: true });
  }
}
