/**
 * How much each layer's quantization alone disturbs what the network hands to its decode, and in which order layers
 * should go back to float when int8 loses too much.
 */

import { throwIfCancelled, type WorkOptions } from '../base/work.ts';
import { cloneModel, type OnnxModel } from '../onnx/model-file.ts';
import { DataType } from '../onnx/tensors.ts';
import { valueInfo } from '../onnx/value-info.ts';
import { insertQuantization } from './insert.ts';
import type { QuantizationPlan } from './plan.ts';

/** Enough to rank layers; a handful of images moves ranks by a place or two, not the worst ones. */
export const sensitivityImages = 8;

interface NetworkTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** A loaded network; disposed of after its layer has been judged. */
export interface Network {
  run(input: NetworkTensor): Promise<ReadonlyMap<string, NetworkTensor>>;
  [Symbol.dispose](): void;
}

export interface LayerSensitivity {
  /** The layer's first output, as in the plan, and its name. */
  readonly output: string;
  readonly name: string;
  /** Signal to quantization noise at the head tensors with this layer alone in int8, decibels; higher is better. */
  readonly sqnrDb: number;
  /** Its part of the summed noise of all layers taken alone, 0 to 1. */
  readonly noiseShare: number;
}

/** The plan with every layer but one in float: only what that layer reads is quantized. */
export function planOfOneLayer(plan: QuantizationPlan, output: string): QuantizationPlan {
  const layers = plan.layers.filter((layer) => layer.output === output);
  const tensors = plan.tensors
    .filter(({ readers }) => readers.includes(output))
    .map(({ tensor }) => ({ tensor, readers: [output] }));
  return { ...plan, layers, tensors };
}

/** A copy whose only outputs are the tensors that the decode reads. */
function cutAtHeads(model: OnnxModel, heads: readonly string[]): OnnxModel {
  const copy = cloneModel(model);
  if (copy.proto.graph) {
    copy.proto.graph.output = heads.map((name) => valueInfo(name, DataType.FLOAT, undefined));
  }
  return copy;
}

/** Squared error over squared signal, averaged over the heads: each head counts alike, whatever its size. */
function relativeNoise(
  reference: ReadonlyMap<string, NetworkTensor>,
  other: ReadonlyMap<string, NetworkTensor>,
): number {
  let sum = 0;
  for (const [name, { data }] of reference) {
    const changed = other.get(name)?.data;
    if (changed === undefined) throw new Error(`the network gave no ${name}`);
    let signal = 0;
    let noise = 0;
    data.forEach((value, index) => {
      const difference = (changed[index] ?? 0) - value;
      signal += value * value;
      noise += difference * difference;
    });
    sum += signal > 0 ? noise / signal : 0;
  }
  return reference.size > 0 ? sum / reference.size : 0;
}

async function runAll(network: Network, images: readonly NetworkTensor[], signal: AbortSignal | undefined) {
  const results: ReadonlyMap<string, NetworkTensor>[] = [];
  for (const image of images) {
    throwIfCancelled(signal);
    results.push(await network.run(image));
  }
  return results;
}

export interface SensitivityOptions extends WorkOptions {
  /** Asked before each layer: whether the time for measuring is used up, so that the rest stays unmeasured. */
  readonly enough?: (() => boolean) | undefined;
}

/**
 * Quantizes one layer at a time and compares the head tensors with those of the float network.
 * @param images a handful, kept in memory.
 * @param open loads a model for running.
 * @returns the layers of the plan that were measured, most sensitive first.
 * @throws {Failure} `cancelled` between two runs.
 */
export async function measureSensitivity(
  model: OnnxModel,
  plan: QuantizationPlan,
  thresholds: ReadonlyMap<string, number>,
  images: readonly NetworkTensor[],
  open: (model: OnnxModel) => Promise<Network>,
  work: SensitivityOptions = {},
): Promise<readonly LayerSensitivity[]> {
  const float = cutAtHeads(model, plan.headTensors);
  using original = await open(float);
  const references = await runAll(original, images, work.signal);
  const noises: { output: string; name: string; noise: number }[] = [];
  for (const [index, { output, name }] of plan.layers.entries()) {
    if (work.enough?.()) break;
    work.onProgress?.({
      value: index / plan.layers.length,
      description: `layer ${index + 1} of ${plan.layers.length}`,
    });
    const { model: quantized } = await insertQuantization(float, planOfOneLayer(plan, output), thresholds);
    using network = await open(quantized);
    const results = await runAll(network, images, work.signal);
    const noise = references.reduce(
      (sum, reference, i) => sum + relativeNoise(reference, results[i] ?? new Map()),
      0,
    );
    noises.push({ output, name, noise: noise / Math.max(1, images.length) });
  }
  const total = noises.reduce((sum, { noise }) => sum + noise, 0);
  return noises
    .sort((a, b) => b.noise - a.noise)
    .map(({ output, name, noise }) => ({
      output,
      name,
      sqnrDb: noise > 0 ? -10 * Math.log10(noise) : Number.POSITIVE_INFINITY,
      noiseShare: total > 0 ? noise / total : 0,
    }));
}

/** One tried number of layers in float, and the loss that the engine with them had. */
export interface SearchedCandidate {
  readonly layersInFloat: number;
  readonly loss: number;
}

export interface SearchResult {
  readonly candidates: readonly SearchedCandidate[];
  /** The candidate with fewest layers in float that keeps the limit, else the one with the least loss. */
  readonly best: SearchedCandidate;
  readonly reached: boolean;
}

/** The candidate with fewest layers in float among those that keep the limit, else the one with the least loss. */
export function bestCandidate<C extends SearchedCandidate>(
  candidates: readonly [C, ...C[]],
  limit: number,
): C {
  return candidates.reduce((best, other) => {
    const keeps = other.loss <= limit;
    if (keeps !== best.loss <= limit) return keeps ? other : best;
    if (keeps) return other.layersInFloat < best.layersInFloat ? other : best;
    return other.loss < best.loss ? other : best;
  });
}

/**
 * The smallest number of layers, taken from the most sensitive down, whose return to float keeps the loss within the
 * limit: doubles the number until it does, then halves the gap. Assumes that more layers in float lose no more, which
 * holds up to noise; so the answer is a good one, not proven the least.
 * @param layers number of layers that can go back.
 * @param plain loss of the engine with none of them in float.
 * @param judge builds the engine with that many layers in float and returns its loss; undefined ends the search with
 *   what it has.
 */
export async function searchLayersInFloat(
  layers: number,
  limit: number,
  plain: number,
  judge: (layersInFloat: number) => Promise<number | undefined>,
): Promise<SearchResult> {
  const candidates: [SearchedCandidate, ...SearchedCandidate[]] = [{ layersInFloat: 0, loss: plain }];
  let failing = 0;
  let keeping = plain <= limit ? 0 : undefined;
  const next = (): number | undefined => {
    if (keeping === undefined)
      return failing < layers ? Math.min(Math.max(1, 2 * failing), layers) : undefined;
    return keeping - failing > 1 ? Math.floor((keeping + failing) / 2) : undefined;
  };
  for (let tried = next(); tried !== undefined; tried = next()) {
    const loss = await judge(tried);
    if (loss === undefined) break;
    candidates.push({ layersInFloat: tried, loss });
    if (loss <= limit) keeping = tried;
    else failing = tried;
  }
  return { candidates, best: bestCandidate(candidates, limit), reached: keeping !== undefined };
}

/** Engines that a search among so many layers builds at most, the plain one not counted. */
export function mostCandidates(layers: number): number {
  return 2 * Math.ceil(Math.log2(layers + 1)) + 1;
}
