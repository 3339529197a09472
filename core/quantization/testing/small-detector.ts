/** A tiny network with everything that placement has rules for: SiLU, residual addition, pooling, concatenation, head. */

import { attribute, makeNode } from '../../onnx/graph.ts';
import type { OnnxModel } from '../../onnx/model-file.ts';
import { floatTensor, int64Tensor } from '../../onnx/tensors.ts';
import { buildModel, seededValues } from '../../onnx/testing/build-model.ts';

/** Conv, Sigmoid and Mul; the result is called `name`. */
function convSilu(name: string, input: string) {
  return [
    makeNode('Conv', {
      name: `${name}_conv`,
      inputs: [input, `${name}_w`, `${name}_b`],
      outputs: [`${name}_x`],
      attributes: [attribute.ints('pads', [1, 1, 1, 1])],
    }),
    makeNode('Sigmoid', { name: `${name}_sigmoid`, inputs: [`${name}_x`], outputs: [`${name}_s`] }),
    makeNode('Mul', { name: `${name}_mul`, inputs: [`${name}_x`, `${name}_s`], outputs: [name] }),
  ];
}

function weights(name: string, outputs: number, inputs: number, kernel: number, seed: number) {
  return [
    floatTensor(
      `${name}_w`,
      [outputs, inputs, kernel, kernel],
      seededValues(outputs * inputs * kernel * kernel, seed).map((v) => v / 4),
    ),
    floatTensor(`${name}_b`, [outputs], seededValues(outputs, seed + 100)),
  ];
}

/**
 * images [1,3,8,8] -> stem -> (a -> b) + stem = sum -> pooled; concat(sum, pooled) -> c -> head (1x1) -> decode
 * (Reshape, Sigmoid, Mul by a constant of 640) -> out [1,8,64].
 */
export function smallDetector(opset = 17): OnnxModel {
  return buildModel({
    opset,
    inputs: [{ name: 'images', dims: [1, 3, 8, 8] }],
    outputs: [{ name: 'out', dims: [1, 8, 64] }],
    nodes: [
      ...convSilu('stem', 'images'),
      ...convSilu('a', 'stem'),
      ...convSilu('b', 'a'),
      makeNode('Add', { name: 'residual', inputs: ['b', 'stem'], outputs: ['sum'] }),
      makeNode('MaxPool', {
        name: 'pool',
        inputs: ['sum'],
        outputs: ['pooled'],
        attributes: [attribute.ints('kernel_shape', [3, 3]), attribute.ints('pads', [1, 1, 1, 1])],
      }),
      makeNode('Concat', {
        name: 'concat',
        inputs: ['sum', 'pooled'],
        outputs: ['joined'],
        attributes: [attribute.int('axis', 1)],
      }),
      ...convSilu('c', 'joined'),
      makeNode('Conv', { name: 'head', inputs: ['c', 'head_w', 'head_b'], outputs: ['raw'] }),
      makeNode('Reshape', { name: 'flat', inputs: ['raw', 'flat_shape'], outputs: ['rows'] }),
      makeNode('Sigmoid', { name: 'squash', inputs: ['rows'], outputs: ['unit'] }),
      makeNode('Mul', { name: 'pixels', inputs: ['unit', 'pixel_scale'], outputs: ['out'] }),
    ],
    initializers: [
      ...weights('stem', 4, 3, 3, 1),
      ...weights('a', 4, 4, 3, 2),
      ...weights('b', 4, 4, 3, 3),
      ...weights('c', 8, 8, 3, 4),
      ...weights('head', 8, 8, 1, 5),
      int64Tensor('flat_shape', [3], [1, 8, 64]),
      floatTensor('pixel_scale', [], Float32Array.of(640)),
    ],
  });
}

/** A range of 4 for every tensor of the small detector: nothing in it goes beyond. */
export function rangesOfFour(tensors: readonly { readonly tensor: string }[]): Map<string, number> {
  return new Map(tensors.map(({ tensor }) => [tensor, 4]));
}
