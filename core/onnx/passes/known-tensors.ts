/** Tells which tensors of a graph have a shape, or even a value, that no input can change. */

import type { NodeProto } from 'onnx-buf';
import { type GraphEditor, inputsOf, subgraphsOf } from '../graph.ts';

/** Results differ from run to run. */
const random = new Set([
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
  'Multinomial',
  'Bernoulli',
]);

/** The size of the result depends on the values of the input. */
const sizedByData = new Set(['NonZero', 'NonMaxSuppression', 'Unique', 'Compress', 'StringSplit']);

/** Inputs of these from position 1 on (`first` 1), or all (`first` 0), say how large the result is. */
const sizedByInputs: Readonly<Record<string, number>> = {
  Reshape: 1,
  Expand: 1,
  Tile: 1,
  Slice: 1,
  Pad: 1,
  Resize: 1,
  Upsample: 1,
  TopK: 1,
  OneHot: 1,
  Squeeze: 1,
  Unsqueeze: 1,
  Split: 1,
  ReduceSum: 1,
  ReduceMean: 1,
  ReduceMax: 1,
  ReduceMin: 1,
  ReduceProd: 1,
  ReduceL1: 1,
  ReduceL2: 1,
  ReduceLogSum: 1,
  ReduceLogSumExp: 1,
  ReduceSumSquare: 1,
  CenterCropPad: 1,
  AffineGrid: 1,
  MaxUnpool: 1,
  Col2Im: 1,
  DFT: 1,
  STFT: 1,
  ConstantOfShape: 0,
  Range: 0,
  HannWindow: 0,
  HammingWindow: 0,
  BlackmanWindow: 0,
  MelWeightMatrix: 0,
};

/** Folding these away would turn stored 8-bit weights back into floats. */
const quantization = new Set(['QuantizeLinear', 'DequantizeLinear', 'DynamicQuantizeLinear']);

export interface KnownTensors {
  /** Nodes whose results are the same on every run, in the order of the graph. */
  readonly constantNodes: ReadonlySet<NodeProto>;
  /** Shape and Size nodes among them that look at a tensor whose values do change. */
  readonly shapeNodes: ReadonlySet<NodeProto>;
}

/**
 * Walks the graph, which must be in topological order.
 * @param staticInputs whether the sizes of all graph inputs are fixed; only then can shapes be known.
 */
export function knownTensors(editor: GraphEditor, staticInputs: boolean): KnownTensors {
  const value = new Set<string>(['']);
  const shape = new Set<string>(['']);
  for (const tensor of editor.graph.initializer) value.add(tensor.name);
  if (staticInputs) for (const input of editor.graph.input) shape.add(input.name);
  for (const name of value) shape.add(name);

  const constantNodes = new Set<NodeProto>();
  const shapeNodes = new Set<NodeProto>();
  for (const node of editor.nodes) {
    const standard = node.domain === '' || node.domain === 'ai.onnx';
    if (!standard || random.has(node.opType) || subgraphsOf(node).length > 0) continue;

    const reads = inputsOf(node);
    const asksShape = node.opType === 'Shape' || node.opType === 'Size';
    if (asksShape && shape.has(node.input[0] ?? '') && !value.has(node.input[0] ?? '')) {
      shapeNodes.add(node);
      constantNodes.add(node);
    } else if (reads.every((name) => value.has(name)) && !quantization.has(node.opType)) {
      constantNodes.add(node);
    }
    if (constantNodes.has(node)) {
      for (const name of node.output) {
        value.add(name);
        shape.add(name);
      }
      continue;
    }
    const sizing = sizedByInputs[node.opType];
    const shapeKnown =
      !sizedByData.has(node.opType) &&
      reads.every((name) => shape.has(name)) &&
      (sizing === undefined || node.input.slice(sizing).every((name) => value.has(name)));
    if (shapeKnown) for (const name of node.output) shape.add(name);
  }
  return { constantNodes, shapeNodes };
}
