/**
 * Decides, from the graph's structure alone, which tensors pass through Q/DQ pairs, which of them share a scale, and
 * which layers stay in float. No statistics are needed: the plan says what calibration has to observe.
 */

import type { NodeProto } from 'onnx-buf';
import { type DecodeTail, findDecodeTail } from '../onnx/decode-tail.ts';
import { GraphEditor, inputsOf } from '../onnx/graph.ts';
import type { OnnxModel } from '../onnx/model-file.ts';
import { type QuantizableLayer, quantizableLayer, weightedOperators } from './layers.ts';
import { ScaleGroups } from './scale-groups.ts';

/** A layer that will compute in int8. Nodes are named by their first output, which is unique in a graph. */
export interface PlannedLayer {
  readonly output: string;
  readonly name: string;
  readonly operator: string;
  readonly input: string;
  readonly weight: string;
  readonly axis: number;
}

/** A tensor that gets a Q/DQ pair, and the nodes (by first output) that read the pair instead of the tensor. */
export interface QuantizedTensor {
  readonly tensor: string;
  readonly readers: readonly string[];
}

export interface FloatNode {
  readonly output: string;
  readonly name: string;
  readonly operator: string;
  readonly reason: string;
}

export interface QuantizationPlan {
  readonly layers: readonly PlannedLayer[];
  /** In graph order; calibration observes exactly these. */
  readonly tensors: readonly QuantizedTensor[];
  /** Tensors that share one scale, singles included; together they are `tensors`. */
  readonly groups: readonly (readonly string[])[];
  /** Decode tail, final convolutions and layers with an obstacle. */
  readonly leftInFloat: readonly FloatNode[];
  /** Outputs of the last weighted layers, where decoding starts. */
  readonly headTensors: readonly string[];
}

export interface PlanOptions {
  /** Names (or first outputs) of nodes that stay in float on the user's wish. */
  readonly exclude?: ReadonlySet<string>;
  /** First outputs of the layers that a search for a limit of the loss returns to float. */
  readonly sensitive?: ReadonlySet<string>;
  /**
   * The last convolution before the decode: `float` by default. It is a thousandth of the arithmetic, and its result
   * is read as coordinates and scores directly, so its weights' rounding lands in every box.
   */
  readonly finalLayers?: 'float' | 'int8';
}

/** Why nodes that int8 could compute stay in float. */
export const floatReasons = {
  decodeTail: 'decode tail: boxes and scores of different magnitude meet here',
  finalLayer: 'final layer: its result is decoded to boxes and scores directly',
  excluded: 'excluded by the user',
  sensitive: 'sensitive: returned to float by the search for an accuracy limit',
} as const;

/** Operators that move or select values without computing new ones: input and output can share one int8 scale. */
const scaleKeepingOperators: ReadonlySet<string> = new Set([
  'Concat',
  'DepthToSpace',
  'Flatten',
  'MaxPool',
  'Reshape',
  'Resize',
  'Slice',
  'SpaceToDepth',
  'Split',
  'Squeeze',
  'Transpose',
  'Unsqueeze',
  'Upsample',
]);

/** The inputs of a scale-keeping node that carry activations; the rest are shapes, axes and indices. */
function carriedInputs(node: NodeProto): readonly string[] {
  return node.opType === 'Concat' ? node.input : node.input.slice(0, 1);
}

function nodeId(node: NodeProto): string {
  return node.output[0] ?? node.name;
}

class Placement {
  readonly #graph: GraphEditor;
  readonly #readers = new Map<string, Set<string>>();
  readonly #scales = new ScaleGroups();

  constructor(graph: GraphEditor) {
    this.#graph = graph;
  }

  has(tensor: string): boolean {
    return this.#readers.has(tensor);
  }

  read(tensor: string, reader: NodeProto): void {
    // A constant operand has no range to observe and is as cheap in float.
    if (tensor === '' || this.#graph.isConstant(tensor)) return;
    this.#scales.add(tensor);
    const readers = this.#readers.get(tensor);
    if (readers) readers.add(nodeId(reader));
    else this.#readers.set(tensor, new Set([nodeId(reader)]));
  }

  share(a: string, b: string): void {
    if (this.has(a) && this.has(b)) this.#scales.join(a, b);
  }

  tensors(order: readonly string[]): QuantizedTensor[] {
    return order
      .filter((tensor) => this.#readers.has(tensor))
      .map((tensor) => ({ tensor, readers: [...(this.#readers.get(tensor) ?? [])] }));
  }

  groups(): string[][] {
    return this.#scales.groups();
  }
}

/** Pulls Q/DQ back through scale-keeping nodes, so that a Concat or MaxPool between int8 layers runs in int8 too. */
function propagate(graph: GraphEditor, bodyBackwards: readonly NodeProto[], placement: Placement): void {
  for (const node of bodyBackwards) {
    if (!scaleKeepingOperators.has(node.opType)) continue;
    const quantizedOutputs = node.output.filter((output) => placement.has(output));
    const first = quantizedOutputs[0];
    if (first === undefined) continue;
    for (const input of carriedInputs(node)) {
      if (graph.isConstant(input)) continue;
      placement.read(input, node);
      for (const output of quantizedOutputs) placement.share(input, output);
    }
  }
}

/** Depth of a tensor: nodes on the longest way from a graph input. */
function depths(nodes: readonly NodeProto[]): Map<string, number> {
  const depth = new Map<string, number>();
  for (const node of nodes) {
    const own = 1 + Math.max(0, ...inputsOf(node).map((input) => depth.get(input) ?? 0));
    for (const output of node.output) depth.set(output, own);
  }
  return depth;
}

/**
 * A residual addition runs inside the convolution before it when the other operand, the shortcut, arrives as int8. The
 * branch that has just been computed stays in float: it never leaves the kernel. The shortcut is the operand with the
 * shorter way from the input.
 */
function shortcutOf(
  node: NodeProto,
  graph: GraphEditor,
  depth: ReadonlyMap<string, number>,
): string | undefined {
  const [a, b] = node.input;
  if (a === undefined || b === undefined || a === b) return undefined;
  if (graph.isConstant(a) || graph.isConstant(b)) return undefined;
  return (depth.get(a) ?? 0) <= (depth.get(b) ?? 0) ? a : b;
}

function floatNode(node: NodeProto, reason: string): FloatNode {
  return { output: nodeId(node), name: node.name, operator: node.opType, reason };
}

interface Sorting {
  readonly layers: readonly QuantizableLayer[];
  readonly leftInFloat: readonly FloatNode[];
}

function sortLayers(graph: GraphEditor, tail: DecodeTail, options: PlanOptions): Sorting {
  const heads = new Set(tail.headTensors);
  const layers: QuantizableLayer[] = [];
  const leftInFloat: FloatNode[] = [];
  for (const node of graph.nodes) {
    if (tail.nodes.has(node)) {
      leftInFloat.push(floatNode(node, floatReasons.decodeTail));
      continue;
    }
    if (!weightedOperators.has(node.opType)) continue;
    const layer = quantizableLayer(graph, node);
    if (layer === undefined) continue;
    if ('obstacle' in layer) {
      leftInFloat.push(floatNode(node, layer.obstacle));
    } else if (options.exclude?.has(node.name) || options.exclude?.has(nodeId(node))) {
      leftInFloat.push(floatNode(node, floatReasons.excluded));
    } else if (options.sensitive?.has(nodeId(node))) {
      leftInFloat.push(floatNode(node, floatReasons.sensitive));
    } else if (options.finalLayers !== 'int8' && node.output.some((output) => heads.has(output))) {
      leftInFloat.push(floatNode(node, floatReasons.finalLayer));
    } else {
      layers.push(layer);
    }
  }
  return { layers, leftInFloat };
}

/**
 * Plans explicit quantization by TensorRT's fusion rules: the input of every weighted layer, the shortcut of residual
 * additions, and what scale-keeping operators between them pass on, with shared scales there. What lies after the last
 * weighted layers (the decode) and, by default, those layers themselves stay in float.
 *
 * @param model prepared (`prepareModel`): constants folded, batch norm folded, opset 13 or newer.
 */
export function planQuantization(model: OnnxModel, options: PlanOptions = {}): QuantizationPlan {
  const protoGraph = model.proto.graph;
  if (protoGraph === undefined) throw new Error('a model that was read always has a graph');
  const graph = new GraphEditor(protoGraph);
  const tail = findDecodeTail(model);
  const { layers, leftInFloat } = sortLayers(graph, tail, options);

  const placement = new Placement(graph);
  for (const layer of layers) placement.read(layer.input, layer.node);

  const body = graph.nodes.filter((node) => !tail.nodes.has(node));
  const depth = depths(graph.nodes);
  for (const node of body) {
    if (node.opType !== 'Add') continue;
    const shortcut = shortcutOf(node, graph, depth);
    // Only inside the int8 part: a sum that no int8 layer reads, directly or through others, gains nothing.
    if (shortcut !== undefined && placement.has(shortcut)) placement.read(shortcut, node);
  }
  propagate(graph, body.toReversed(), placement);

  const order = [...protoGraph.input.map(({ name }) => name), ...graph.nodes.flatMap(({ output }) => output)];
  return {
    layers: layers.map(({ node, input, weight, axis }) => ({
      output: nodeId(node),
      name: node.name,
      operator: node.opType,
      input,
      weight,
      axis,
    })),
    tensors: placement.tensors(order),
    groups: placement.groups(),
    leftInFloat,
    headTensors: [...tail.headTensors],
  };
}
