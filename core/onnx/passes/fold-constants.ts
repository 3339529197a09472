/** Computes beforehand whatever does not depend on the input, by running that part of the graph in ONNX Runtime. */

import { clone, create } from '@bufbuild/protobuf';
import {
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import { intAttribute } from '../attributes.ts';
import { evaluate, type RuntimeTensor, runtimeDomains, tensorFromRuntime } from '../evaluate.ts';
import { constantNodeValue, GraphEditor, inputsOf } from '../graph.ts';
import type { OnnxModel } from '../model-file.ts';
import { resolveTensorTypes, symbolicDims } from '../shapes.ts';
import { int64Tensor, rawByteLength } from '../tensors.ts';
import { type KnownTensors, knownTensors } from './known-tensors.ts';

/** Results up to this size are stored whatever they came from: 1 MiB. */
const alwaysStoredBytes = 1 << 20;

/** Values of Shape and Size nodes whose input is not constant but has a fixed shape. */
async function shapeValues(model: OnnxModel, known: KnownTensors): Promise<Map<string, number[]>> {
  const values = new Map<string, number[]>();
  if (known.shapeNodes.size === 0) return values;
  const types = await resolveTensorTypes(model, new Map());
  for (const node of known.shapeNodes) {
    const dims = types.get(node.input[0] ?? '')?.dims;
    const output = node.output[0];
    if (dims === undefined || output === undefined) continue;
    const start = intAttribute(node, 'start', 0);
    const end = intAttribute(node, 'end', dims.length);
    values.set(output, node.opType === 'Size' ? [dims.reduce((a, b) => a * b, 1)] : dims.slice(start, end));
  }
  return values;
}

/** Results of constant nodes that the rest of the graph reads. */
function frontier(editor: GraphEditor, constantNodes: ReadonlySet<NodeProto>): Map<string, NodeProto> {
  const results = new Map<string, NodeProto>();
  for (const node of constantNodes) {
    for (const name of node.output) {
      if (name !== '' && editor.consumersOf(name).some((consumer) => !constantNodes.has(consumer))) {
        results.set(name, node);
      }
    }
  }
  return results;
}

/** Runs the constant part of a graph; its Shape nodes are given as values. */
async function evaluateConstants(
  model: OnnxModel,
  editor: GraphEditor,
  constantNodes: ReadonlySet<NodeProto>,
  shapes: ReadonlyMap<string, number[]>,
  wanted: readonly string[],
): Promise<Map<string, RuntimeTensor>> {
  const initializers = new Map<string, TensorProto>();
  const nodes: NodeProto[] = [];
  const isShape = (node: NodeProto) => shapes.has(node.output[0] ?? '');
  for (const node of constantNodes) {
    const values = shapes.get(node.output[0] ?? '');
    if (values) {
      const name = node.output[0] ?? '';
      initializers.set(name, int64Tensor(name, node.opType === 'Size' ? [] : [values.length], values));
    }
  }
  for (const node of editor.nodes) {
    if (!constantNodes.has(node) || isShape(node)) continue;
    nodes.push(clone(NodeProtoSchema, node));
    for (const name of inputsOf(node)) {
      const tensor = editor.initializer(name);
      if (tensor) initializers.set(name, tensor);
    }
  }
  const part = create(ModelProtoSchema, {
    irVersion: model.proto.irVersion,
    opsetImport: model.proto.opsetImport,
    graph: create(GraphProtoSchema, {
      name: 'constants',
      node: nodes,
      initializer: [...initializers.values()],
      output: wanted.map((name) => create(ValueInfoProtoSchema, { name })),
    }),
  });
  return evaluate(part, new Map(), { path: `the constant part of ${model.path}` });
}

/** Bytes of the initializers that a tensor is computed from. */
function sourceBytes(editor: GraphEditor, name: string): number {
  const seen = new Set<string>();
  const open = [name];
  let bytes = 0;
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const tensor = editor.constantValue(at);
    if (tensor) bytes += rawByteLength(tensor.dataType, tensor.dims) ?? 0;
    const producer = editor.producerOf(at);
    if (producer) open.push(...inputsOf(producer));
  }
  return bytes;
}

/** Constant nodes become initializers, values and all. */
function storeConstantNodes(editor: GraphEditor): void {
  const values = new Map<NodeProto, TensorProto>();
  for (const node of editor.nodes) {
    const name = node.output[0];
    if (node.opType !== 'Constant' || name === undefined || editor.isGraphOutput(name)) continue;
    const value = constantNodeValue(node);
    if (!value) continue;
    value.name = name;
    values.set(node, value);
  }
  editor.removeNodes(new Set(values.keys()));
  for (const value of values.values()) editor.addInitializer(value);
}

/**
 * Edits the model in place. Constant nodes become initializers; subgraphs of constants are run and replaced by their
 * results; where all input sizes are static, shapes count as constants too. Results over 1 MiB that are larger than what
 * they are computed from are left to be computed, so that the file does not grow. Quantized weights stay quantized.
 * @returns how many nodes went.
 * @throws {Failure} `bad-input` when ONNX Runtime cannot run the model.
 */
export async function foldConstants(model: OnnxModel): Promise<number> {
  const graph = model.proto.graph;
  if (!graph) return 0;
  const before = graph.node.length;
  const editor = new GraphEditor(graph);
  editor.topologicalSort();
  storeConstantNodes(editor);

  // Shapes are learnt by running the model, which operators of other libraries prevent.
  const runs = graph.node.every((node) => runtimeDomains.has(node.domain));
  const known = knownTensors(editor, runs && symbolicDims(model).size === 0);
  const shapes = await shapeValues(model, known);
  const constantNodes = new Set(
    [...known.constantNodes].filter(
      (node) =>
        !node.output.some((name) => editor.isGraphOutput(name)) &&
        (!known.shapeNodes.has(node) || shapes.has(node.output[0] ?? '')),
    ),
  );
  // A node that had to leave takes those along that read it.
  const keepComputable = () => {
    for (const node of editor.nodes) {
      const readsLost = inputsOf(node).some((name) => {
        const producer = editor.producerOf(name);
        return producer !== undefined && !constantNodes.has(producer);
      });
      if (readsLost && !shapes.has(node.output[0] ?? '')) constantNodes.delete(node);
    }
  };
  keepComputable();

  for (;;) {
    const results = frontier(editor, constantNodes);
    if (results.size === 0) break;
    const values = await evaluateConstants(model, editor, constantNodes, shapes, [...results.keys()]);
    const refused = [...results].filter(([name]) => {
      const value = values.get(name);
      if (value === undefined) return true;
      return value.data.byteLength > alwaysStoredBytes && value.data.byteLength > sourceBytes(editor, name);
    });
    if (refused.length > 0) {
      for (const [, node] of refused) constantNodes.delete(node);
      keepComputable();
      continue;
    }
    editor.removeNodes(constantNodes);
    for (const [name, value] of values) editor.addInitializer(tensorFromRuntime(name, value));
    break;
  }
  return before - graph.node.length;
}
