/** The step that makes the engine of one precision from the prepared model and has the target build it. */

import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hashFile } from '../../base/files.ts';
import { partOfProgress, throwIfCancelled, type WorkOptions } from '../../base/work.ts';
import type { CalibrationRange } from '../../calibration/ranges.ts';
import { type OnnxModel, readModel, writeModel } from '../../onnx/model-file.ts';
import { correctBiases } from '../../quantization/bias-correction.ts';
import { convertToHalfPrecision } from '../../quantization/half-precision.ts';
import { insertQuantization, markPrecision } from '../../quantization/insert.ts';
import { type FloatNode, planQuantization } from '../../quantization/plan.ts';
import { onnxRuntime } from '../../targets/onnxruntime/onnxruntime.ts';
import type { Precision } from '../../targets/target.ts';
import { engineDataName } from '../manifest.ts';
import type { Note, QuantizationReport } from '../report.ts';
import { type BiasErrorSource, biasErrors } from './bias-errors.ts';
import { type MagnitudeSource, observeMagnitudes } from './magnitudes.ts';

export interface BuildInput {
  readonly precision: Precision;
  readonly preparedPath: string;
  /** A work file; weights beyond ONNX's limit go beside it as `<name>.onnx_data`. */
  readonly enginePath: string;
  /** From calibration: needed for int8, and tells fp16 of images beyond those of `magnitudeSource`. */
  readonly ranges: readonly CalibrationRange[] | null;
  /** For int8: layers that stay in float, as in `PlanOptions`. */
  readonly exclude: readonly string[];
  readonly sensitive: readonly string[];
  /** For int8: images on which the biases are corrected; null leaves the biases as they are. */
  readonly biasSource: BiasErrorSource | null;
  /** For fp16: images on which the largest magnitudes are observed; null trusts the ranges alone. */
  readonly magnitudeSource: MagnitudeSource | null;
  readonly threads: number;
}

export interface BuildOutput {
  readonly sha256: string;
  /** Of the engine and its external data file. */
  readonly bytes: number;
  /** File names in the order in which they have to be put in place: data before the model that refers to it. */
  readonly files: readonly string[];
  readonly seconds: number;
  readonly quantization: QuantizationReport | null;
  readonly notes: readonly Note[];
}

interface MadeModel {
  readonly model: OnnxModel;
  readonly quantization: QuantizationReport | null;
  readonly notes: readonly Note[];
}

/** Nodes by the reason for which they stay in float, the reason with most nodes first. */
function byReason(nodes: readonly FloatNode[]): QuantizationReport['keptFloat'] {
  const groups = new Map<string, string[]>();
  for (const { reason, name, output } of nodes) {
    const group = groups.get(reason);
    if (group) group.push(name || output);
    else groups.set(reason, [name || output]);
  }
  return [...groups]
    .map(([reason, names]) => ({ reason, nodes: names }))
    .sort((a, b) => b.nodes.length - a.nodes.length || (a.reason < b.reason ? -1 : 1));
}

async function toInt8(
  prepared: OnnxModel,
  ranges: readonly CalibrationRange[],
  { biasSource, exclude, sensitive }: BuildInput,
  work: WorkOptions,
): Promise<MadeModel> {
  const plan = planQuantization(prepared, { exclude: new Set(exclude), sensitive: new Set(sensitive) });
  const thresholds = new Map(ranges.map(({ tensor, threshold }) => [tensor, threshold]));
  const { model } = await insertQuantization(prepared, plan, thresholds);
  if (biasSource !== null) {
    correctBiases(model, await biasErrors(prepared, plan, thresholds, biasSource, work));
  }
  const keptFloat = byReason(plan.leftInFloat);
  const quantization = {
    quantizedNodes: plan.layers.length,
    floatNodes: plan.leftInFloat.length,
    quantizedTensors: plan.tensors.length,
    keptFloat,
  };
  const notes = keptFloat.map(
    ({ reason, nodes }): Note => ({
      severity: 'info',
      code: 'kept-float',
      message: `${nodes.length} ${nodes.length === 1 ? 'node stays' : 'nodes stay'} in floating point (${reason}): ${nodes.slice(0, 3).join(', ')}${nodes.length > 3 ? ', ...' : ''}.`,
      tip: null,
    }),
  );
  if (plan.layers.length === 0) {
    notes.unshift({
      severity: 'warning',
      code: 'nothing-quantized',
      message: `${exclude.length > 0 ? 'No layer that --exclude leaves' : 'No layer of this model'} can be quantized, so the int8 engine is the fp32 one.`,
      tip: 'Leave int8 out of --precision.',
    });
  }
  return { model, quantization, notes };
}

async function toFp16(
  prepared: OnnxModel,
  ranges: readonly CalibrationRange[] | null,
  source: MagnitudeSource | null,
  work: WorkOptions,
): Promise<MadeModel> {
  const calibrated = new Map((ranges ?? []).map(({ tensor, absMax }) => [tensor, absMax]));
  const { model, overflows, vanished } = convertToHalfPrecision(prepared, {
    observedAbsMax:
      source === null ? calibrated : await observeMagnitudes(prepared, calibrated, source, work),
  });
  const notes: Note[] = [];
  const [over] = overflows;
  if (over !== undefined) {
    notes.push({
      severity: 'warning',
      code: 'beyond-float16',
      message: `${overflows.length} ${overflows.length === 1 ? 'tensor exceeds' : 'tensors exceed'} what float16 holds (65504), e.g. ${over.tensor} with ${over.value}; their nodes stay in float32.`,
      tip: null,
    });
  }
  const lost = vanished.reduce((sum, { count }) => sum + count, 0);
  if (lost > 0) {
    notes.push({
      severity: 'info',
      code: 'weights-vanish',
      message: `${lost} ${lost === 1 ? 'weight is' : 'weights are'} too small for float16 and become zero, e.g. in ${vanished[0]?.tensor}.`,
      tip: null,
    });
  }
  return { model, quantization: null, notes };
}

async function make(input: BuildInput, prepared: OnnxModel, work: WorkOptions): Promise<MadeModel> {
  const { precision, ranges, magnitudeSource } = input;
  switch (precision) {
    case 'fp32':
      markPrecision(prepared, 'fp32');
      return { model: prepared, quantization: null, notes: [] };
    case 'fp16':
      return await toFp16(prepared, ranges, magnitudeSource, work);
    case 'int8':
      if (ranges === null) throw new Error('int8 is built from calibrated ranges');
      return await toInt8(prepared, ranges, input, work);
  }
}

async function sizeOf(path: string): Promise<number | null> {
  return await stat(path).then(
    ({ size }) => size,
    () => null,
  );
}

/**
 * Writes the engine and has the target load it once.
 * @throws Failure of the target (an operator without a kernel, ...) or of the disk; `cancelled`
 */
export async function build(input: BuildInput, work: WorkOptions): Promise<BuildOutput> {
  const started = performance.now();
  const prepared = await readModel(input.preparedPath, { signal: work.signal });
  throwIfCancelled(work.signal);
  work.onProgress?.({ value: 0.2, description: `converting to ${input.precision}` });
  const { model, quantization, notes } = await make(input, prepared, {
    signal: work.signal,
    onProgress: partOfProgress(work, 0.2, 0.3),
  });
  throwIfCancelled(work.signal);
  await writeModel(model, input.enginePath);
  await onnxRuntime.build(
    {
      modelPath: input.enginePath,
      enginePath: input.enginePath,
      precision: input.precision,
      threads: input.threads,
    },
    { signal: work.signal, onProgress: partOfProgress(work, 0.5, 0.4) },
  );
  const name = basename(input.enginePath);
  const data = engineDataName(name);
  const dataBytes = await sizeOf(join(dirname(input.enginePath), data));
  return {
    sha256: await hashFile(input.enginePath),
    bytes: ((await sizeOf(input.enginePath)) ?? 0) + (dataBytes ?? 0),
    files: dataBytes === null ? [name] : [data, name],
    seconds: (performance.now() - started) / 1000,
    quantization,
    notes,
  };
}
