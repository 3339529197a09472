/** Says of each node of a converted model what it computes in, from the file's own types and Q/DQ pairs. */

import type { NodeProto } from 'onnx-buf';
import { findDecodeTail } from '../onnx/decode-tail.ts';
import { GraphEditor } from '../onnx/graph.ts';
import type { OnnxModel } from '../onnx/model-file.ts';
import { DataType } from '../onnx/tensors.ts';
import { elementTypes } from './element-types.ts';
import { decodeInFloat32 } from './half-precision.ts';
import { weightedOperators } from './layers.ts';
import { floatReasons, planQuantization } from './plan.ts';

export type NodePrecision = 'fp32' | 'fp16' | 'int8';

export interface ComputedIn {
  /** Null for shape arithmetic, and for every node of a model that was not converted. */
  readonly precision: NodePrecision | null;
  /** Why it stays (or would stay) in float, where a rule says so. */
  readonly reason: string | null;
}

const quantizedOperator = /^(QLinear|DynamicQuantize)|Integer$|^(Quantize|Dequantize)Linear$/;

function marked(model: OnnxModel): string | undefined {
  return model.proto.metadataProps.find(({ key }) => key === 'engineroom.precision')?.value;
}

class Reader {
  readonly #graph: GraphEditor;
  readonly #types: ReadonlyMap<string, number>;

  constructor(graph: GraphEditor) {
    this.#graph = graph;
    this.#types = elementTypes(graph);
  }

  #restored(tensor: string | undefined): boolean {
    return this.#graph.producerOf(tensor ?? '')?.opType === 'DequantizeLinear';
  }

  /** Everything that reads the results quantizes them first. */
  #requantized(node: NodeProto): boolean {
    const readers = node.output.flatMap((output) => this.#graph.consumersOf(output));
    return readers.length > 0 && readers.every(({ opType }) => opType === 'QuantizeLinear');
  }

  /** Whether a runtime that fuses Q/DQ pairs runs the node on int8 values. */
  isInt8(node: NodeProto): boolean {
    if (quantizedOperator.test(node.opType)) return true;
    const [first, second] = node.input;
    if (weightedOperators.has(node.opType)) return this.#restored(first) && this.#restored(second);
    // A residual addition runs inside the convolution before it, whose result never leaves the kernel.
    if (node.opType === 'Add') return this.#restored(first) || this.#restored(second);
    const activations = node.input.filter((name) => {
      const type = this.#types.get(name);
      return (type === DataType.FLOAT || type === DataType.FLOAT16) && !this.#graph.isConstant(name);
    });
    return (
      activations.length > 0 &&
      activations.every((name) => this.#restored(name)) &&
      (this.#requantized(node) || node.output.some((name) => this.#graph.isGraphOutput(name)))
    );
  }

  floatPrecision(node: NodeProto): NodePrecision | null {
    const types = node.output.map((output) => this.#types.get(output));
    if (types.includes(DataType.FLOAT16)) return 'fp16';
    return types.some((type) => type === DataType.FLOAT || type === DataType.DOUBLE) ? 'fp32' : null;
  }
}

/** Nodes of a model as it was exported: no precision yet, but the reasons that a plan for int8 would give. */
function planned(model: OnnxModel): Map<string, ComputedIn> {
  const { leftInFloat } = planQuantization(model);
  return new Map(leftInFloat.map(({ output, reason }) => [output, { precision: null, reason }]));
}

/**
 * Keyed by a node's first output; nodes that are not in the map have neither precision nor reason. A model counts as
 * converted when its metadata says so or when it holds quantized operators.
 */
export function nodePrecisions(model: OnnxModel): ReadonlyMap<string, ComputedIn> {
  const protoGraph = model.proto.graph;
  if (protoGraph === undefined) return new Map();
  const quantized = protoGraph.node.some(({ opType }) => quantizedOperator.test(opType));
  const mark = marked(model);
  if (mark === undefined && !quantized) return planned(model);

  const graph = new GraphEditor(protoGraph);
  const reader = new Reader(graph);
  const tail = findDecodeTail(model);
  const heads = new Set(tail.headTensors);
  const reasonFor = (node: NodeProto, precision: NodePrecision | null): string | null => {
    if (precision === null || precision === 'int8') return null;
    if (quantized) {
      if (tail.nodes.has(node)) return floatReasons.decodeTail;
      return node.output.some((output) => heads.has(output)) ? floatReasons.finalLayer : null;
    }
    return mark === 'fp16' && precision === 'fp32' && tail.nodes.has(node) ? decodeInFloat32 : null;
  };
  return new Map(
    graph.nodes.map((node) => {
      const precision = reader.isInt8(node) ? 'int8' : reader.floatPrecision(node);
      return [node.output[0] ?? node.name, { precision, reason: reasonFor(node, precision) }];
    }),
  );
}
