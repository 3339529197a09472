/** Makes the work models of calibration: tensors of the network as outputs, and nothing in it that these do not need. */

import { cloneModel, type OnnxModel } from '../../onnx/model-file.ts';
import { removeDeadNodes } from '../../onnx/passes/remove-dead-nodes.ts';
import { DataType } from '../../onnx/tensors.ts';
import { valueInfo } from '../../onnx/value-info.ts';

/**
 * A copy of the model that computes just these float32 tensors. Its inputs are no outputs; where nothing else is asked
 * for, the model keeps its own outputs, since one without any does not load.
 */
export function withOutputs(model: OnnxModel, tensors: readonly string[]): OnnxModel {
  const copy = cloneModel(model);
  const graph = copy.proto.graph;
  if (graph === undefined) throw new Error('a model that was read always has a graph');
  const inputs = new Set(graph.input.map(({ name }) => name));
  const computed = tensors.filter((tensor) => !inputs.has(tensor));
  if (computed.length === 0) return copy;
  const own = new Map(graph.output.map((output) => [output.name, output]));
  graph.output = computed.map((tensor) => own.get(tensor) ?? valueInfo(tensor, DataType.FLOAT, undefined));
  removeDeadNodes(graph);
  return copy;
}
