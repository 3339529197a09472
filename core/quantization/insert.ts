/** Writes a quantization plan into a model: int8 weights and Q/DQ pairs on activations. */

import { create } from '@bufbuild/protobuf';
import { StringStringEntryProtoSchema } from 'onnx-buf';
import { quantizeWeights } from '../../native/quantize/index.ts';
import { attribute, GraphEditor, makeNode } from '../onnx/graph.ts';
import { cloneModel, type OnnxModel, opsetOf } from '../onnx/model-file.ts';
import { floatTensor, floatValues, int8Tensor, tensorDims } from '../onnx/tensors.ts';
import type { PlannedLayer, QuantizationPlan } from './plan.ts';

/** The first opset whose QuantizeLinear takes one scale for each channel. */
const oldestOpsetWithChannels = 13;

export interface QuantizedModel {
  readonly model: OnnxModel;
  /** Scale of each quantized activation: real value of one int8 step. */
  readonly scales: ReadonlyMap<string, number>;
}

/** One scale for each tensor: its group's largest threshold over 127, as float32. */
function sharedScales(plan: QuantizationPlan, thresholds: ReadonlyMap<string, number>): Map<string, number> {
  const scales = new Map<string, number>();
  for (const group of plan.groups) {
    let threshold = 0;
    for (const tensor of group) {
      const own = thresholds.get(tensor);
      if (own === undefined) throw new Error(`no range for tensor ${tensor}`);
      if (!(own > 0) || !Number.isFinite(own)) {
        throw new RangeError(`range of tensor ${tensor} is ${own}, it must be positive and finite`);
      }
      threshold = Math.max(threshold, own);
    }
    for (const tensor of group) scales.set(tensor, Math.fround(threshold / 127));
  }
  return scales;
}

function insertActivationPair(
  graph: GraphEditor,
  tensor: string,
  scale: number,
  readers: ReadonlySet<string>,
): void {
  const scaleName = graph.addInitializer(
    floatTensor(graph.uniqueName(`${tensor}_scale`), [], Float32Array.of(scale)),
  );
  const zeroName = graph.addInitializer(
    int8Tensor(graph.uniqueName(`${tensor}_zero_point`), [], Int8Array.of(0)),
  );
  const quantized = graph.uniqueName(`${tensor}_quantized`);
  const restored = graph.uniqueName(`${tensor}_dequantized`);
  const consumers = graph.consumersOf(tensor);
  graph.addNode(
    makeNode('QuantizeLinear', {
      name: graph.uniqueName(`${tensor}_QuantizeLinear`),
      inputs: [tensor, scaleName, zeroName],
      outputs: [quantized],
    }),
  );
  graph.addNode(
    makeNode('DequantizeLinear', {
      name: graph.uniqueName(`${tensor}_DequantizeLinear`),
      inputs: [quantized, scaleName, zeroName],
      outputs: [restored],
    }),
  );
  for (const consumer of consumers) {
    if (readers.has(consumer.output[0] ?? consumer.name)) graph.replaceInput(consumer, tensor, restored);
  }
}

/** Replaces a layer's float weights by int8 ones and a DequantizeLinear along the channel axis. */
async function insertWeights(
  graph: GraphEditor,
  layer: PlannedLayer,
  done: Map<string, string>,
): Promise<void> {
  const node = graph.producerOf(layer.output);
  if (node === undefined) throw new Error(`no node computes ${layer.output}`);
  // Two layers may share their weights; the axis is part of the key since Gemm and MatMul may read one tensor two ways.
  const key = `${layer.axis} ${layer.weight}`;
  let restored = done.get(key);
  if (restored === undefined) {
    const tensor = graph.initializer(layer.weight);
    if (tensor === undefined) throw new Error(`no initializer ${layer.weight}`);
    const dims = tensorDims(tensor);
    const { values, scales } = await quantizeWeights(floatValues(tensor), dims, layer.axis);
    const quantized = graph.addInitializer(
      int8Tensor(graph.uniqueName(`${layer.weight}_quantized`), dims, values),
    );
    const scale = graph.addInitializer(
      floatTensor(graph.uniqueName(`${layer.weight}_scale`), [scales.length], scales),
    );
    const zero = graph.addInitializer(
      int8Tensor(
        graph.uniqueName(`${layer.weight}_zero_point`),
        [scales.length],
        new Int8Array(scales.length),
      ),
    );
    restored = graph.uniqueName(`${layer.weight}_dequantized`);
    graph.addNode(
      makeNode('DequantizeLinear', {
        name: graph.uniqueName(`${layer.weight}_DequantizeLinear`),
        inputs: [quantized, scale, zero],
        outputs: [restored],
        attributes: [attribute.int('axis', layer.axis)],
      }),
    );
    done.set(key, restored);
  }
  graph.setInput(node, 1, restored);
}

/** Records in the model's metadata what was done to it, so that a file that has lost its manifest still says so. */
export function markPrecision(model: OnnxModel, precision: string): void {
  const entries = model.proto.metadataProps.filter(({ key }) => key !== 'engineroom.precision');
  entries.push(create(StringStringEntryProtoSchema, { key: 'engineroom.precision', value: precision }));
  model.proto.metadataProps = entries;
}

/**
 * A copy of `model` with explicit quantization: symmetric int8, zero point 0; weights per channel, stored as int8 with
 * a DequantizeLinear; activations per tensor; biases in float.
 *
 * @param thresholds largest absolute value that each tensor of the plan keeps, in its own units; a group of tensors
 *   that share a scale takes the largest of theirs.
 */
export async function insertQuantization(
  model: OnnxModel,
  plan: QuantizationPlan,
  thresholds: ReadonlyMap<string, number>,
): Promise<QuantizedModel> {
  const copy = cloneModel(model);
  const protoGraph = copy.proto.graph;
  if (protoGraph === undefined) throw new Error('a model that was read always has a graph');
  if ((opsetOf(copy.proto) ?? 0) < oldestOpsetWithChannels) {
    throw new Error('quantization needs opset 13: prepare the model first');
  }
  const graph = new GraphEditor(protoGraph);
  const scales = sharedScales(plan, thresholds);
  const restoredWeights = new Map<string, string>();
  for (const layer of plan.layers) await insertWeights(graph, layer, restoredWeights);
  for (const { tensor, readers } of plan.tensors) {
    const scale = scales.get(tensor);
    if (scale === undefined) throw new Error(`tensor ${tensor} is in no scale group`);
    insertActivationPair(graph, tensor, scale, new Set(readers));
  }
  for (const weight of new Set(plan.layers.map((layer) => layer.weight))) {
    if (graph.consumersOf(weight).length === 0 && !graph.isGraphOutput(weight))
      graph.removeInitializer(weight);
  }
  // Stated shapes of intermediate tensors are half a megabyte in some exports, and every runtime infers them.
  protoGraph.valueInfo = [];
  graph.topologicalSort();
  markPrecision(copy, 'int8');
  return { model: copy, scales };
}
