/** Brings a model into the form that quantization and building start from. */

import { throwIfCancelled, type WorkOptions } from '../../base/work.ts';
import { cloneModel, type OnnxModel } from '../model-file.ts';
import { foldBatchNorm } from './fold-batch-norm.ts';
import { foldConstants } from './fold-constants.ts';
import { makeWeightsConstant, removeDeadNodes } from './remove-dead-nodes.ts';
import { removeIdentities } from './remove-identities.ts';
import { upgradeOpset } from './upgrade-opset.ts';

export interface PreparedModel {
  readonly model: OnnxModel;
  /** What was done, one sentence for each pass that found something. */
  readonly report: readonly string[];
}

function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/**
 * A clone of the model on opset 13 or newer, constants folded, batch norm folded into the layers, nodes without effect
 * and unused weights gone. It computes what the original does, up to float rounding.
 * @throws {Failure} `bad-input` when the graph has a cycle or ONNX Runtime cannot run it.
 */
export async function prepareModel(original: OnnxModel, work: WorkOptions = {}): Promise<PreparedModel> {
  const model = cloneModel(original);
  const graph = model.proto.graph;
  if (!graph) return { model, report: [] };
  const report: string[] = [];
  const note = (happened: boolean | number | undefined, sentence: string) => {
    if (happened) report.push(sentence);
  };
  const step = (value: number, description: string) => {
    throwIfCancelled(work.signal);
    work.onProgress?.({ value, description });
  };

  step(0, 'operator set');
  const weights = makeWeightsConstant(model.proto);
  note(weights, `Took ${count(weights, 'weight')} off the list of inputs.`);
  const from = upgradeOpset(model.proto);
  note(from, `Upgraded the model from opset ${from} to 13.`);

  step(0.1, 'dead nodes');
  const early = removeDeadNodes(graph);
  const identities = removeIdentities(graph);
  note(identities, `Removed ${count(identities, 'node')} without effect.`);

  step(0.2, 'constants');
  const folded = await foldConstants(model);
  note(folded, `Computed ${count(folded, 'constant node')} beforehand.`);

  step(0.8, 'batch norm');
  const norms = foldBatchNorm(graph);
  note(norms, `Folded ${count(norms, 'normalisation or scale', 'normalisations or scales')} into layers.`);

  step(0.9, 'dead nodes');
  const late = removeDeadNodes(graph);
  const dead = early.nodes + late.nodes;
  note(dead, `Removed ${count(dead, 'node')} that no output needs.`);
  step(1, 'prepared');
  return { model, report };
}
