/** Finds the layers whose weights can be held as int8, and how their weights are laid out. */

import type { NodeProto } from 'onnx-buf';
import { type GraphEditor, intAttribute } from '../onnx/graph.ts';
import { DataType, tensorDims } from '../onnx/tensors.ts';

export interface QuantizableLayer {
  readonly node: NodeProto;
  /** The activation that it reads (input 0). */
  readonly input: string;
  /** Name of the initializer that holds its weights. */
  readonly weight: string;
  /** Axis of the weights that counts output channels. */
  readonly axis: number;
}

/** Operators that carry weights; everything after the last of them on the way to an output is decoding. */
export const weightedOperators: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul']);

function channelAxis(node: NodeProto, rank: number): number | undefined {
  switch (node.opType) {
    case 'Conv':
      return 0;
    case 'ConvTranspose':
      // [inputs, outputs / group, ...]: with groups no single axis counts the output channels.
      return intAttribute(node, 'group', 1) === 1 ? 1 : undefined;
    case 'Gemm':
      if (intAttribute(node, 'transA', 0) !== 0) return undefined;
      return intAttribute(node, 'transB', 0) === 0 ? 1 : 0;
    case 'MatMul':
      return rank === 2 ? 1 : undefined;
    default:
      return undefined;
  }
}

/** The layer at a node, or why its weights stay in float; undefined when the node carries no weights at all. */
export function quantizableLayer(
  graph: GraphEditor,
  node: NodeProto,
): QuantizableLayer | { readonly node: NodeProto; readonly obstacle: string } | undefined {
  if (!weightedOperators.has(node.opType)) return undefined;
  const [input, weight] = node.input;
  if (input === undefined || weight === undefined) return undefined;
  const tensor = graph.initializer(weight);
  if (tensor === undefined) return { node, obstacle: 'both operands are computed, there are no weights' };
  if (tensor.dataType !== DataType.FLOAT && tensor.dataType !== DataType.FLOAT16)
    return { node, obstacle: 'its weights are not float' };
  const axis = channelAxis(node, tensor.dims.length);
  if (axis === undefined || tensorDims(tensor)[axis] === undefined) {
    return { node, obstacle: 'no axis of its weights counts the output channels' };
  }
  return { node, input, weight, axis };
}
