/** Removes what no output needs: nodes, initializers and stated shapes of tensors that are gone. */

import type { GraphProto, ModelProto, NodeProto } from 'onnx-buf';
import { GraphEditor, inputsOf } from '../graph.ts';

/** Since this IR version an initializer need not be an input as well. */
const firstFreeInitializers = 4n;

/** Nodes that some output of the graph depends on. */
function liveNodes(editor: GraphEditor): Set<NodeProto> {
  const live = new Set<NodeProto>();
  const open = editor.graph.output.map((output) => output.name);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const producer = editor.producerOf(name);
    if (!producer || live.has(producer)) continue;
    live.add(producer);
    open.push(...inputsOf(producer));
  }
  return live;
}

/**
 * Edits the graph in place; inputs and outputs stay, needed or not.
 * @returns how many nodes and initializers went.
 */
export function removeDeadNodes(graph: GraphProto): { nodes: number; initializers: number } {
  const before = { nodes: graph.node.length, initializers: graph.initializer.length };
  const live = liveNodes(new GraphEditor(graph));
  graph.node = graph.node.filter((node) => live.has(node));

  const read = new Set(graph.output.map((output) => output.name));
  const known = new Set(read);
  for (const node of graph.node) {
    for (const name of inputsOf(node)) read.add(name);
    for (const name of node.output) known.add(name);
  }
  graph.initializer = graph.initializer.filter((tensor) => read.has(tensor.name));
  graph.valueInfo = graph.valueInfo.filter((value) => known.has(value.name));
  graph.quantizationAnnotation = graph.quantizationAnnotation.filter((a) => read.has(a.tensorName));
  return {
    nodes: before.nodes - graph.node.length,
    initializers: before.initializers - graph.initializer.length,
  };
}

/**
 * Takes initializers off the list of inputs, where exporters of IR version 3 put them. Their values can then no longer
 * be overridden by a caller, which is what lets passes fold them.
 * @returns how many.
 */
export function makeWeightsConstant(model: ModelProto): number {
  const { graph } = model;
  if (!graph) return 0;
  const weights = new Set(graph.initializer.map((tensor) => tensor.name));
  const before = graph.input.length;
  graph.input = graph.input.filter((input) => !weights.has(input.name));
  if (graph.input.length !== before && model.irVersion < firstFreeInitializers) {
    model.irVersion = firstFreeInitializers;
  }
  return before - graph.input.length;
}
