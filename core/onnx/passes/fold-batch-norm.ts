/** Folds batch normalisation, and constant scales and shifts per channel, into the layer before them. */

import {
  TensorProto_DataType as DataType,
  type GraphProto,
  type NodeProto,
  type TensorProto,
} from 'onnx-buf';
import { attribute, floatAttribute, GraphEditor, intAttribute, setAttribute } from '../graph.ts';
import { float16Tensor, floatTensor, floatValues, tensorDims } from '../tensors.ts';

/** y = scale * x + shift for each channel; one element stands for all channels. */
interface ChannelAffine {
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

/** A layer whose weights can take up an affine step: which output channel each weight belongs to. */
interface Layer {
  readonly weight: TensorProto;
  readonly bias: TensorProto | undefined;
  readonly channels: number;
  readonly channelOf: (flatIndex: number) => number;
}

const foldableTypes = new Set<number>([DataType.FLOAT, DataType.FLOAT16]);

function layerOf(editor: GraphEditor, node: NodeProto): Layer | undefined {
  const weight = editor.constantValue(node.input[1] ?? '');
  const biasName = node.input[2] ?? '';
  const bias = biasName === '' ? undefined : editor.constantValue(biasName);
  if (!weight || !foldableTypes.has(weight.dataType) || (biasName !== '' && !bias)) return undefined;
  const dims = tensorDims(weight);
  const [d0, d1] = dims;
  if (d0 === undefined || d1 === undefined) return undefined;
  const layer = (channels: number, channelOf: (i: number) => number): Layer | undefined => {
    const length = bias ? floatValues(bias).length : channels;
    // A Gemm's bias may also be one number, or a whole matrix, which cannot be folded per channel.
    if (length !== channels && !(node.opType === 'Gemm' && length === 1)) return undefined;
    return { weight, bias, channels, channelOf };
  };
  switch (node.opType) {
    case 'Conv': {
      const perChannel = dims.slice(1).reduce((a, b) => a * b, 1);
      return layer(d0, (i) => Math.floor(i / perChannel));
    }
    case 'ConvTranspose': {
      // [input channels, output channels of a group, kernel...]; the group follows from the input channel.
      const group = intAttribute(node, 'group', 1);
      const kernel = dims.slice(2).reduce((a, b) => a * b, 1);
      const inputsPerGroup = d0 / group;
      return layer(d1 * group, (i) => {
        const within = Math.floor(i / kernel) % d1;
        const inputChannel = Math.floor(i / (kernel * d1));
        return Math.floor(inputChannel / inputsPerGroup) * d1 + within;
      });
    }
    case 'Gemm':
      return intAttribute(node, 'transB', 0) === 1
        ? layer(d0, (i) => Math.floor(i / d1))
        : layer(d1, (i) => i % d1);
    default:
      return undefined;
  }
}

/** The affine step of BatchNormalization: scale = gamma / sqrt(variance + epsilon), shift = beta - scale * mean. */
function batchNormAffine(editor: GraphEditor, node: NodeProto): ChannelAffine | undefined {
  const extraOutputs = node.output.slice(1).some((name) => name !== '');
  if (intAttribute(node, 'training_mode', 0) !== 0 || extraOutputs) return undefined;
  const parts = [1, 2, 3, 4].map((position) => editor.constantValue(node.input[position] ?? ''));
  const [gamma, beta, mean, variance] = parts.map((tensor) => tensor && floatValues(tensor));
  if (!gamma || !beta || !mean || !variance) return undefined;
  const epsilon = floatAttribute(node, 'epsilon', 1e-5);
  const scale = Float64Array.from(gamma, (g, c) => g / Math.sqrt((variance[c] ?? 0) + epsilon));
  const shift = Float64Array.from(beta, (b, c) => b - (scale[c] ?? 0) * (mean[c] ?? 0));
  return { scale, shift };
}

/** A constant that broadcasts along the channel axis of a result of `rank` dimensions without enlarging it. */
function channelConstant(tensor: TensorProto, rank: number, channels: number): Float32Array | undefined {
  const dims = tensorDims(tensor);
  if (dims.length > rank || !foldableTypes.has(tensor.dataType)) return undefined;
  const aligned = [...new Array<number>(rank - dims.length).fill(1), ...dims];
  const fits = aligned.every((dim, axis) => dim === 1 || (axis === 1 && dim === channels));
  return fits ? floatValues(tensor) : undefined;
}

function arithmeticAffine(
  editor: GraphEditor,
  node: NodeProto,
  input: string,
  rank: number,
  channels: number,
): ChannelAffine | undefined {
  const position = node.input.indexOf(input);
  const constant = editor.constantValue(node.input[1 - position] ?? '');
  const values = constant && channelConstant(constant, rank, channels);
  if (!values) return undefined;
  const each = (make: (value: number) => number) => Float64Array.from(values, make);
  switch (node.opType) {
    case 'Mul':
      return { scale: each((v) => v), shift: each(() => 0) };
    case 'Add':
      return { scale: each(() => 1), shift: each((v) => v) };
    case 'Sub':
      // constant - x turns the sign.
      return position === 0
        ? { scale: each(() => 1), shift: each((v) => -v) }
        : { scale: each(() => -1), shift: each((v) => v) };
    case 'Div':
      return position === 0 && values.every((v) => v !== 0)
        ? { scale: each((v) => 1 / v), shift: each(() => 0) }
        : undefined;
    default:
      return undefined;
  }
}

function store(editor: GraphEditor, like: TensorProto, base: string, dims: number[], values: Float32Array) {
  const name = editor.uniqueName(base);
  const make = like.dataType === DataType.FLOAT16 ? float16Tensor : floatTensor;
  return editor.addInitializer(make(name, dims, values));
}

function applyAffine(editor: GraphEditor, node: NodeProto, layer: Layer, affine: ChannelAffine): void {
  const at = (values: Float64Array, channel: number) =>
    (values.length === 1 ? values[0] : values[channel]) ?? 0;
  const weight = floatValues(layer.weight).map((w, i) => w * at(affine.scale, layer.channelOf(i)));
  const oldBias = layer.bias && floatValues(layer.bias);
  const beta = node.opType === 'Gemm' ? floatAttribute(node, 'beta', 1) : 1;
  const bias = Float32Array.from({ length: layer.channels }, (_, c) => {
    const old = oldBias ? beta * ((oldBias.length === 1 ? oldBias[0] : oldBias[c]) ?? 0) : 0;
    return at(affine.scale, c) * old + at(affine.shift, c);
  });
  const weightName = node.input[1] ?? '';
  const weightDims = tensorDims(layer.weight);
  editor.setInput(node, 1, store(editor, layer.weight, `${weightName}_folded`, weightDims, weight));
  const biasBase = node.input[2] ? `${node.input[2]}_folded` : `${weightName}_bias`;
  editor.setInput(node, 2, store(editor, layer.weight, biasBase, [layer.channels], bias));
  if (beta !== 1) setAttribute(node, attribute.float('beta', 1));
}

/**
 * Edits the graph in place: Conv, ConvTranspose or Gemm followed by BatchNormalization (inference), or by Mul, Add, Sub
 * or Div with a constant per channel, where nothing else reads the layer's result. Sums are taken in float64. Folded
 * weights are new initializers; the old ones stay for `removeDeadNodes`.
 * @returns how many nodes went.
 */
export function foldBatchNorm(graph: GraphProto): number {
  const editor = new GraphEditor(graph);
  const gone = new Set<NodeProto>();
  for (const node of [...graph.node]) {
    // A layer can take up several steps, one after the other.
    for (;;) {
      const layer = layerOf(editor, node);
      const result = node.output[0] ?? '';
      const [next, ...others] = editor.consumersOf(result);
      if (!layer || !next || others.length > 0 || editor.isGraphOutput(result) || gone.has(next)) break;
      const rank = tensorDims(layer.weight).length;
      const affine =
        next.opType === 'BatchNormalization' && next.input[0] === result
          ? batchNormAffine(editor, next)
          : arithmeticAffine(editor, next, result, rank, layer.channels);
      const fits = affine && [1, layer.channels].includes(affine.scale.length);
      if (!fits) break;
      applyAffine(editor, node, layer, affine);
      const output = next.output[0] ?? '';
      editor.removeNode(next);
      gone.add(next);
      // The layer takes over the name, so that readers and graph outputs need no change.
      editor.setOutput(node, 0, output);
    }
  }
  return gone.size;
}
