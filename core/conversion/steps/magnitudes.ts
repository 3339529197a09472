/** Observes the largest magnitude of every float tensor on the user's images: what float16 has to hold. */

import { rm } from 'node:fs/promises';
import { throwIfCancelled, type WorkOptions } from '../../base/work.ts';
import { type ImageSet, sampleImages } from '../../images/image-set.ts';
import { readTensors } from '../../images/read-images.ts';
import { findDecodeTail } from '../../onnx/decode-tail.ts';
import { attribute, GraphEditor, makeNode } from '../../onnx/graph.ts';
import { cloneModel, type OnnxModel, writeModel } from '../../onnx/model-file.ts';
import { removeDeadNodes } from '../../onnx/passes/remove-dead-nodes.ts';
import { DataType } from '../../onnx/tensors.ts';
import { valueInfo } from '../../onnx/value-info.ts';
import { elementTypes } from '../../quantization/element-types.ts';
import { OnnxRuntimeEngine } from '../../targets/onnxruntime/engine.ts';
import type { EngineFacts } from '../run-inputs.ts';
import { inBatches } from './batches.ts';

/** Images that are run, spread evenly over the set: a tensor that goes beyond float16 does so on most of them. */
export const magnitudeImages = 16;

export interface MagnitudeSource {
  readonly set: ImageSet;
  readonly facts: EngineFacts;
  /** A work file: the probe model, removed afterwards. */
  readonly probePath: string;
}

interface MagnitudeProbe {
  readonly model: OnnxModel;
  /** Observed tensor by the output that gives its largest magnitude. */
  readonly observed: ReadonlyMap<string, string>;
}

/** Float32 tensors that a run computes outside the decode tail, the image input first. */
function bodyTensors(model: OnnxModel, graph: GraphEditor): string[] {
  const tail = new Set([...findDecodeTail(model).nodes].flatMap(({ output }) => output));
  const types = elementTypes(graph);
  const inputs = graph.graph.input.map(({ name }) => name).filter((name) => graph.isGraphInput(name));
  const computed = graph.nodes.filter(({ opType }) => opType !== 'Constant').flatMap(({ output }) => output);
  return [...inputs, ...computed].filter(
    (name) => name !== '' && types.get(name) === DataType.FLOAT && !tail.has(name),
  );
}

/**
 * A copy of the model whose only outputs are max(|x|), a scalar for each tensor of its body, so that no activation is
 * copied out of the runtime.
 */
export function makeMagnitudeProbe(model: OnnxModel): MagnitudeProbe {
  const copy = cloneModel(model);
  const proto = copy.proto.graph;
  if (proto === undefined) throw new Error('a model that was read always has a graph');
  const graph = new GraphEditor(proto);
  const observed = new Map<string, string>();
  for (const tensor of bodyTensors(copy, graph)) {
    const magnitudes = graph.uniqueName(`${tensor}_magnitudes`);
    const largest = graph.uniqueName(`${tensor}_largest`);
    graph.addNode(
      makeNode('Abs', { name: graph.uniqueName(magnitudes), inputs: [tensor], outputs: [magnitudes] }),
    );
    // Without axes, over all of them: the one form that every opset understands.
    graph.addNode(
      makeNode('ReduceMax', {
        name: graph.uniqueName(largest),
        inputs: [magnitudes],
        outputs: [largest],
        attributes: [attribute.int('keepdims', 0)],
      }),
    );
    observed.set(largest, tensor);
  }
  if (observed.size > 0) {
    proto.output = [...observed.keys()].map((name) => valueInfo(name, DataType.FLOAT, []));
    removeDeadNodes(proto);
  }
  return { model: copy, observed };
}

/**
 * The largest magnitude of every float32 tensor outside the decode tail, over up to `magnitudeImages` images. An
 * infinite value counts as what it is, a NaN as not observed: evaluation names that.
 * @param known magnitudes that were observed otherwise; the larger of the two is what comes back
 * @throws Failure `bad-input` when no image can be read; `cancelled` between two images
 */
export async function observeMagnitudes(
  prepared: OnnxModel,
  known: ReadonlyMap<string, number>,
  { set, facts, probePath }: MagnitudeSource,
  work: WorkOptions,
): Promise<ReadonlyMap<string, number>> {
  const { model, observed } = makeMagnitudeProbe(prepared);
  const magnitudes = new Map(known);
  if (observed.size === 0) return magnitudes;
  await writeModel(model, probePath);
  try {
    using engine = await OnnxRuntimeEngine.open(probePath, { threads: facts.threads });
    const sample = sampleImages(set, magnitudeImages);
    const batch = facts.dynamicBatch ? 1 : facts.batch;
    const reader = readTensors(sample, facts.preprocessing, {
      signal: work.signal,
      onProgress: work.onProgress,
      recycle: batch === 1,
    });
    for await (const { input } of inBatches(reader, facts.preprocessing, batch)) {
      throwIfCancelled(work.signal);
      for (const [output, { data }] of await engine.run(input)) {
        const tensor = observed.get(output);
        const value = data[0];
        if (tensor === undefined || value === undefined) continue;
        if (value > (magnitudes.get(tensor) ?? -1)) magnitudes.set(tensor, value);
      }
    }
    return magnitudes;
  } finally {
    await rm(probePath, { force: true });
    await rm(probePath.replace(/\.onnx$/, '.onnx_data'), { force: true });
  }
}
