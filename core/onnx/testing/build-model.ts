/** Builds small ONNX models for tests. */

import { create } from '@bufbuild/protobuf';
import {
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  type TensorProto,
  TensorProto_DataType,
  type ValueInfoProto,
} from 'onnx-buf';
import type { OnnxModel } from '../model-file.ts';
import { valueInfo } from '../value-info.ts';

export interface ValueSpec {
  readonly name: string;
  readonly dims: readonly (number | string)[];
  readonly dataType?: TensorProto_DataType;
}

export interface ModelSpec {
  readonly opset?: number;
  readonly irVersion?: number;
  readonly inputs: readonly ValueSpec[];
  readonly outputs: readonly ValueSpec[];
  readonly nodes: readonly NodeProto[];
  readonly initializers?: readonly TensorProto[];
  readonly metadata?: Readonly<Record<string, string>>;
}

function info(spec: ValueSpec): ValueInfoProto {
  return valueInfo(spec.name, spec.dataType ?? TensorProto_DataType.FLOAT, spec.dims);
}

/** A model in memory, as `readModel` would give it. */
export function buildModel(spec: ModelSpec): OnnxModel {
  const proto = create(ModelProtoSchema, {
    irVersion: BigInt(spec.irVersion ?? 8),
    producerName: 'engine-room-test',
    opsetImport: [{ domain: '', version: BigInt(spec.opset ?? 17) }],
    metadataProps: Object.entries(spec.metadata ?? {}).map(([key, value]) => ({ key, value })),
    graph: create(GraphProtoSchema, {
      name: 'test',
      node: [...spec.nodes],
      initializer: [...(spec.initializers ?? [])],
      input: spec.inputs.map(info),
      output: spec.outputs.map(info),
    }),
  });
  return { proto, path: 'test.onnx', sha256: '0'.repeat(64), bytes: 0 };
}

/** Numbers in [-1, 1) from a seed, the same on every run. */
export function seededValues(count: number, seed = 1): Float32Array {
  const values = new Float32Array(count);
  let state = seed * 2654435761 + 1;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[i] = state / 2 ** 31 - 1;
  }
  return values;
}

/** A model of one float input `x` and one float output `y`. */
export function chainModel(
  nodes: readonly NodeProto[],
  initializers: readonly TensorProto[],
  input: ValueSpec['dims'],
  output: ValueSpec['dims'],
  opset = 17,
): OnnxModel {
  return buildModel({
    opset,
    inputs: [{ name: 'x', dims: input }],
    outputs: [{ name: 'y', dims: output }],
    nodes,
    initializers,
  });
}

/** The operators of a model's graph, in order. */
export function operatorsOf(model: OnnxModel): string[] {
  return (model.proto.graph?.node ?? []).map((node) => node.opType);
}
