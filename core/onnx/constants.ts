/** The values that Constant nodes stand for. */

import { create } from '@bufbuild/protobuf';
import { type NodeProto, type TensorProto, TensorProto_DataType, TensorProtoSchema } from 'onnx-buf';
import { findAttribute } from './attributes.ts';

/** The value of a Constant node as a tensor named like its output; undefined for strings and sparse values. */
export function constantNodeValue(node: NodeProto): TensorProto | undefined {
  const name = node.output[0];
  const value = findAttribute(node, 'value')?.t;
  if (value) return value;
  const make = (dataType: number, dims: bigint[], data: { floatData?: number[]; int64Data?: bigint[] }) =>
    create(TensorProtoSchema, { name: name ?? '', dataType, dims, ...data });
  const { FLOAT, INT64 } = TensorProto_DataType;
  const float = findAttribute(node, 'value_float');
  if (float) return make(FLOAT, [], { floatData: [float.f] });
  const floats = findAttribute(node, 'value_floats');
  if (floats) return make(FLOAT, [BigInt(floats.floats.length)], { floatData: [...floats.floats] });
  const int = findAttribute(node, 'value_int');
  if (int) return make(INT64, [], { int64Data: [int.i] });
  const ints = findAttribute(node, 'value_ints');
  if (ints) return make(INT64, [BigInt(ints.ints.length)], { int64Data: [...ints.ints] });
  return undefined;
}
