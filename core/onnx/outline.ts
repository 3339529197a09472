/** Outlines a graph for drawing: nodes and edges as plain data, constants and attributes as short texts. */

import { type AttributeProto, AttributeProto_AttributeType as AttributeType, type NodeProto } from 'onnx-buf';
import { GraphEditor } from './graph.ts';
import type { OnnxModel } from './model-file.ts';
import { inputsOf } from './node-inputs.ts';
import { dataTypeName, elementCount, integerValues, tensorDims, tensorValues } from './tensors.ts';

export interface OutlinedNode {
  /** The node's first output where that names it alone, which is so in every valid graph. */
  readonly id: string;
  /** Other domains are written `domain.Operator`. */
  readonly operator: string;
  readonly name: string;
  /** Tensors that it reads, constants left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** `name=value`, long values shortened. */
  readonly attributes: readonly string[];
  /** One for each constant that it reads, e.g. `weight 64x32x3x3 float32`. */
  readonly constants: readonly string[];
}

export interface Outline {
  /** In the order of the graph. Constants are no nodes, nor are the DequantizeLinear of stored int8 weights. */
  readonly nodes: readonly OutlinedNode[];
  /** Node ids, and the tensor that goes from one to the other. */
  readonly edges: readonly { readonly from: string; readonly to: string; readonly tensor: string }[];
}

const decoder = new TextDecoder();
const longestList = 8;
const longestText = 48;

function listText(values: readonly (number | string)[]): string {
  const shown = values.slice(0, longestList).join(',');
  return values.length > longestList ? `${shown},... (${values.length})` : shown;
}

/** As many digits as float32 holds. */
function floatText(value: number): string {
  return String(Number(value.toPrecision(7)));
}

function shortened(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText)}...` : text;
}

function shapeText(dims: readonly number[]): string {
  return dims.length === 0 ? 'scalar' : dims.join('x');
}

function attributeText(attribute: AttributeProto): string {
  switch (attribute.type) {
    case AttributeType.INT:
      return String(attribute.i);
    case AttributeType.FLOAT:
      return floatText(attribute.f);
    case AttributeType.STRING:
      return shortened(decoder.decode(attribute.s));
    case AttributeType.INTS:
      return listText(attribute.ints.map(String));
    case AttributeType.FLOATS:
      return listText(attribute.floats.map(floatText));
    case AttributeType.STRINGS:
      return listText(attribute.strings.map((bytes) => shortened(decoder.decode(bytes))));
    case AttributeType.TENSOR:
      return attribute.t
        ? `${shapeText(tensorDims(attribute.t))} ${dataTypeName(attribute.t.dataType)}`
        : 'tensor';
    case AttributeType.GRAPH:
      return `graph of ${attribute.g?.node.length ?? 0} nodes`;
    default:
      return '...';
  }
}

/** What an operator calls its inputs, by position. */
const inputRoles: ReadonlyMap<string, readonly string[]> = new Map([
  ['BatchNormalization', ['input', 'scale', 'bias', 'mean', 'variance']],
  ['Clip', ['input', 'min', 'max']],
  ['Conv', ['input', 'weight', 'bias']],
  ['ConvTranspose', ['input', 'weight', 'bias']],
  ['DequantizeLinear', ['input', 'scale', 'zero point']],
  ['Expand', ['input', 'shape']],
  ['Gather', ['data', 'indices']],
  ['Gemm', ['input', 'weight', 'bias']],
  ['MatMul', ['weight', 'weight']],
  ['Pad', ['input', 'pads', 'value', 'axes']],
  ['QuantizeLinear', ['input', 'scale', 'zero point']],
  ['Reshape', ['data', 'shape']],
  ['Resize', ['input', 'roi', 'scales', 'sizes']],
  ['Slice', ['data', 'starts', 'ends', 'axes', 'steps']],
  ['Split', ['input', 'split']],
  ['Squeeze', ['data', 'axes']],
  ['Tile', ['input', 'repeats']],
  ['TopK', ['input', 'k']],
  ['Unsqueeze', ['data', 'axes']],
  ['Upsample', ['input', 'scales']],
]);

/** Few values say more than a shape. */
const mostValuesShown = 4;

function valuesText(tensor: Parameters<typeof tensorValues>[0]): string {
  if (elementCount(tensor.dims) > mostValuesShown) return '';
  try {
    const values = tensorValues(tensor);
    const isFloat = values instanceof Float32Array || values instanceof Float64Array;
    return ` = ${(isFloat ? Array.from(values, floatText) : integerValues(tensor).map(String)).join(',')}`;
  } catch {
    // Strings and damaged tensors keep their shape alone.
    return '';
  }
}

class Outliner {
  readonly #graph: GraphEditor;
  readonly #ids = new Map<NodeProto, string>();

  constructor(graph: GraphEditor) {
    this.#graph = graph;
    const taken = new Set<string>();
    for (const [position, node] of graph.nodes.entries()) {
      const own = node.output.find((name) => name !== '') ?? node.name;
      const id = own === '' || taken.has(own) ? `${own}#${position}` : own;
      taken.add(id);
      this.#ids.set(node, id);
    }
  }

  /** The stored tensor behind a name: a constant, or int8 weights that a DequantizeLinear restores. */
  #stored(name: string): { readonly text: string } | undefined {
    const constant = this.#graph.constantValue(name);
    if (constant) {
      const dims = tensorDims(constant);
      return { text: `${shapeText(dims)} ${dataTypeName(constant.dataType)}${valuesText(constant)}` };
    }
    const producer = this.#graph.producerOf(name);
    if (producer?.opType === 'Constant') return { text: 'constant' };
    if (producer?.opType !== 'DequantizeLinear') return undefined;
    const weights = this.#graph.constantValue(producer.input[0] ?? '');
    return weights && { text: `${shapeText(tensorDims(weights))} ${dataTypeName(weights.dataType)}` };
  }

  #isStored(node: NodeProto): boolean {
    return (
      node.opType === 'Constant' ||
      (node.opType === 'DequantizeLinear' && this.#graph.isConstant(node.input[0] ?? ''))
    );
  }

  #node(node: NodeProto): OutlinedNode {
    const roles = inputRoles.get(node.opType) ?? [];
    const constants: string[] = [];
    for (const [position, name] of node.input.entries()) {
      const stored = name === '' ? undefined : this.#stored(name);
      if (stored) constants.push(`${roles[position] ?? 'constant'} ${stored.text}`);
    }
    const standard = node.domain === '' || node.domain === 'ai.onnx';
    return {
      id: this.#ids.get(node) ?? '',
      operator: standard ? node.opType : `${node.domain}.${node.opType}`,
      name: node.name,
      inputs: inputsOf(node).filter((name) => this.#stored(name) === undefined),
      outputs: node.output.filter((name) => name !== ''),
      attributes: node.attribute.map((attribute) => `${attribute.name}=${attributeText(attribute)}`),
      constants,
    };
  }

  outline(): Outline {
    const shown = this.#graph.nodes.filter((node) => !this.#isStored(node));
    const nodes = shown.map((node) => this.#node(node));
    const edges = nodes.flatMap(({ id, inputs }) =>
      [...new Set(inputs)].flatMap((tensor) => {
        const producer = this.#graph.producerOf(tensor);
        const from = producer && this.#ids.get(producer);
        return from === undefined ? [] : [{ from, to: id, tensor }];
      }),
    );
    return { nodes, edges };
  }
}

/** The model's own graph; graphs inside If, Loop and Scan stay with their nodes. Duplicate names do not break it. */
export function outlineGraph(model: OnnxModel): Outline {
  const graph = model.proto.graph;
  return graph ? new Outliner(new GraphEditor(graph)).outline() : { nodes: [], edges: [] };
}
