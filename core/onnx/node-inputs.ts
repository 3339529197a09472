/** What a node reads: its inputs, and the outer tensors that graphs inside it use by name. */

import type { GraphProto, NodeProto } from 'onnx-buf';
import { subgraphsOf } from './attributes.ts';

/** Outer tensors that a graph inside a node (If, Loop, Scan) reads by name. */
function capturedTensors(graph: GraphProto): Set<string> {
  const own = new Set<string>();
  for (const input of graph.input) own.add(input.name);
  for (const tensor of graph.initializer) own.add(tensor.name);
  for (const node of graph.node) for (const name of node.output) own.add(name);
  const captured = new Set<string>();
  const read = (name: string) => {
    if (name !== '' && !own.has(name)) captured.add(name);
  };
  for (const node of graph.node) for (const name of inputsOf(node)) read(name);
  for (const output of graph.output) read(output.name);
  return captured;
}

/** All tensors that a node reads: its inputs, and what graphs inside it capture. Empty names are left out. */
export function inputsOf(node: NodeProto): string[] {
  const names = node.input.filter((name) => name !== '');
  for (const graph of subgraphsOf(node)) names.push(...capturedTensors(graph));
  return names;
}

/** Makes a node read `to` where it read `from`, also inside the graphs that it carries. */
export function renameInput(node: NodeProto, from: string, to: string): void {
  node.input = node.input.map((name) => (name === from ? to : name));
  for (const graph of subgraphsOf(node)) {
    if (!capturedTensors(graph).has(from)) continue;
    for (const inner of graph.node) renameInput(inner, from, to);
    for (const output of graph.output) if (output.name === from) output.name = to;
  }
}
