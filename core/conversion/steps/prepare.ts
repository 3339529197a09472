/** The step that reads the model, settles what it takes and gives, and writes the form that all engines start from. */

import { Failure } from '../../base/failure.ts';
import { partOfProgress, type WorkOptions } from '../../base/work.ts';
import { type OnnxModel, readModel, writeModel } from '../../onnx/model-file.ts';
import { prepareModel } from '../../onnx/passes/prepare.ts';
import { checkExcluded } from '../../quantization/excluded-layers.ts';
import { usesHalfPrecision, widenToFullPrecision } from '../../quantization/full-precision.ts';
import { planQuantization } from '../../quantization/plan.ts';
import { onnxRuntime } from '../../targets/onnxruntime/onnxruntime.ts';
import { describeEnvironment } from '../environment.ts';
import { checkLabels, examineModel, type ModelChoices } from '../examine-model.ts';
import { info, warning } from '../notes.ts';
import type { Environment, ModelReport, Note } from '../report.ts';
import type { EngineFacts, EvaluationSet } from '../run-inputs.ts';

export interface PrepareInput extends ModelChoices {
  readonly modelPath: string;
  readonly preparedPath: string;
  /** To hold the classes of its labels against the model's before the long work begins. */
  readonly evaluation: EvaluationSet | null;
  /** Names of layers that are to stay in float, checked here for the same reason. */
  readonly exclude?: readonly string[];
}

export interface PrepareOutput {
  readonly model: ModelReport;
  readonly facts: EngineFacts;
  readonly environment: Environment;
  readonly notes: readonly Note[];
}

/** A quantized model can be run and measured, but nobody gets its float form back out of it. */
export function notesOnQuantized(model: OnnxModel): Note[] {
  const pairs =
    model.proto.graph?.node.filter(({ opType }) => /^(Quantize|QLinear|Dynamic)/.test(opType)) ?? [];
  if (pairs.length === 0) return [];
  return [
    warning(
      'already-quantized',
      `${model.path} is quantized already (${pairs.length} nodes such as ${pairs[0]?.opType}), so FP32 here means this quantized model.`,
      'Convert the float model that it was made from.',
    ),
  ];
}

/**
 * Reads and checks the model, then writes the prepared model to `preparedPath`.
 * @throws Failure naming the model, its input or the option that does not fit it; `cancelled`
 */
export async function prepare(input: PrepareInput, work: WorkOptions): Promise<PrepareOutput> {
  const target = await onnxRuntime.describe();
  if (!target.available) {
    throw new Failure(
      'unsupported',
      target.problem ?? 'ONNX Runtime is not available on this machine.',
      'Run "engineroom doctor" to see what is missing.',
    );
  }
  const stored = await readModel(input.modelPath, {
    signal: work.signal,
    onProgress: partOfProgress(work, 0, 0.2),
  });
  const wasHalf = usesHalfPrecision(stored);
  const original = wasHalf ? widenToFullPrecision(stored) : stored;
  const { report, facts, notes } = await examineModel(original, input);
  const labelNotes = await checkLabels(input.evaluation, facts.layout, work);
  const { model } = await prepareModel(original, {
    signal: work.signal,
    onProgress: partOfProgress(work, 0.3, 0.6),
  });
  if (input.exclude?.length) checkExcluded(planQuantization(model), input.exclude);
  await writeModel(model, input.preparedPath);
  return {
    model: report,
    facts,
    environment: describeEnvironment(target, input.threads),
    notes: [
      ...notes,
      ...labelNotes,
      ...notesOnQuantized(stored),
      ...(wasHalf
        ? [
            info(
              'half-precision-model',
              'The model is stored in float16; FP32 is made from its values widened.',
            ),
          ]
        : []),
    ],
  };
}
