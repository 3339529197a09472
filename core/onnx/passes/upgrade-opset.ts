/** Brings models of opsets 11 and 12 to opset 13, the first with per-channel quantization. */

import type { GraphProto, ModelProto, NodeProto } from 'onnx-buf';
import {
  attribute,
  findAttribute,
  GraphEditor,
  intAttribute,
  makeNode,
  removeAttribute,
  setAttribute,
  subgraphsOf,
} from '../graph.ts';
import { opsetOf } from '../model-file.ts';
import { int64Tensor, tensorDims } from '../tensors.ts';
import { valueDims } from '../value-info.ts';

const target = 13;

/** IR version that opset 13 came with. */
const targetIrVersion = 7n;

/** Operators whose attribute became an input: operator -> [attribute, position of the input]. */
const attributeToInput: Readonly<Record<string, readonly [string, number]>> = {
  Squeeze: ['axes', 1],
  Unsqueeze: ['axes', 1],
  ReduceSum: ['axes', 1],
  Split: ['split', 1],
};

const softmaxFamily = new Set(['Softmax', 'LogSoftmax', 'Hardmax']);

function moveAttribute(editor: GraphEditor, node: NodeProto, name: string, position: number): void {
  const values = findAttribute(node, name)?.ints.map(Number);
  if (values === undefined) return;
  removeAttribute(node, name);
  const constant = int64Tensor(editor.uniqueName(`${node.output[0]}_${name}`), [values.length], values);
  editor.setInput(node, position, editor.addInitializer(constant));
}

function knownRank(editor: GraphEditor, name: string): number | undefined {
  const constant = editor.constantValue(name);
  if (constant) return tensorDims(constant).length;
  const { input, output, valueInfo } = editor.graph;
  const stated = [...input, ...output, ...valueInfo].find((value) => value.name === name);
  return stated && valueDims(stated)?.length;
}

/**
 * Before opset 13, softmax flattened its input to a matrix at `axis` (default 1) and worked on the rows; since then it
 * works along one axis. Both agree on the last axis; elsewhere the flattening is written out.
 */
function rewriteSoftmax(editor: GraphEditor, node: NodeProto): void {
  const axis = intAttribute(node, 'axis', 1);
  const input = node.input[0] ?? '';
  const output = node.output[0] ?? '';
  const rank = knownRank(editor, input);
  if (axis === -1 || (rank !== undefined && axis === rank - 1)) {
    setAttribute(node, attribute.int('axis', -1));
    return;
  }
  const name = (suffix: string) => editor.uniqueName(`${output}_${suffix}`);
  const [shape, rows, result] = [name('shape'), name('rows'), name('result')];
  editor.addNode(makeNode('Shape', { name: shape, inputs: [input], outputs: [shape] }), { before: node });
  editor.addNode(
    makeNode('Flatten', {
      name: rows,
      inputs: [input],
      outputs: [rows],
      attributes: [attribute.int('axis', axis)],
    }),
    { before: node },
  );
  editor.setInput(node, 0, rows);
  editor.setOutput(node, 0, result);
  setAttribute(node, attribute.int('axis', -1));
  editor.addNode(
    makeNode('Reshape', { name: name('restored'), inputs: [result, shape], outputs: [output] }),
    { after: node },
  );
}

function upgradeGraph(graph: GraphProto, from: number): void {
  const editor = new GraphEditor(graph);
  for (const node of [...graph.node]) {
    for (const inner of subgraphsOf(node)) upgradeGraph(inner, from);
    if (node.domain !== '' && node.domain !== 'ai.onnx') continue;
    const moved = attributeToInput[node.opType];
    if (moved) moveAttribute(editor, node, moved[0], moved[1]);
    if (softmaxFamily.has(node.opType)) rewriteSoftmax(editor, node);
    // The ratio became an input in opset 12. It has no effect in inference, so it need not be kept.
    if (node.opType === 'Dropout' && from < 12) removeAttribute(node, 'ratio');
  }
}

/**
 * Edits the model in place; opset 13 and newer are left alone. All other operators of opset 11 read the same in 13
 * (checked against the operator change log: they only gained element types and optional inputs).
 * @returns the opset it came from, undefined when nothing was done.
 */
export function upgradeOpset(model: ModelProto): number | undefined {
  const from = opsetOf(model);
  if (from === undefined || from >= target || !model.graph) return undefined;
  upgradeGraph(model.graph, from);
  for (const entry of model.opsetImport) {
    if (entry.domain === '' || entry.domain === 'ai.onnx') entry.version = BigInt(target);
  }
  if (model.irVersion < targetIrVersion) model.irVersion = targetIrVersion;
  return from;
}
