/** Element types of all tensors of a graph, from the operators' rules alone: no shapes, no execution. */

import type { NodeProto } from 'onnx-buf';
import { type GraphEditor, intAttribute, tensorAttribute } from '../onnx/graph.ts';
import { DataType } from '../onnx/tensors.ts';
import { valueDataType } from '../onnx/value-info.ts';

const int64Operators = new Set(['ArgMax', 'ArgMin', 'NonMaxSuppression', 'NonZero', 'Shape', 'Size']);

const booleanOperators = new Set([
  'And',
  'Equal',
  'Greater',
  'GreaterOrEqual',
  'IsInf',
  'IsNaN',
  'Less',
  'LessOrEqual',
  'Not',
  'Or',
  'Xor',
]);

function outputType(node: NodeProto, position: number, typeOf: (name: string) => number): number {
  if (int64Operators.has(node.opType)) return DataType.INT64;
  if (booleanOperators.has(node.opType)) return DataType.BOOL;
  const input = (index: number) => typeOf(node.input[index] ?? '');
  switch (node.opType) {
    case 'Cast':
      return intAttribute(node, 'to', DataType.FLOAT);
    case 'CastLike':
    case 'DequantizeLinear':
    case 'Where':
      return input(1);
    case 'QuantizeLinear':
      return node.input[2] ? input(2) : DataType.UINT8;
    case 'OneHot':
      return input(2);
    case 'TopK':
      return position === 1 ? DataType.INT64 : input(0);
    case 'MaxPool':
      return position === 1 ? DataType.INT64 : input(0);
    case 'Dropout':
      return position === 1 ? DataType.BOOL : input(0);
    case 'Constant':
      return tensorAttribute(node, 'value')?.dataType ?? DataType.FLOAT;
    case 'ConstantOfShape':
      return tensorAttribute(node, 'value')?.dataType ?? DataType.FLOAT;
    case 'If':
    case 'Loop':
    case 'Scan':
      // Their bodies may return anything; the caller keeps such nodes and asks only about float32.
      return DataType.UNDEFINED;
    default:
      return input(0);
  }
}

/** ONNX data type of every tensor, in a map by name; UNDEFINED (0) where the rules do not tell. */
export function elementTypes(graph: GraphEditor): ReadonlyMap<string, number> {
  const types = new Map<string, number>();
  for (const input of graph.graph.input) types.set(input.name, valueDataType(input));
  for (const tensor of graph.graph.initializer) types.set(tensor.name, tensor.dataType);
  const stated = new Map(graph.graph.valueInfo.map((value) => [value.name, valueDataType(value)]));
  for (const output of graph.graph.output) stated.set(output.name, valueDataType(output));
  const typeOf = (name: string) => types.get(name) ?? DataType.UNDEFINED;
  for (const node of graph.nodes) {
    node.output.forEach((output, position) => {
      if (output !== '') types.set(output, stated.get(output) || outputType(node, position, typeOf));
    });
  }
  return types;
}
