/** Finds the part of a detector that only turns the head's numbers into boxes: it must stay in floating point. */

import type { NodeProto } from 'onnx-buf';
import { GraphEditor, inputsOf, subgraphsOf } from './graph.ts';
import type { OnnxModel } from './model-file.ts';
import { elementCount, floatValues } from './tensors.ts';

export interface DecodeTail {
  /** Nodes of the model's graph that belong to the tail. */
  readonly nodes: ReadonlySet<NodeProto>;
  /** Results of the last learned layers, in the order of the graph: the tail's inputs. */
  readonly headTensors: readonly string[];
  /** One sentence on what was found. */
  readonly reason: string;
}

const convolutions = new Set(['Conv', 'ConvTranspose', 'Gemm', 'ConvInteger', 'QLinearConv']);

/** A constant matrix up to this size is box arithmetic (corner from centre, say), not a learned layer. */
const largestArithmeticMatrix = 64;

/** These look at a tensor's shape and not at its values. */
const asksShape = new Set(['Shape', 'Size']);

const reshaping = new Set(['Transpose', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten', 'Identity']);

/**
 * The expectation over a softmax, written as a convolution: one output channel, weights 0, 1, ..., n-1, no bias. YOLOv8
 * decodes box sides so ("distribution focal loss").
 */
function isDistributionMean(editor: GraphEditor, node: NodeProto): boolean {
  if (node.opType !== 'Conv') return false;
  const weight = editor.constantValue(node.input[1] ?? '');
  if (weight?.dims[0] !== 1n || elementCount(weight.dims) !== Number(weight.dims[1])) return false;
  if (!floatValues(weight).every((value, index) => value === index)) return false;
  const bias = editor.constantValue(node.input[2] ?? '');
  if (node.input[2] && !(bias && floatValues(bias).every((value) => value === 0))) return false;
  let before = editor.producerOf(node.input[0] ?? '');
  while (before && reshaping.has(before.opType)) before = editor.producerOf(before.input[0] ?? '');
  return before?.opType === 'Softmax';
}

function isLearned(editor: GraphEditor, node: NodeProto): boolean {
  if (convolutions.has(node.opType)) return !isDistributionMean(editor, node);
  if (node.opType === 'MatMul') {
    return node.input.some((name) => {
      const weight = editor.constantValue(name);
      return weight !== undefined && elementCount(weight.dims) > largestArithmeticMatrix;
    });
  }
  return subgraphsOf(node).some((graph) => graph.node.some((inner) => convolutions.has(inner.opType)));
}

/**
 * The decode tail, by structure alone: every node that is no learned layer (convolution, Gemm, MatMul with a weight) and
 * has none downstream. Grid and shape arithmetic that feeds only such nodes belongs to it by the same rule, and so do
 * NonMaxSuppression, TopK, and the fixed convolution of YOLOv8's box decoding. A model that ends in convolutions has an
 * empty tail. The graph must be free of cycles; its nodes may be in any order.
 */
export function findDecodeTail(model: OnnxModel): DecodeTail {
  const graph = model.proto.graph;
  if (!graph) return { nodes: new Set(), headTensors: [], reason: 'The model has no graph.' };
  const editor = new GraphEditor(graph);

  // Everything upstream of a learned layer is the network; walk backwards from each layer once.
  const learned = new Set(graph.node.filter((node) => isLearned(editor, node)));
  const network = new Set<NodeProto>();
  const open = [...learned];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (network.has(node)) continue;
    network.add(node);
    for (const name of inputsOf(node)) {
      const producer = editor.producerOf(name);
      if (producer && !network.has(producer)) open.push(producer);
    }
  }
  const nodes = new Set(graph.node.filter((node) => !network.has(node)));

  const headTensors = graph.node
    .filter((node) => learned.has(node))
    .flatMap((node) => node.output)
    .filter(
      (name) =>
        name !== '' &&
        (editor.isGraphOutput(name) ||
          editor.consumersOf(name).some((reader) => nodes.has(reader) && !asksShape.has(reader.opType))),
    );

  const layers = `${headTensors.length} layer${headTensors.length === 1 ? '' : 's'}`;
  const reason =
    learned.size === 0
      ? 'The model has no learned layer, so all of it counts as decoding.'
      : nodes.size === 0
        ? `Nothing follows the last ${layers}: the outputs are the head's own.`
        : `${nodes.size} nodes follow the last ${layers} and hold no learned layer.`;
  return { nodes, headTensors, reason };
}
