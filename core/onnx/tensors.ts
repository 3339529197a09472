/** Tensor messages to typed arrays and back; everything written is `raw_data`, little-endian. */

import { create } from '@bufbuild/protobuf';
import { TensorProto_DataType as DataType, type TensorProto, TensorProtoSchema } from 'onnx-buf';
import { Failure } from '../base/failure.ts';
import { fromFloat16Bits, toFloat16Bits } from './float16.ts';

export { DataType };

export type TensorValues =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** The name that ONNX gives an element type, in lower case, e.g. `float16`; `float` reads `float32` here. */
export function dataTypeName(dataType: number): string {
  if (dataType === DataType.FLOAT) return 'float32';
  if (dataType === DataType.DOUBLE) return 'float64';
  const name: string | undefined = DataType[dataType];
  return name === undefined ? `type ${dataType}` : name.toLowerCase();
}

/** Bits of one element, undefined where it has no fixed size (strings, unknown types). */
export function bitsPerElement(dataType: number): number | undefined {
  switch (dataType) {
    case DataType.FLOAT:
    case DataType.INT32:
    case DataType.UINT32:
      return 32;
    case DataType.DOUBLE:
    case DataType.INT64:
    case DataType.UINT64:
    case DataType.COMPLEX64:
      return 64;
    case DataType.COMPLEX128:
      return 128;
    case DataType.FLOAT16:
    case DataType.BFLOAT16:
    case DataType.INT16:
    case DataType.UINT16:
      return 16;
    case DataType.INT8:
    case DataType.UINT8:
    case DataType.BOOL:
    case DataType.FLOAT8E4M3FN:
    case DataType.FLOAT8E4M3FNUZ:
    case DataType.FLOAT8E5M2:
    case DataType.FLOAT8E5M2FNUZ:
      return 8;
    case DataType.INT4:
    case DataType.UINT4:
    case DataType.FLOAT4E2M1:
      return 4;
    default:
      return undefined;
  }
}

/** Dimensions as numbers. */
export function tensorDims(tensor: TensorProto): number[] {
  return tensor.dims.map(Number);
}

/** Product of the dimensions; 1 for a scalar. */
export function elementCount(dims: readonly (number | bigint)[]): number {
  return dims.reduce<number>((product, dim) => product * Number(dim), 1);
}

/** Bytes that the elements take when stored raw, undefined where that is not fixed. */
export function rawByteLength(dataType: number, dims: readonly (number | bigint)[]): number | undefined {
  const bits = bitsPerElement(dataType);
  return bits === undefined ? undefined : Math.ceil((elementCount(dims) * bits) / 8);
}

/** An aligned copy: raw data is a view into the file's bytes at any offset. */
function alignedCopy(raw: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(raw.byteLength);
  new Uint8Array(copy).set(raw);
  return copy;
}

/** Values packed two in a byte, low half first. */
function unpackNibbles(bytes: Uint8Array, count: number, signed: boolean): Int8Array | Uint8Array {
  const result = signed ? new Int8Array(count) : new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const byte = bytes[i >> 1] ?? 0;
    const nibble = i & 1 ? byte >> 4 : byte & 0xf;
    result[i] = signed && nibble > 7 ? nibble - 16 : nibble;
  }
  return result;
}

function bfloat16Values(bits: Uint16Array): Float32Array {
  const widened = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) widened[i] = (bits[i] as number) << 16;
  return new Float32Array(widened.buffer);
}

function valuesFromRaw(tensor: TensorProto): TensorValues | undefined {
  const raw = alignedCopy(tensor.rawData);
  switch (tensor.dataType) {
    case DataType.FLOAT:
      return new Float32Array(raw);
    case DataType.DOUBLE:
      return new Float64Array(raw);
    case DataType.FLOAT16:
      return fromFloat16Bits(new Uint16Array(raw));
    case DataType.BFLOAT16:
      return bfloat16Values(new Uint16Array(raw));
    case DataType.INT8:
      return new Int8Array(raw);
    case DataType.UINT8:
    case DataType.BOOL:
      return new Uint8Array(raw);
    case DataType.INT16:
      return new Int16Array(raw);
    case DataType.UINT16:
      return new Uint16Array(raw);
    case DataType.INT32:
      return new Int32Array(raw);
    case DataType.UINT32:
      return new Uint32Array(raw);
    case DataType.INT64:
      return new BigInt64Array(raw);
    case DataType.UINT64:
      return new BigUint64Array(raw);
    case DataType.INT4:
    case DataType.UINT4:
      return unpackNibbles(new Uint8Array(raw), elementCount(tensor.dims), tensor.dataType === DataType.INT4);
    default:
      return undefined;
  }
}

/** ONNX keeps everything narrower than 32 bits, and float16 as bits, in `int32_data`. */
function valuesFromFields(tensor: TensorProto): TensorValues | undefined {
  switch (tensor.dataType) {
    case DataType.FLOAT:
      return Float32Array.from(tensor.floatData);
    case DataType.DOUBLE:
      return Float64Array.from(tensor.doubleData);
    case DataType.FLOAT16:
      return fromFloat16Bits(Uint16Array.from(tensor.int32Data));
    case DataType.BFLOAT16:
      return bfloat16Values(Uint16Array.from(tensor.int32Data));
    case DataType.INT8:
      return Int8Array.from(tensor.int32Data);
    case DataType.UINT8:
    case DataType.BOOL:
      return Uint8Array.from(tensor.int32Data);
    case DataType.INT16:
      return Int16Array.from(tensor.int32Data);
    case DataType.UINT16:
      return Uint16Array.from(tensor.int32Data);
    case DataType.INT32:
      return Int32Array.from(tensor.int32Data);
    case DataType.UINT32:
      return Uint32Array.from(tensor.uint64Data, Number);
    case DataType.INT64:
      return BigInt64Array.from(tensor.int64Data);
    case DataType.UINT64:
      return BigUint64Array.from(tensor.uint64Data);
    case DataType.INT4:
    case DataType.UINT4:
      return unpackNibbles(
        Uint8Array.from(tensor.int32Data),
        elementCount(tensor.dims),
        tensor.dataType === DataType.INT4,
      );
    default:
      return undefined;
  }
}

/**
 * The elements of a tensor in row-major order, in a fresh array. float16 and bfloat16 come as float32, bool as 0 and 1,
 * 4-bit integers one in a byte.
 * @throws {Failure} `bad-input` when the element type has no array form or the data does not fill the dimensions.
 */
export function tensorValues(tensor: TensorProto): TensorValues {
  const expectedBytes = rawByteLength(tensor.dataType, tensor.dims);
  const hasRaw = tensor.rawData.byteLength > 0;
  if (hasRaw && expectedBytes !== undefined && tensor.rawData.byteLength !== expectedBytes) {
    throw new Failure(
      'bad-input',
      `Tensor ${tensor.name || '(unnamed)'} holds ${tensor.rawData.byteLength} bytes where its shape [${tensorDims(tensor)}] of ${dataTypeName(tensor.dataType)} takes ${expectedBytes}.`,
      'Export the model again; this file is damaged.',
    );
  }
  const values = hasRaw ? valuesFromRaw(tensor) : valuesFromFields(tensor);
  if (values === undefined) {
    throw new Failure(
      'bad-input',
      `Tensor ${tensor.name || '(unnamed)'} has element type ${dataTypeName(tensor.dataType)}, which cannot be read here.`,
      'Export the model in float32 or float16.',
    );
  }
  if (values.length !== elementCount(tensor.dims)) {
    throw new Failure(
      'bad-input',
      `Tensor ${tensor.name || '(unnamed)'} holds ${values.length} elements where its shape [${tensorDims(tensor)}] takes ${elementCount(tensor.dims)}.`,
      'Export the model again; this file is damaged.',
    );
  }
  return values;
}

/** The elements as float32 whatever the element type (64-bit integers lose what float32 cannot hold). */
export function floatValues(tensor: TensorProto): Float32Array {
  const values = tensorValues(tensor);
  if (values instanceof Float32Array) return values;
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    return Float32Array.from(values as Iterable<bigint>, Number);
  }
  return Float32Array.from(values);
}

/** The elements of an integer tensor (shapes, axes, indices) as numbers. */
export function integerValues(tensor: TensorProto): number[] {
  return Array.from(tensorValues(tensor) as Iterable<number | bigint>, Number);
}

/** A tensor from raw little-endian bytes, which are taken over, not copied. */
export function rawTensor(
  name: string,
  dataType: DataType,
  dims: readonly number[],
  bytes: Uint8Array<ArrayBuffer>,
): TensorProto {
  const expected = rawByteLength(dataType, dims);
  if (expected !== bytes.byteLength) {
    throw new RangeError(
      `tensor ${name}: ${bytes.byteLength} bytes given, shape [${dims}] of ${dataTypeName(dataType)} takes ${expected}`,
    );
  }
  return create(TensorProtoSchema, { name, dataType, dims: dims.map(BigInt), rawData: bytes });
}

function bytesOf(values: TensorValues): Uint8Array<ArrayBuffer> {
  return new Uint8Array(alignedCopy(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)));
}

export function floatTensor(name: string, dims: readonly number[], values: Float32Array): TensorProto {
  return rawTensor(name, DataType.FLOAT, dims, bytesOf(values));
}

/** Rounds to nearest even; values beyond 65504 become infinite, so check them first. */
export function float16Tensor(name: string, dims: readonly number[], values: Float32Array): TensorProto {
  return rawTensor(name, DataType.FLOAT16, dims, bytesOf(toFloat16Bits(values)));
}

export function doubleTensor(name: string, dims: readonly number[], values: Float64Array): TensorProto {
  return rawTensor(name, DataType.DOUBLE, dims, bytesOf(values));
}

export function int8Tensor(name: string, dims: readonly number[], values: Int8Array): TensorProto {
  return rawTensor(name, DataType.INT8, dims, bytesOf(values));
}

export function uint8Tensor(name: string, dims: readonly number[], values: Uint8Array): TensorProto {
  return rawTensor(name, DataType.UINT8, dims, bytesOf(values));
}

export function boolTensor(name: string, dims: readonly number[], values: readonly boolean[]): TensorProto {
  return rawTensor(name, DataType.BOOL, dims, Uint8Array.from(values, Number));
}

export function int32Tensor(name: string, dims: readonly number[], values: Int32Array): TensorProto {
  return rawTensor(name, DataType.INT32, dims, bytesOf(values));
}

export function int64Tensor(
  name: string,
  dims: readonly number[],
  values: BigInt64Array | readonly number[],
): TensorProto {
  const wide = values instanceof BigInt64Array ? values : BigInt64Array.from(values, BigInt);
  return rawTensor(name, DataType.INT64, dims, bytesOf(wide));
}
