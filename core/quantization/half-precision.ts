/** Turns a float32 model into one that is typed float16 where that is safe, with float32 inputs and outputs. */

import type { NodeProto } from 'onnx-buf';
import { findDecodeTail } from '../onnx/decode-tail.ts';
import { attribute, GraphEditor, inputsOf, makeNode } from '../onnx/graph.ts';
import { cloneModel, type OnnxModel } from '../onnx/model-file.ts';
import { DataType, float16Tensor, floatValues, tensorDims } from '../onnx/tensors.ts';
import { elementTypes } from './element-types.ts';
import { markPrecision } from './insert.ts';
import type { FloatNode } from './plan.ts';

/** Largest finite value of IEEE 754 binary16. */
export const largestHalf = 65504;

/** Smallest positive value of binary16 (subnormal); below half of it everything rounds to zero. */
const smallestHalf = 2 ** -24;

/** Why the decode stays in float32. */
export const decodeInFloat32 = 'decode tail: coordinates need more than the 11 bits of float16';

export interface HalfPrecisionOptions {
  /** Largest absolute value seen in each tensor, where observed; beyond `largestHalf` its node stays in float32. */
  readonly observedAbsMax?: ReadonlyMap<string, number>;
  /** The decode after the last convolutions: coordinates of 512 and more have steps of 0.5 pixels in float16. */
  readonly decode?: 'float32' | 'float16';
}

/** A constant or observed value that float16 cannot hold. */
export interface HalfOverflow {
  readonly tensor: string;
  readonly value: number;
  readonly node: string;
}

export interface HalfPrecisionModel {
  readonly model: OnnxModel;
  readonly leftInFloat: readonly FloatNode[];
  readonly overflows: readonly HalfOverflow[];
  /** Weights that are not zero in float32 but are in float16. */
  readonly vanished: readonly { readonly tensor: string; readonly count: number }[];
  readonly casts: number;
}

/** Operators that make or convert types, or that have no float16 form in the specification or in runtimes. */
const float32Operators: ReadonlySet<string> = new Set([
  'Cast',
  'CastLike',
  'Constant',
  'ConstantOfShape',
  'CumSum',
  'DequantizeLinear',
  'EyeLike',
  'If',
  'Loop',
  'NonMaxSuppression',
  'QuantizeLinear',
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
  'Range',
  'RoiAlign',
  'Scan',
]);

/** Operators that read a tensor of any type and return something else: no cast is needed before them. */
const typeBlindOperators: ReadonlySet<string> = new Set(['Shape', 'Size']);

/** Inputs that the specification fixes to float32 whatever the data's type: roi and scales of Resize and Upsample. */
function isPinnedInput(node: NodeProto, position: number): boolean {
  return (node.opType === 'Resize' || node.opType === 'Upsample') && position >= 1;
}

type Decision = { readonly half: true } | { readonly half: false; readonly reason: string };

/** Why a node stays in float32, judged by its operator, its constants and the observed values. */
function decide(
  node: NodeProto,
  graph: GraphEditor,
  options: HalfPrecisionOptions,
  overflows: HalfOverflow[],
): Decision {
  if (node.domain !== '' && node.domain !== 'ai.onnx') {
    return { half: false, reason: `operator of domain ${node.domain}: its types are not known` };
  }
  if (float32Operators.has(node.opType)) {
    return { half: false, reason: `${node.opType} has no float16 form that every runtime accepts` };
  }
  let reason: string | undefined;
  for (const [position, input] of node.input.entries()) {
    const constant = isPinnedInput(node, position) ? undefined : graph.initializer(input);
    if (constant?.dataType !== DataType.FLOAT) continue;
    const value = largestMagnitude(floatValues(constant));
    if (value <= largestHalf) continue;
    overflows.push({ tensor: input, value, node: node.name });
    reason = `constant ${input} holds ${value}, beyond float16's largest value ${largestHalf}`;
  }
  for (const tensor of [...node.input, ...node.output]) {
    const value = options.observedAbsMax?.get(tensor);
    if (value === undefined || value <= largestHalf) continue;
    if (node.output.includes(tensor)) overflows.push({ tensor, value, node: node.name });
    reason = `tensor ${tensor} reached ${value} on the images, beyond float16's largest value ${largestHalf}`;
  }
  return reason === undefined ? { half: true } : { half: false, reason };
}

function largestMagnitude(values: Float32Array): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
}

/** Writes the chosen types into the graph: casts where types meet, float16 copies of constants. */
class TypeRewriter {
  readonly #graph: GraphEditor;
  readonly #types: ReadonlyMap<string, number>;
  readonly #half: ReadonlySet<NodeProto>;
  readonly #converted = new Map<string, string>();
  readonly vanished: { tensor: string; count: number }[] = [];
  casts = 0;

  constructor(graph: GraphEditor, types: ReadonlyMap<string, number>, half: ReadonlySet<NodeProto>) {
    this.#graph = graph;
    this.#types = types;
    this.#half = half;
  }

  rewriteInputs(node: NodeProto): void {
    if (typeBlindOperators.has(node.opType)) return;
    const wantsHalf = this.#half.has(node);
    const pinned = new Set(node.input.filter((_, position) => isPinnedInput(node, position)));
    for (const tensor of new Set(inputsOf(node))) {
      if (this.#types.get(tensor) !== DataType.FLOAT || pinned.has(tensor)) continue;
      const constant = this.#graph.initializer(tensor);
      const producer = this.#graph.producerOf(tensor);
      const isHalf = producer !== undefined && this.#half.has(producer);
      if (constant ? !wantsHalf : isHalf === wantsHalf) continue;
      this.#graph.replaceInput(node, tensor, this.#as(tensor, wantsHalf));
    }
  }

  /** A graph output keeps its name and float32: the node that computes it writes under another name. */
  restoreOutput(name: string): void {
    const producer = this.#graph.producerOf(name);
    if (producer === undefined || !this.#half.has(producer) || this.#types.get(name) !== DataType.FLOAT)
      return;
    const inner = this.#graph.uniqueName(`${name}_float16`);
    for (const consumer of this.#graph.consumersOf(name)) this.#graph.replaceInput(consumer, name, inner);
    this.#graph.setOutput(producer, producer.output.indexOf(name), inner);
    this.#addCast(inner, name, DataType.FLOAT);
  }

  #as(tensor: string, half: boolean): string {
    const key = `${half} ${tensor}`;
    const known = this.#converted.get(key);
    if (known !== undefined) return known;
    const name = this.#graph.uniqueName(`${tensor}_${half ? 'float16' : 'float32'}`);
    this.#converted.set(key, name);
    const constant = this.#graph.initializer(tensor);
    if (constant) this.#addHalfConstant(tensor, name);
    else this.#addCast(tensor, name, half ? DataType.FLOAT16 : DataType.FLOAT);
    return name;
  }

  #addHalfConstant(tensor: string, name: string): void {
    const constant = this.#graph.initializer(tensor);
    if (constant === undefined) return;
    const values = floatValues(constant);
    const count = values.reduce(
      (n, value) => n + (value !== 0 && Math.abs(value) <= smallestHalf / 2 ? 1 : 0),
      0,
    );
    if (count > 0) this.vanished.push({ tensor, count });
    this.#graph.addInitializer(float16Tensor(name, tensorDims(constant), values));
  }

  #addCast(from: string, to: string, dataType: number): void {
    this.casts++;
    this.#graph.addNode(
      makeNode('Cast', {
        name: this.#graph.uniqueName(`${to}_Cast`),
        inputs: [from],
        outputs: [to],
        attributes: [attribute.int('to', dataType)],
      }),
    );
  }
}

/**
 * A copy of `model` that computes in float16. Inputs and outputs stay float32. The decode tail stays in float32 by
 * default, as do operators without a float16 form and nodes whose constants or observed values exceed 65504; each is
 * named with the reason.
 *
 * @param model prepared (`prepareModel`), float32.
 */
export function convertToHalfPrecision(
  model: OnnxModel,
  options: HalfPrecisionOptions = {},
): HalfPrecisionModel {
  const tailOutputs = new Set(
    options.decode === 'float16'
      ? []
      : [...findDecodeTail(model).nodes].map((node) => node.output[0] ?? node.name),
  );
  const copy = cloneModel(model);
  const protoGraph = copy.proto.graph;
  if (protoGraph === undefined) throw new Error('a model that was read always has a graph');
  const graph = new GraphEditor(protoGraph);
  const types = elementTypes(graph);
  const overflows: HalfOverflow[] = [];
  const leftInFloat: FloatNode[] = [];
  const half = new Set<NodeProto>();
  for (const node of graph.nodes) {
    if (!node.output.some((output) => types.get(output) === DataType.FLOAT)) continue;
    const decision: Decision = tailOutputs.has(node.output[0] ?? node.name)
      ? { half: false, reason: decodeInFloat32 }
      : decide(node, graph, options, overflows);
    if (decision.half) half.add(node);
    else {
      leftInFloat.push({
        output: node.output[0] ?? '',
        name: node.name,
        operator: node.opType,
        reason: decision.reason,
      });
    }
  }

  const rewriter = new TypeRewriter(graph, types, half);
  const constants = protoGraph.initializer.map(({ name }) => name);
  for (const node of [...graph.nodes]) rewriter.rewriteInputs(node);
  for (const output of protoGraph.output) rewriter.restoreOutput(output.name);
  for (const name of constants) {
    if (graph.consumersOf(name).length === 0 && !graph.isGraphOutput(name)) graph.removeInitializer(name);
  }
  // Stated types of intermediate tensors are wrong now, and nobody needs them.
  protoGraph.valueInfo = [];
  graph.topologicalSort();
  markPrecision(copy, 'fp16');
  return { model: copy, leftInFloat, overflows, vanished: rewriter.vanished, casts: rewriter.casts };
}
