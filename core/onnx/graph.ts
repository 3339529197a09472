/** Edits a graph while keeping the maps from tensors to their producers, consumers and values true. */

import type { GraphProto, NodeProto, TensorProto, ValueInfoProto } from 'onnx-buf';
import { Failure } from '../base/failure.ts';
import { subgraphsOf } from './attributes.ts';
import { constantNodeValue } from './constants.ts';
import { inputsOf, renameInput } from './node-inputs.ts';

export {
  attribute,
  findAttribute,
  floatAttribute,
  floatsAttribute,
  intAttribute,
  intsAttribute,
  makeNode,
  removeAttribute,
  setAttribute,
  stringAttribute,
  subgraphsOf,
  tensorAttribute,
} from './attributes.ts';
export { constantNodeValue } from './constants.ts';
export { inputsOf } from './node-inputs.ts';

/**
 * A graph with lookups in constant time. All edits of nodes, their inputs and the initializers go through it; a node's
 * attributes may be changed directly. Consumers appear once for each node, however often it reads the tensor.
 */
export class GraphEditor {
  readonly graph: GraphProto;
  readonly #producers = new Map<string, NodeProto>();
  readonly #consumers = new Map<string, Set<NodeProto>>();
  readonly #initializers = new Map<string, TensorProto>();
  readonly #inputs = new Map<string, ValueInfoProto>();
  readonly #outputs = new Map<string, ValueInfoProto>();
  readonly #names = new Set<string>();
  readonly #nextSuffix = new Map<string, number>();

  /** Indexes the graph, which is edited in place. */
  constructor(graph: GraphProto) {
    this.graph = graph;
    for (const input of graph.input) this.#inputs.set(input.name, input);
    for (const output of graph.output) this.#outputs.set(output.name, output);
    for (const tensor of graph.initializer) this.#initializers.set(tensor.name, tensor);
    for (const node of graph.node) this.#index(node);
    for (const name of [...this.#inputs.keys(), ...this.#outputs.keys(), ...this.#initializers.keys()]) {
      this.#names.add(name);
    }
    for (const tensor of graph.sparseInitializer) if (tensor.values) this.#names.add(tensor.values.name);
  }

  get nodes(): readonly NodeProto[] {
    return this.graph.node;
  }

  /** The node that computes a tensor; undefined for graph inputs and initializers. */
  producerOf(tensor: string): NodeProto | undefined {
    return this.#producers.get(tensor);
  }

  /** The nodes that read a tensor, in the order in which they were added. */
  consumersOf(tensor: string): NodeProto[] {
    return [...(this.#consumers.get(tensor) ?? [])];
  }

  initializer(name: string): TensorProto | undefined {
    return this.#initializers.get(name);
  }

  /** The value of a tensor that is the same on every run: an initializer or the output of a Constant node. */
  constantValue(name: string): TensorProto | undefined {
    const initializer = this.#initializers.get(name);
    if (initializer) return initializer;
    const producer = this.#producers.get(name);
    return producer?.opType === 'Constant' ? constantNodeValue(producer) : undefined;
  }

  isConstant(name: string): boolean {
    return this.constantValue(name) !== undefined;
  }

  /** True for an input that the caller must give; initializers listed as inputs by old exporters do not count. */
  isGraphInput(name: string): boolean {
    return this.#inputs.has(name) && !this.#initializers.has(name);
  }

  isGraphOutput(name: string): boolean {
    return this.#outputs.has(name);
  }

  /** Adds an initializer under its own name, which must be free, and returns that name. */
  addInitializer(tensor: TensorProto): string {
    if (this.#initializers.has(tensor.name) || this.#producers.has(tensor.name)) {
      throw new Error(`tensor name taken: ${tensor.name}`);
    }
    this.graph.initializer.push(tensor);
    this.#initializers.set(tensor.name, tensor);
    this.#names.add(tensor.name);
    return tensor.name;
  }

  /** Puts another value under the name of an initializer. */
  replaceInitializer(tensor: TensorProto): void {
    const at = this.graph.initializer.findIndex((existing) => existing.name === tensor.name);
    if (at < 0) throw new Error(`no initializer ${tensor.name}`);
    this.graph.initializer[at] = tensor;
    this.#initializers.set(tensor.name, tensor);
  }

  removeInitializer(name: string): void {
    this.graph.initializer = this.graph.initializer.filter((tensor) => tensor.name !== name);
    // Exporters of IR version 3 list initializers among the inputs, where a removed one must not stay.
    if (this.#initializers.delete(name) && this.#inputs.delete(name)) {
      this.graph.input = this.graph.input.filter((input) => input.name !== name);
    }
  }

  /** Inserts a node before or after another, or at the end. Keep the order topological or call `topologicalSort`. */
  addNode(node: NodeProto, at: { readonly before?: NodeProto; readonly after?: NodeProto } = {}): NodeProto {
    const anchor = at.before ?? at.after;
    if (anchor === undefined) {
      this.graph.node.push(node);
    } else {
      const index = this.graph.node.indexOf(anchor);
      if (index < 0) throw new Error(`anchor is not in the graph: ${anchor.name}`);
      this.graph.node.splice(at.before ? index : index + 1, 0, node);
    }
    this.#index(node);
    return node;
  }

  removeNode(node: NodeProto): void {
    const index = this.graph.node.indexOf(node);
    if (index < 0) throw new Error(`node is not in the graph: ${node.name}`);
    this.graph.node.splice(index, 1);
    this.#unindex(node);
  }

  /** Removes many nodes in one pass over the graph. */
  removeNodes(nodes: ReadonlySet<NodeProto>): void {
    this.graph.node = this.graph.node.filter((node) => !nodes.has(node));
    for (const node of nodes) this.#unindex(node);
  }

  /** Makes one node read `to` where it read `from`, in every position. */
  replaceInput(node: NodeProto, from: string, to: string): void {
    renameInput(node, from, to);
    this.#consumers.get(from)?.delete(node);
    if (inputsOf(node).includes(to)) this.#consumer(to).add(node);
  }

  /** Sets one input by position; missing positions before it are filled with the empty name. */
  setInput(node: NodeProto, position: number, name: string): void {
    for (const read of inputsOf(node)) this.#consumers.get(read)?.delete(node);
    while (node.input.length <= position) node.input.push('');
    node.input[position] = name;
    for (const read of inputsOf(node)) this.#consumer(read).add(node);
  }

  /** Renames one output of a node; consumers keep the old name unless `replaceAllUses` follows. */
  setOutput(node: NodeProto, position: number, name: string): void {
    const old = node.output[position];
    if (old !== undefined && this.#producers.get(old) === node) this.#producers.delete(old);
    node.output[position] = name;
    if (name !== '') this.#producers.set(name, node);
    this.#names.add(name);
  }

  /** Makes every node that reads `from` read `to`. Graph outputs keep their names: see `isGraphOutput`. */
  replaceAllUses(from: string, to: string): void {
    for (const node of this.consumersOf(from)) this.replaceInput(node, from, to);
  }

  /** A name that no tensor and no node has, `base` itself when it is free. It is reserved at once. */
  uniqueName(base: string): string {
    let name = base;
    let suffix = this.#nextSuffix.get(base) ?? 1;
    while (this.#names.has(name)) name = `${base}_${suffix++}`;
    this.#nextSuffix.set(base, suffix);
    this.#names.add(name);
    return name;
  }

  /**
   * Puts the nodes into an order in which each comes after what it reads; nodes that are in order keep their order.
   * @throws {Failure} `bad-input` when the graph has a cycle, naming a node on it.
   */
  topologicalSort(): void {
    const position = new Map(this.graph.node.map((node, index) => [node, index]));
    const sorted: NodeProto[] = [];
    const state = new Map<NodeProto, 'open' | 'done'>();
    // Depth first with an explicit stack: graphs are deeper than the call stack likes.
    for (const root of this.graph.node) {
      const stack = [root];
      while (stack.length > 0) {
        const node = stack[stack.length - 1] as NodeProto;
        if (state.get(node) === 'done') {
          stack.pop();
          continue;
        }
        const waiting = inputsOf(node)
          .map((name) => this.#producers.get(name))
          .filter((p): p is NodeProto => p !== undefined && state.get(p) !== 'done' && position.has(p));
        if (waiting.length === 0) {
          state.set(node, 'done');
          sorted.push(node);
          stack.pop();
          continue;
        }
        const onPath = waiting.find((producer) => state.get(producer) === 'open');
        if (onPath) {
          throw new Failure(
            'bad-input',
            `The graph has a cycle through node ${onPath.name || onPath.opType}.`,
            'Export the model again; a graph must not read its own results.',
          );
        }
        state.set(node, 'open');
        // The first in the file comes out first.
        waiting.sort((a, b) => (position.get(b) ?? 0) - (position.get(a) ?? 0));
        stack.push(...waiting.slice(-1));
      }
    }
    this.graph.node = sorted;
  }

  #index(node: NodeProto): void {
    if (node.name !== '') this.#names.add(node.name);
    for (const name of node.output) {
      if (name === '') continue;
      this.#producers.set(name, node);
      this.#names.add(name);
    }
    for (const name of inputsOf(node)) {
      this.#consumer(name).add(node);
      this.#names.add(name);
    }
    for (const graph of subgraphsOf(node)) this.#reserveNames(graph);
  }

  /** ONNX wants names inside a subgraph to differ from those around it. */
  #reserveNames(graph: GraphProto): void {
    for (const value of [...graph.input, ...graph.output, ...graph.initializer]) this.#names.add(value.name);
    for (const node of graph.node) {
      for (const name of node.output) this.#names.add(name);
      for (const inner of subgraphsOf(node)) this.#reserveNames(inner);
    }
  }

  #unindex(node: NodeProto): void {
    for (const name of node.output) if (this.#producers.get(name) === node) this.#producers.delete(name);
    for (const name of inputsOf(node)) this.#consumers.get(name)?.delete(node);
  }

  #consumer(name: string): Set<NodeProto> {
    let set = this.#consumers.get(name);
    if (!set) {
      set = new Set();
      this.#consumers.set(name, set);
    }
    return set;
  }
}
