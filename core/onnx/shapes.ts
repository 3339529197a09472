/** Shapes of all tensors for given input sizes, learnt by running the model, and input sizes made static. */

import { clone, create } from '@bufbuild/protobuf';
import {
  TensorProto_DataType as DataType,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import { Failure } from '../base/failure.ts';
import { evaluate, filledTensor, isRuntimeType, type RuntimeTensor } from './evaluate.ts';
import { GraphEditor, makeNode } from './graph.ts';
import { cloneModel, type OnnxModel } from './model-file.ts';
import { int64Tensor } from './tensors.ts';
import { type Dimension, setValueDims, valueDataType, valueDims, valueInfo } from './value-info.ts';

export interface TensorType {
  /** ONNX element type. */
  readonly dtype: DataType;
  readonly dims: readonly number[];
}

/** Dimensions of the inputs that a caller must give, by name, as the model states them. */
export function inputDimensions(model: OnnxModel): Map<string, Dimension[]> {
  const result = new Map<string, Dimension[]>();
  const graph = model.proto.graph;
  if (!graph) return result;
  const initialised = new Set(graph.initializer.map((tensor) => tensor.name));
  for (const input of graph.input) {
    if (!initialised.has(input.name)) result.set(input.name, valueDims(input) ?? []);
  }
  return result;
}

/** Inputs with at least one dimension that is not fixed, and which: name -> [position, symbol or null]. */
export function symbolicDims(model: OnnxModel): Map<string, [number, string | null][]> {
  const result = new Map<string, [number, string | null][]>();
  for (const [name, dims] of inputDimensions(model)) {
    const open = dims.flatMap((dim, at): [number, string | null][] =>
      typeof dim === 'number' ? [] : [[at, dim]],
    );
    if (open.length > 0) result.set(name, open);
  }
  return result;
}

/** Checks given sizes against the model's, filling in inputs that are static anyway. */
function completeDims(
  model: OnnxModel,
  given: ReadonlyMap<string, readonly number[]>,
): Map<string, readonly number[]> {
  const stated = inputDimensions(model);
  for (const name of given.keys()) {
    if (!stated.has(name)) {
      throw new Failure(
        'bad-usage',
        `${model.path} has no input ${name}.`,
        `Its inputs are ${[...stated.keys()].join(', ')}.`,
      );
    }
  }
  const complete = new Map<string, readonly number[]>();
  for (const [name, dims] of stated) {
    const wanted = given.get(name);
    if (wanted === undefined) {
      const open = dims.find((dim) => typeof dim !== 'number');
      if (open !== undefined) {
        throw new Failure(
          'bad-usage',
          `Input ${name} of ${model.path} has sizes that are not fixed: [${dims.map((d) => d ?? '?').join(', ')}].`,
          'Give its size with --size WxH.',
        );
      }
      complete.set(name, dims as number[]);
      continue;
    }
    const fits =
      wanted.length === dims.length && wanted.every((n, i) => typeof dims[i] !== 'number' || dims[i] === n);
    if (!fits) {
      throw new Failure(
        'bad-usage',
        `Input ${name} of ${model.path} takes [${dims.map((d) => d ?? '?').join(', ')}], not [${wanted.join(', ')}].`,
        'Leave out --size to use the model’s own size, or export the model with dynamic sizes.',
      );
    }
    complete.set(name, wanted);
  }
  return complete;
}

const sequenceMakers = new Set([
  'SequenceConstruct',
  'SequenceEmpty',
  'SequenceInsert',
  'SequenceErase',
  'SequenceMap',
  'SplitToSequence',
  'Optional',
]);

/**
 * Makes a probe of the graph: for each tensor its shape, and an empty slice that carries its element type. So nothing
 * large is kept, whatever the network's size.
 */
function addProbes(
  model: ModelProto,
  wanted: (tensor: string) => boolean,
): Map<string, { shape: string; type: string }> {
  const probes = new Map<string, { shape: string; type: string }>();
  if (!model.graph) return probes;
  const editor = new GraphEditor(model.graph);
  const constant = (base: string, values: number[]) =>
    editor.addInitializer(int64Tensor(editor.uniqueName(base), [values.length], values));
  const flat = constant('probe_flat', [-1]);
  const zero = constant('probe_zero', [0]);
  const outputs = [];
  for (const node of [...editor.nodes]) {
    if (sequenceMakers.has(node.opType)) continue;
    for (const tensor of node.output) {
      if (tensor === '' || !wanted(tensor)) continue;
      const name = (suffix: string) => editor.uniqueName(`${tensor}/${suffix}`);
      const [shape, vector, type] = [name('probe_shape'), name('probe_vector'), name('probe_type')];
      const add = (opType: string, inputs: string[], output: string): NodeProto =>
        editor.addNode(makeNode(opType, { name: output, inputs, outputs: [output] }));
      add('Shape', [tensor], shape);
      add('Reshape', [tensor, flat], vector);
      add('Slice', [vector, zero, zero], type);
      outputs.push(valueInfo(shape, DataType.INT64, undefined), create(ValueInfoProtoSchema, { name: type }));
      probes.set(tensor, { shape, type });
    }
  }
  model.graph.output = outputs;
  return probes;
}

/**
 * Element type and exact shape of every tensor for these input sizes, by running the model once on a constant input
 * (0.5; integer inputs 0). Shapes that depend on values, such as the rows behind NonMaxSuppression, are those of that
 * run. Inputs and initializers are included; sequences are not.
 * @param inputDims sizes by input name; inputs that are static in the model may be left out.
 * @param of `outputs` leaves intermediate tensors out, which is faster.
 * @throws {Failure} `bad-usage` when sizes are missing or contradict the model, `bad-input` when it does not run.
 */
export async function resolveTensorTypes(
  model: OnnxModel,
  inputDims: ReadonlyMap<string, readonly number[]>,
  of: 'all' | 'outputs' = 'all',
): Promise<Map<string, TensorType>> {
  const types = new Map<string, TensorType>();
  const graph = model.proto.graph;
  if (!graph) return types;
  const complete = completeDims(model, inputDims);
  const feeds = new Map<string, RuntimeTensor>();
  for (const input of graph.input) {
    const dims = complete.get(input.name);
    if (dims === undefined) continue;
    const dtype = valueDataType(input);
    if (!isRuntimeType(dtype)) {
      throw new Failure(
        'bad-input',
        `Input ${input.name} of ${model.path} is no numeric tensor.`,
        'Only models with tensor inputs can be converted.',
      );
    }
    types.set(input.name, { dtype, dims });
    feeds.set(input.name, filledTensor(dtype, dims, 0.5));
  }
  for (const tensor of graph.initializer) {
    types.set(tensor.name, { dtype: tensor.dataType, dims: tensor.dims.map(Number) });
  }
  const probe = clone(ModelProtoSchema, model.proto);
  const outputs = new Set(graph.output.map(({ name }) => name));
  const probes = addProbes(probe, (tensor) => of === 'all' || outputs.has(tensor));
  const results = await evaluate(probe, feeds, { path: model.path });
  for (const [tensor, { shape, type }] of probes) {
    const dims = results.get(shape);
    const carrier = results.get(type);
    if (dims === undefined || carrier === undefined) continue;
    types.set(tensor, {
      dtype: carrier.dataType,
      dims: Array.from(dims.data as Iterable<bigint>, Number),
    });
  }
  return types;
}

/**
 * A clone whose inputs have these sizes. Symbols that they bind (`batch`, `height`) are replaced everywhere in the
 * model's stated shapes; shapes that no longer can be vouched for are dropped.
 * @throws {Failure} `bad-usage` as `resolveTensorTypes`.
 */
export function fixInputDims(model: OnnxModel, dims: ReadonlyMap<string, readonly number[]>): OnnxModel {
  const complete = completeDims(model, dims);
  const result = cloneModel(model);
  const graph = result.proto.graph;
  if (!graph) return result;
  const bound = new Map<string, number>();
  for (const input of graph.input) {
    const size = complete.get(input.name);
    if (size === undefined) continue;
    valueDims(input)?.forEach((dim, at) => {
      const value = size[at];
      if (typeof dim !== 'string' || value === undefined) return;
      const before = bound.get(dim);
      if (before !== undefined && before !== value) {
        throw new Failure(
          'bad-usage',
          `Size ${dim} of ${model.path} cannot be ${before} and ${value} at once.`,
          'Give equal sizes where the model uses one symbol.',
        );
      }
      bound.set(dim, value);
    });
    setValueDims(input, size);
  }
  for (const value of [...graph.output, ...graph.valueInfo]) {
    const old = valueDims(value);
    if (old?.some((dim) => typeof dim === 'string' && bound.has(dim))) {
      setValueDims(
        value,
        old.map((dim) => (typeof dim === 'string' ? (bound.get(dim) ?? dim) : dim)),
      );
    }
  }
  return result;
}
