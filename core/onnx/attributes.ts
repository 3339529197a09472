/** Attributes of a node: typed reading with defaults, and makers for new nodes. */

import { create } from '@bufbuild/protobuf';
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  type GraphProto,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
} from 'onnx-buf';

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** The attribute of that name, if the node carries it. */
export function findAttribute(node: NodeProto, name: string): AttributeProto | undefined {
  return node.attribute.find((attribute) => attribute.name === name);
}

export function intAttribute(node: NodeProto, name: string, fallback: number): number {
  const found = findAttribute(node, name);
  return found === undefined ? fallback : Number(found.i);
}

export function intsAttribute(node: NodeProto, name: string, fallback: readonly number[]): number[] {
  const found = findAttribute(node, name);
  return found === undefined ? [...fallback] : found.ints.map(Number);
}

export function floatAttribute(node: NodeProto, name: string, fallback: number): number {
  return findAttribute(node, name)?.f ?? fallback;
}

export function floatsAttribute(node: NodeProto, name: string, fallback: readonly number[]): number[] {
  return [...(findAttribute(node, name)?.floats ?? fallback)];
}

export function stringAttribute(node: NodeProto, name: string, fallback: string): string {
  const found = findAttribute(node, name);
  return found === undefined ? fallback : decoder.decode(found.s);
}

export function tensorAttribute(node: NodeProto, name: string): TensorProto | undefined {
  return findAttribute(node, name)?.t;
}

/** Makers of attributes, by kind. */
export const attribute = {
  int: (name: string, value: number) =>
    create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) }),
  ints: (name: string, values: readonly number[]) =>
    create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: values.map(BigInt) }),
  float: (name: string, value: number) =>
    create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value }),
  floats: (name: string, values: readonly number[]) =>
    create(AttributeProtoSchema, { name, type: AttributeType.FLOATS, floats: [...values] }),
  string: (name: string, value: string) =>
    create(AttributeProtoSchema, { name, type: AttributeType.STRING, s: encoder.encode(value) }),
  tensor: (name: string, value: TensorProto) =>
    create(AttributeProtoSchema, { name, type: AttributeType.TENSOR, t: value }),
  graph: (name: string, value: GraphProto) =>
    create(AttributeProtoSchema, { name, type: AttributeType.GRAPH, g: value }),
} as const;

/** Puts an attribute in place of the one of its name. */
export function setAttribute(node: NodeProto, replacement: AttributeProto): void {
  removeAttribute(node, replacement.name);
  node.attribute.push(replacement);
}

export function removeAttribute(node: NodeProto, name: string): void {
  node.attribute = node.attribute.filter((existing) => existing.name !== name);
}

/** A new node of the default operator set. */
export function makeNode(
  opType: string,
  parts: {
    readonly name: string;
    readonly inputs: readonly string[];
    readonly outputs: readonly string[];
    readonly attributes?: readonly AttributeProto[];
    readonly domain?: string;
  },
): NodeProto {
  return create(NodeProtoSchema, {
    opType,
    name: parts.name,
    input: [...parts.inputs],
    output: [...parts.outputs],
    attribute: [...(parts.attributes ?? [])],
    ...(parts.domain ? { domain: parts.domain } : {}),
  });
}

/** The graphs that a node carries in its attributes (If, Loop, Scan). */
export function subgraphsOf(node: NodeProto): GraphProto[] {
  return node.attribute.flatMap((a) => (a.g ? [a.g, ...a.graphs] : a.graphs));
}
