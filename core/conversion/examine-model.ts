/** Settles what a model takes and gives: its input, preprocessing, batch and output layout, for any step that runs it. */

import { basename } from 'node:path';
import type { ValueInfoProto } from 'onnx-buf';
import type { WorkOptions } from '../base/work.ts';
import { checkClasses } from '../labels/check-classes.ts';
import { readLabels } from '../labels/read-labels.ts';
import { detectLayout, layoutFromUser } from '../onnx/detect-layout.ts';
import { readMetadata } from '../onnx/metadata.ts';
import { type OnnxModel, opsetOf } from '../onnx/model-file.ts';
import { layoutKinds, type OutputLayout } from '../onnx/output-layout.ts';
import { inputDimensions, resolveTensorTypes } from '../onnx/shapes.ts';
import { dataTypeName } from '../onnx/tensors.ts';
import { valueDataType, valueDims } from '../onnx/value-info.ts';
import { chooseBatch, choosePreprocessing, imageInput } from './model-input.ts';
import { info, warning } from './notes.ts';
import type { ModelReport, Note, TensorShape } from './report.ts';
import type { EngineFacts, EvaluationSet } from './run-inputs.ts';
import type { Specification } from './specification.ts';

export type ModelChoices = Pick<Specification, 'batch' | 'threads' | 'layout' | 'preprocessing'>;

export interface ExaminedModel {
  readonly report: ModelReport;
  readonly facts: EngineFacts;
  readonly notes: readonly Note[];
}

function describeModel(model: OnnxModel, layout: OutputLayout): ModelReport {
  const graph = model.proto.graph;
  const required = inputDimensions(model);
  const shape = (value: ValueInfoProto): TensorShape => ({
    name: value.name,
    dtype: dataTypeName(valueDataType(value)),
    dims: (valueDims(value) ?? []).map((dim) => (typeof dim === 'number' ? dim : -1)),
  });
  return {
    path: model.path,
    name: basename(model.path),
    sha256: model.sha256,
    bytes: model.bytes,
    opset: opsetOf(model.proto) ?? 0,
    nodes: graph?.node.length ?? 0,
    inputs: (graph?.input ?? []).filter(({ name }) => required.has(name)).map(shape),
    outputs: (graph?.output ?? []).map(shape),
    layout: layout.kind,
    layoutReason: layout.reason,
    classNames: layout.classNames,
  };
}

/** A sentence as a part of another one. */
function asClause(sentence: string): string {
  return `${sentence.charAt(0).toLowerCase()}${sentence.slice(1).replace(/\.$/, '')}`;
}

function notesOnLayout(layout: OutputLayout, asked: Specification['layout']): Note[] {
  if (layout.kind !== 'none') return [info('layout', layout.reason)];
  if (asked === 'none') {
    return [
      info(
        'not-a-detector',
        'Accuracy and agreement with FP32 are not measured, because the output layout is set to none.',
        'Leave out --layout to have it detected.',
      ),
    ];
  }
  const known = layoutKinds.filter((kind) => kind !== 'none').join(', ');
  return [
    warning(
      'not-a-detector',
      `Accuracy and agreement with FP32 are not measured, because the outputs fit no layout of detectors that is known (${asClause(layout.reason)}).`,
      `If the model is a detector, name its layout with --layout (${known}); if it is none, there is nothing to do.`,
    ),
  ];
}

async function settleLayout(
  model: OnnxModel,
  asked: Specification['layout'],
  input: { readonly name: string; readonly dims: readonly number[] },
): Promise<OutputLayout> {
  const types = await resolveTensorTypes(model, new Map([[input.name, input.dims]]), 'outputs');
  const outputDims = new Map([...types].map(([name, { dims }]) => [name, dims]));
  return asked === 'auto' ? detectLayout(model, outputDims) : layoutFromUser(asked, model, outputDims);
}

/**
 * @param choices what the user fixes; the rest comes from the model and its metadata
 * @throws Failure `bad-usage` naming the option that does not fit the model, `unsupported` for a model without an image
 *   input, `bad-input` for one that does not run
 */
export async function examineModel(model: OnnxModel, choices: ModelChoices): Promise<ExaminedModel> {
  const input = imageInput(inputDimensions(model), model.path);
  const { imgsz } = readMetadata(model);
  const metadataSize = imgsz === null ? undefined : { height: imgsz[0], width: imgsz[1] };
  const preprocessing = choosePreprocessing(input, choices.preprocessing, metadataSize);
  const { batch, dynamicBatch } = chooseBatch(input, choices.batch);
  const dims = [batch, 3, preprocessing.height, preprocessing.width];
  const layout = await settleLayout(model, choices.layout, { name: input.name, dims });
  const notes = notesOnLayout(layout, choices.layout);
  if (batch !== choices.batch) {
    notes.push(
      info(
        'fixed-batch',
        `The model has the fixed batch ${batch}; latencies are of ${batch} images together.`,
      ),
    );
  }
  return {
    report: describeModel(model, layout),
    facts: { preprocessing, layout, batch, dynamicBatch, threads: choices.threads },
    notes,
  };
}

/**
 * Holds the classes of the labels against the model's; without labels or a known layout there is nothing to hold.
 * @throws Failure `bad-input` when class i of the labels is not class i of the model
 */
export async function checkLabels(
  evaluation: EvaluationSet | null,
  layout: OutputLayout,
  work: WorkOptions,
): Promise<readonly Note[]> {
  if (evaluation === null || evaluation.labels === null || layout.kind === 'none') return [];
  const { classNames } = layout;
  const truth = await readLabels(evaluation.labels, evaluation.set, { signal: work.signal, classNames });
  return checkClasses(truth, classNames).map((sentence) => warning('labels', sentence));
}
