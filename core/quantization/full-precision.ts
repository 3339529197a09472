/** Widens a model that was exported in float16 to float32, the ground from which every precision is made. */

import type { GraphProto, TensorProto } from 'onnx-buf';
import { attribute as makeAttribute, setAttribute, subgraphsOf } from '../onnx/graph.ts';
import { cloneModel, type OnnxModel } from '../onnx/model-file.ts';
import { DataType, floatTensor, floatValues, tensorDims } from '../onnx/tensors.ts';
import { setValueDataType, valueDataType } from '../onnx/value-info.ts';

function widenTensor(tensor: TensorProto): TensorProto {
  return tensor.dataType === DataType.FLOAT16
    ? floatTensor(tensor.name, tensorDims(tensor), floatValues(tensor))
    : tensor;
}

function widenGraph(graph: GraphProto): void {
  graph.initializer = graph.initializer.map(widenTensor);
  for (const value of [...graph.input, ...graph.output, ...graph.valueInfo]) {
    if (valueDataType(value) === DataType.FLOAT16) setValueDataType(value, DataType.FLOAT);
  }
  for (const node of graph.node) {
    for (const attribute of node.attribute) {
      if (attribute.t) attribute.t = widenTensor(attribute.t);
      if (attribute.name === 'to' && Number(attribute.i) === DataType.FLOAT16) {
        setAttribute(node, makeAttribute.int('to', DataType.FLOAT));
      }
    }
    for (const inner of subgraphsOf(node)) widenGraph(inner);
  }
}

/** True when the model stores or computes anything in float16. */
export function usesHalfPrecision(model: OnnxModel): boolean {
  const graph = model.proto.graph;
  return (
    graph !== undefined &&
    (graph.initializer.some(({ dataType }) => dataType === DataType.FLOAT16) ||
      graph.input.some((input) => valueDataType(input) === DataType.FLOAT16))
  );
}

/**
 * A copy in which every float16 tensor, constant, input and output is float32. Values do not change; what float16
 * arithmetic would have rounded is now computed in float32.
 */
export function widenToFullPrecision(model: OnnxModel): OnnxModel {
  const copy = cloneModel(model);
  if (copy.proto.graph) widenGraph(copy.proto.graph);
  return copy;
}
