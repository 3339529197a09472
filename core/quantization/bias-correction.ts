/**
 * Takes the mean error that rounding adds to each layer's result out of its bias. The error of a layer is measured on
 * calibration images, channel by channel, with the layer reading float activations: a second, quantized copy of every
 * layer runs beside the original in one probe model.
 *
 * The idea is bias correction as in Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias
 * Correction" (2019), section 4.2, in its empirical form.
 */

import { clone } from '@bufbuild/protobuf';
import { type NodeProto, NodeProtoSchema } from 'onnx-buf';
import { Failure } from '../base/failure.ts';
import { throwIfCancelled, type WorkOptions } from '../base/work.ts';
import { GraphEditor, makeNode } from '../onnx/graph.ts';
import { cloneModel, type OnnxModel } from '../onnx/model-file.ts';
import { DataType, floatTensor, floatValues } from '../onnx/tensors.ts';
import { valueInfo } from '../onnx/value-info.ts';
import { insertQuantization } from './insert.ts';
import type { PlannedLayer, QuantizationPlan } from './plan.ts';

/** Enough for means that no longer move in the third digit; more images cost time and change nothing. */
export const biasCorrectionImages = 64;

export interface BiasProbe {
  /** Its only outputs are the mean errors, [1, channels, 1, ...] each. */
  readonly model: OnnxModel;
  /** For each layer, by its output: the probe's output that holds its error. */
  readonly errors: ReadonlyMap<string, string>;
}

/** Mean error of each channel, by the layer's output: what quantization adds to the float result. */
export type BiasErrors = ReadonlyMap<string, Float32Array>;

interface ProbeTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** Layers whose result has channels on axis 1 and a mean over space, which is what a bias can mend. */
function isCorrectable(layer: PlannedLayer): boolean {
  return layer.operator === 'Conv' || layer.operator === 'ConvTranspose';
}

function producer(graph: GraphEditor, tensor: string): NodeProto {
  const node = graph.producerOf(tensor);
  if (node === undefined) throw new Error(`no node computes ${tensor}`);
  return node;
}

/**
 * The probe of a prepared float model.
 * @param thresholds as for `insertQuantization`.
 */
export async function makeBiasProbe(
  model: OnnxModel,
  plan: QuantizationPlan,
  thresholds: ReadonlyMap<string, number>,
): Promise<BiasProbe> {
  const twins = cloneModel(model);
  const twinGraph = twins.proto.graph;
  if (twinGraph === undefined) throw new Error('a model that was read always has a graph');
  const graph = new GraphEditor(twinGraph);
  const twinOf = new Map<string, string>();
  for (const layer of plan.layers.filter(isCorrectable)) {
    const twin = clone(NodeProtoSchema, producer(graph, layer.output));
    twin.name = graph.uniqueName(`${layer.name || layer.output}_twin`);
    twin.output = [graph.uniqueName(`${layer.output}_twin`)];
    graph.addNode(twin);
    twinOf.set(layer.output, twin.output[0] ?? '');
  }
  // Quantize the twins alone: the originals, and so the activations that both read, stay in float.
  const twinPlan: QuantizationPlan = {
    ...plan,
    layers: plan.layers.flatMap((layer) => {
      const output = twinOf.get(layer.output);
      return output === undefined ? [] : [{ ...layer, output }];
    }),
    tensors: plan.tensors.map(({ tensor, readers }) => ({
      tensor,
      readers: readers.flatMap((reader) => twinOf.get(reader) ?? []),
    })),
  };
  const { model: probe } = await insertQuantization(twins, twinPlan, thresholds);
  const probeGraph = probe.proto.graph;
  if (probeGraph === undefined) throw new Error('a model that was read always has a graph');
  const probeEditor = new GraphEditor(probeGraph);
  const errors = new Map<string, string>();
  probeGraph.output = [];
  for (const [original, twin] of twinOf) {
    const difference = probeEditor.uniqueName(`${original}_error`);
    const mean = probeEditor.uniqueName(`${original}_mean_error`);
    probeEditor.addNode(
      makeNode('Sub', { name: difference, inputs: [twin, original], outputs: [difference] }),
    );
    probeEditor.addNode(makeNode('GlobalAveragePool', { name: mean, inputs: [difference], outputs: [mean] }));
    probeGraph.output.push(valueInfo(mean, DataType.FLOAT, undefined));
    errors.set(original, mean);
  }
  return { model: probe, errors };
}

/**
 * Runs the probe over images and averages.
 * @param run computes all outputs of `probe.model` for one input.
 * @throws {Failure} `bad-input` without any image; `cancelled` between two images.
 */
export async function measureBiasErrors(
  probe: BiasProbe,
  images: AsyncIterable<ProbeTensor>,
  run: (input: ProbeTensor) => Promise<ReadonlyMap<string, ProbeTensor>>,
  work: WorkOptions & { readonly total: number },
): Promise<BiasErrors> {
  const sums = new Map<string, Float64Array>();
  let rows = 0;
  let done = 0;
  for await (const image of images) {
    throwIfCancelled(work.signal);
    const outputs = await run(image);
    for (const [layer, name] of probe.errors) {
      const means = outputs.get(name);
      if (means === undefined) throw new Error(`the probe gave no ${name}`);
      const channels = means.dims[1] ?? means.data.length;
      const sum = sums.get(layer) ?? new Float64Array(channels);
      means.data.forEach((value, index) => {
        sum[index % channels] = (sum[index % channels] ?? 0) + value;
      });
      sums.set(layer, sum);
    }
    rows += image.dims[0] ?? 1;
    done++;
    work.onProgress?.({
      value: Math.min(1, done / work.total),
      description: `bias errors, image ${done} of ${work.total}`,
    });
  }
  if (rows === 0) {
    throw new Failure(
      'bad-input',
      'There is no image to measure bias errors on.',
      'Name a folder with typical images.',
    );
  }
  return new Map([...sums].map(([layer, sum]) => [layer, Float32Array.from(sum, (value) => value / rows)]));
}

/**
 * Subtracts the errors from the biases of a quantized model, in place; a layer without a bias gets one.
 * @param quantized made by `insertQuantization` from the plan that the probe was made from.
 */
export function correctBiases(quantized: OnnxModel, errors: BiasErrors): void {
  const protoGraph = quantized.proto.graph;
  if (protoGraph === undefined) throw new Error('a model that was read always has a graph');
  const graph = new GraphEditor(protoGraph);
  for (const [layer, error] of errors) {
    const node = producer(graph, layer);
    const old = node.input[2];
    const bias = old ? graph.initializer(old) : undefined;
    // A computed bias is not ours to change; no exporter that we know of writes one.
    if (old && bias === undefined) continue;
    const values = bias ? floatValues(bias) : new Float32Array(error.length);
    const corrected = values.map((value, channel) => value - (error[channel] ?? 0));
    // Under a name of its own: layers may share one bias and differ in their errors.
    const name = graph.uniqueName(`${old || layer}_corrected`);
    graph.addInitializer(floatTensor(name, [corrected.length], corrected));
    graph.setInput(node, 2, name);
    if (old && graph.consumersOf(old).length === 0 && !graph.isGraphOutput(old)) graph.removeInitializer(old);
  }
}
