/** Removes nodes that give back what they get: Identity, Dropout, casts to the same type and their like. */

import { TensorProto_DataType as DataType, type GraphProto, type NodeProto } from 'onnx-buf';
import { GraphEditor, intAttribute, intsAttribute } from '../graph.ts';
import { tensorValues } from '../tensors.ts';
import { valueDataType } from '../value-info.ts';

/** Operators with any number of inputs that give back a single one unchanged. */
const variadic = new Set(['Concat', 'Sum', 'Max', 'Min', 'Mean']);

/** Element types that the model states or that follow at once from a node. */
function statedType(editor: GraphEditor, types: ReadonlyMap<string, number>, name: string): number {
  const constant = editor.constantValue(name);
  if (constant) return constant.dataType;
  const producer = editor.producerOf(name);
  if (producer?.opType === 'Cast') return intAttribute(producer, 'to', 0);
  if (producer?.opType === 'Shape' || producer?.opType === 'Size') return DataType.INT64;
  return types.get(name) ?? 0;
}

function isInferenceDropout(editor: GraphEditor, node: NodeProto): boolean {
  const mask = node.output[1] ?? '';
  if (mask !== '' && (editor.consumersOf(mask).length > 0 || editor.isGraphOutput(mask))) return false;
  const training = node.input[2] ?? '';
  if (training === '') return true;
  const value = editor.constantValue(training);
  return value !== undefined && tensorValues(value)[0] === 0;
}

function isIdentity(editor: GraphEditor, types: ReadonlyMap<string, number>, node: NodeProto): boolean {
  if (node.domain !== '' && node.domain !== 'ai.onnx') return false;
  const input = node.input[0] ?? '';
  switch (node.opType) {
    case 'Identity':
      return true;
    case 'Dropout':
      return isInferenceDropout(editor, node);
    case 'Cast':
      return statedType(editor, types, input) === intAttribute(node, 'to', 0);
    case 'Transpose': {
      const perm = intsAttribute(node, 'perm', []);
      return perm.length > 0 && perm.every((axis, position) => axis === position);
    }
    default:
      return variadic.has(node.opType) && node.input.length === 1;
  }
}

/**
 * Edits the graph in place. A node between an input (or initializer) and an output of the graph stays, since the names
 * of both are fixed.
 * @returns how many nodes went.
 */
export function removeIdentities(graph: GraphProto): number {
  const editor = new GraphEditor(graph);
  const types = new Map(
    [...graph.input, ...graph.output, ...graph.valueInfo].map((v) => [v.name, valueDataType(v)]),
  );
  const gone = new Set<NodeProto>();
  for (const node of [...graph.node]) {
    if (!isIdentity(editor, types, node)) continue;
    const input = node.input[0] ?? '';
    const output = node.output[0] ?? '';
    if (input === '' || output === '') continue;
    if (!editor.isGraphOutput(output)) {
      editor.replaceAllUses(output, input);
      gone.add(node);
      continue;
    }
    // The output's name must stay, so what computes the value takes that name.
    const producer = editor.producerOf(input);
    if (!producer || gone.has(producer) || editor.isGraphOutput(input)) continue;
    editor.setOutput(node, 0, editor.uniqueName(`${output}_removed`));
    editor.replaceAllUses(input, output);
    editor.setOutput(producer, producer.output.indexOf(input), output);
    gone.add(node);
  }
  editor.removeNodes(gone);
  editor.topologicalSort();
  return gone.size;
}
