/** Types and shapes of named tensors: the `ValueInfoProto` of inputs, outputs and intermediate tensors. */

import { create } from '@bufbuild/protobuf';
import {
  type TensorProto_DataType,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from 'onnx-buf';

/** A size, the name of a symbolic size, or null where the model does not say. */
export type Dimension = number | string | null;

/** Dimensions of a tensor value; undefined when the model states no shape (or it is no tensor). */
export function valueDims(value: ValueInfoProto): Dimension[] | undefined {
  const type = value.type?.value;
  if (type?.case !== 'tensorType' || type.value.shape === undefined) return undefined;
  return type.value.shape.dim.map(({ value: dim }) => {
    if (dim.case === 'dimValue') return dim.value < 0n ? null : Number(dim.value);
    if (dim.case === 'dimParam' && dim.value !== '') return dim.value;
    return null;
  });
}

/** Element type of a tensor value, 0 when unknown. */
export function valueDataType(value: ValueInfoProto): number {
  const type = value.type?.value;
  return type?.case === 'tensorType' ? type.value.elemType : 0;
}

/** A tensor value; `dims` undefined leaves the shape unstated. */
export function valueInfo(
  name: string,
  dataType: TensorProto_DataType | number,
  dims: readonly Dimension[] | undefined,
): ValueInfoProto {
  const shape =
    dims &&
    create(TensorShapeProtoSchema, {
      dim: dims.map((dim) =>
        create(TensorShapeProto_DimensionSchema, {
          value:
            typeof dim === 'number'
              ? { case: 'dimValue', value: BigInt(dim) }
              : dim === null
                ? { case: undefined }
                : { case: 'dimParam', value: dim },
        }),
      ),
    });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, {
      value: {
        case: 'tensorType',
        value: create(TypeProto_TensorSchema, { elemType: dataType, ...(shape ? { shape } : {}) }),
      },
    }),
  });
}

/** Replaces the dimensions of a tensor value, keeping its element type. */
export function setValueDims(value: ValueInfoProto, dims: readonly Dimension[]): void {
  const type = valueInfo(value.name, valueDataType(value), dims).type;
  if (type) value.type = type;
}

/** Replaces the element type of a tensor value, keeping its dimensions. */
export function setValueDataType(value: ValueInfoProto, dataType: TensorProto_DataType | number): void {
  const type = value.type?.value;
  if (type?.case === 'tensorType') type.value.elemType = dataType;
}
