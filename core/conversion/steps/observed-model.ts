/** Makes the work models of calibration: tensors of the network, or their extremes, as the only outputs. */

import { attribute, GraphEditor, makeNode } from '../../onnx/graph.ts';
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

/** The outputs that tell the extremes of one tensor; each is a scalar. */
export interface ExtremeOutputs {
  readonly least: string;
  readonly largest: string;
  /** Sum of magnitudes: not finite when any value is NaN, which least and largest may pass over. */
  readonly sum: string;
}

export interface ExtremesModel {
  readonly model: OnnxModel;
  /** By observed tensor; the network's inputs are not among them. */
  readonly extremes: ReadonlyMap<string, ExtremeOutputs>;
}

/**
 * A copy of the model that computes the least and the largest value of each tensor, and no more: where only those are
 * wanted, tens of megabytes an image need not be copied out of the runtime.
 */
export function withExtremes(model: OnnxModel, tensors: readonly string[]): ExtremesModel {
  const copy = cloneModel(model);
  const proto = copy.proto.graph;
  if (proto === undefined) throw new Error('a model that was read always has a graph');
  const graph = new GraphEditor(proto);
  const reduce = (opType: string, tensor: string): string => {
    const output = graph.uniqueName(`${tensor}_${opType}`);
    graph.addNode(
      makeNode(opType, {
        name: graph.uniqueName(`${tensor}_${opType}_node`),
        inputs: [tensor],
        outputs: [output],
        // Without axes, over all of them: the one form that every opset understands.
        attributes: [attribute.int('keepdims', 0)],
      }),
    );
    return output;
  };
  const extremes = new Map<string, ExtremeOutputs>();
  for (const tensor of tensors) {
    if (graph.isGraphInput(tensor)) continue;
    extremes.set(tensor, {
      least: reduce('ReduceMin', tensor),
      largest: reduce('ReduceMax', tensor),
      sum: reduce('ReduceL1', tensor),
    });
  }
  const outputs = [...extremes.values()].flatMap(({ least, largest, sum }) => [least, largest, sum]);
  if (outputs.length > 0) {
    proto.output = outputs.map((name) => valueInfo(name, DataType.FLOAT, []));
    removeDeadNodes(proto);
  }
  return { model: copy, extremes };
}
