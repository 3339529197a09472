/** Runs a model once in ONNX Runtime on the CPU, for passes that need to know what a graph computes. */

import { TensorProto_DataType as DataType, type ModelProto, type TensorProto } from 'onnx-buf';
import { Failure } from '../base/failure.ts';
import { serialiseModel } from './model-file.ts';
import { InferenceSession, Tensor } from './runtime.ts';
import { rawTensor, type TensorValues } from './tensors.ts';

/** A tensor as ONNX Runtime takes and gives it: float16 as bits, bool as bytes. */
export interface RuntimeTensor {
  readonly dataType: DataType;
  readonly dims: readonly number[];
  readonly data: TensorValues;
}

const runtimeTypes: ReadonlyMap<DataType, Tensor.Type> = new Map([
  [DataType.FLOAT, 'float32'],
  [DataType.DOUBLE, 'float64'],
  [DataType.FLOAT16, 'float16'],
  [DataType.INT8, 'int8'],
  [DataType.UINT8, 'uint8'],
  [DataType.INT16, 'int16'],
  [DataType.UINT16, 'uint16'],
  [DataType.INT32, 'int32'],
  [DataType.UINT32, 'uint32'],
  [DataType.INT64, 'int64'],
  [DataType.UINT64, 'uint64'],
  [DataType.BOOL, 'bool'],
]);

const dataTypes = new Map([...runtimeTypes].map(([dataType, name]) => [name, dataType] as const));

/** Domains whose operators ONNX Runtime brings along; '' is ONNX itself. */
export const runtimeDomains: ReadonlySet<string> = new Set(['', 'ai.onnx', 'ai.onnx.ml', 'com.microsoft']);

/** Whether tensors of this element type can be passed to and from ONNX Runtime here. */
export function isRuntimeType(dataType: number): boolean {
  return runtimeTypes.has(dataType as DataType);
}

/** A fresh tensor with every element the same; `value` counts for floating-point types, others are zero. */
export function filledTensor(dataType: number, dims: readonly number[], value: number): RuntimeTensor {
  const count = dims.reduce((product, dim) => product * dim, 1);
  switch (dataType) {
    case DataType.FLOAT:
      return { dataType, dims, data: new Float32Array(count).fill(value) };
    case DataType.DOUBLE:
      return { dataType, dims, data: new Float64Array(count).fill(value) };
    case DataType.FLOAT16:
      // The bits of 0.5; other values are not needed.
      return { dataType, dims, data: new Uint16Array(count).fill(value === 0.5 ? 0x3800 : 0) };
    case DataType.INT64:
      return { dataType, dims, data: new BigInt64Array(count) };
    case DataType.UINT64:
      return { dataType, dims, data: new BigUint64Array(count) };
    case DataType.INT32:
      return { dataType, dims, data: new Int32Array(count) };
    case DataType.UINT32:
      return { dataType, dims, data: new Uint32Array(count) };
    case DataType.INT16:
      return { dataType, dims, data: new Int16Array(count) };
    case DataType.UINT16:
      return { dataType, dims, data: new Uint16Array(count) };
    case DataType.INT8:
      return { dataType, dims, data: new Int8Array(count) };
    case DataType.UINT8:
    case DataType.BOOL:
      return { dataType, dims, data: new Uint8Array(count) };
    default:
      throw new RangeError(`element type ${dataType} cannot be passed to ONNX Runtime`);
  }
}

/** The tensor message with these contents. */
export function tensorFromRuntime(name: string, tensor: RuntimeTensor): TensorProto {
  const { buffer, byteOffset, byteLength } = tensor.data;
  const bytes = new Uint8Array(byteLength);
  bytes.set(new Uint8Array(buffer, byteOffset, byteLength));
  return rawTensor(name, tensor.dataType, tensor.dims, bytes);
}

export interface EvaluateOptions {
  /** `path` of the model, for messages. */
  readonly path?: string;
  /** Off by default: passes want the graph that is written, not the one the runtime would make of it. */
  readonly optimise?: boolean;
}

/**
 * Outputs of one run, by name. The model must be under 2 GiB with its weights.
 * @throws {Failure} `bad-input` with ONNX Runtime's words when it refuses the model.
 */
export async function evaluate(
  model: ModelProto,
  inputs: ReadonlyMap<string, RuntimeTensor>,
  options: EvaluateOptions = {},
): Promise<Map<string, RuntimeTensor>> {
  let session: InferenceSession | undefined;
  try {
    session = await InferenceSession.create(serialiseModel(model), {
      executionProviders: ['cpu'],
      graphOptimizationLevel: options.optimise ? 'all' : 'disabled',
      // Errors only: warnings about shapes of intermediate tensors are no concern of the user's.
      logSeverityLevel: 3,
    });
    const feeds: Record<string, Tensor> = {};
    for (const [name, tensor] of inputs) {
      const type = runtimeTypes.get(tensor.dataType);
      if (type === undefined) throw new RangeError(`element type ${tensor.dataType} of input ${name}`);
      feeds[name] = new Tensor(type, tensor.data as Tensor.DataTypeMap[typeof type], tensor.dims);
    }
    const results = await session.run(feeds);
    const outputs = new Map<string, RuntimeTensor>();
    for (const [name, value] of Object.entries(results)) {
      const dataType = dataTypes.get(value.type);
      if (dataType === undefined) continue;
      outputs.set(name, { dataType, dims: value.dims, data: value.data as TensorValues });
    }
    return outputs;
  } catch (error) {
    const words = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new Failure(
      'bad-input',
      `ONNX Runtime cannot run ${options.path ?? 'the model'}: ${words}`,
      'Check that the model runs in ONNX Runtime by itself, and export it again if not.',
      { cause: error },
    );
  } finally {
    await session?.release();
  }
}
