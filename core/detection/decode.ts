/** Turns a detector's output tensors into boxes in pixels of the source images, whatever the output layout. */

import {
  type DecodedBatch,
  type DecodeOutput,
  type DecodeRequest,
  decodeLayouts,
  decodeDetections as decodeNatively,
} from '../../native/evaluate/index.ts';
import { Failure } from '../base/failure.ts';
import type { ImageTransform } from '../images/preprocessing.ts';
import type { OutputLayout } from '../onnx/output-layout.ts';
import type { Detections } from './detections.ts';

export interface DetectionOptions {
  /** A candidate's score must be above it; 0 or more. */
  readonly scoreThreshold: number;
  /** A box goes when its IoU with a kept box of its class and a higher score is above it. */
  readonly iouThreshold: number;
  /** Boxes that an image keeps over all classes. */
  readonly maxDetections: number;
  /** True: every class of a box above the threshold is a candidate. False: only its best class. */
  readonly multiLabel: boolean;
}

/** The settings of COCO evaluation; a viewer takes a higher score threshold. */
export const defaultDetectionOptions: DetectionOptions = {
  scoreThreshold: 0.001,
  iouThreshold: 0.6,
  maxDetections: 300,
  multiLabel: true,
};

export interface OutputTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** NaN and infinite values that an engine gave for one image. Boxes made of them are left out. */
export interface NonFiniteOutput {
  readonly tensor: string;
  readonly count: number;
}

export interface DecodedDetections extends Detections {
  /** Empty for a sound engine. */
  readonly nonFinite: readonly NonFiniteOutput[];
}

/**
 * Decodes one batch: candidates above the score threshold, greedy NMS within each class, the best of an image, mapped
 * back to the source image and clipped to it. End-to-end layouts get the threshold and the cut alone.
 *
 * Scores and IoU are computed in float32, the way back to the source image in float64. Among equal scores the lower
 * class goes first, then the earlier row.
 *
 * @param outputs the engine's outputs by name, float32; shapes as `OutputLayout` states them. A batch may be larger
 *   than `transforms`: what is beyond is padding.
 * @param transforms one for each image of the batch.
 * @returns one entry for each transform. The arrays of `outputs` must not change until then.
 * @throws Failure `unsupported` when the layout is not a detector's or a tensor does not have its shape;
 *   `bad-input` when an end-to-end model names a class or an image that is not there.
 */
export async function decodeDetections(
  outputs: ReadonlyMap<string, OutputTensor>,
  layout: OutputLayout,
  transforms: readonly ImageTransform[],
  options: DetectionOptions = defaultDetectionOptions,
): Promise<DecodedDetections[]> {
  if (layout.kind === 'none') {
    throw new Failure(
      'unsupported',
      `The model's outputs are not a detector's: ${layout.reason}`,
      'State the layout with --layout if it is one, or go without accuracy.',
    );
  }
  if (!(options.scoreThreshold >= 0)) {
    throw new Failure(
      'bad-usage',
      `The score threshold ${options.scoreThreshold} is not 0 or more.`,
      'Choose a score threshold from 0 to 1.',
    );
  }
  const tensors = layout.outputs.map((name) => tensorOf(outputs, name));
  tensors.forEach((tensor, i) => {
    checkShape(layout, i, tensor.dims, transforms.length);
  });
  const batch = await decodeNatively({
    ...options,
    layout: decodeLayouts[layout.kind],
    classCount: layout.classCount,
    outputs: tensors.map((tensor, i) => nativeOutput(tensor, layout, i)),
    transforms: flatTransforms(transforms),
  });
  return fromNative(batch, layout);
}

/**
 * The failure to raise when an engine gave NaN or infinite values for an image, or undefined when it gave none.
 *
 * @param image what the user knows the image by, its file name.
 */
export function nonFiniteFailure(image: string, nonFinite: readonly NonFiniteOutput[]): Failure | undefined {
  if (nonFinite.length === 0) return undefined;
  const places = nonFinite.map(({ tensor, count }) => `${count} in ${tensor}`).join(', ');
  return new Failure(
    'detections-lost',
    `The engine gave values that are not finite for ${image}: ${places}.`,
    'Keep the layers that overflow in FP32, or use another precision.',
  );
}

function tensorOf(outputs: ReadonlyMap<string, OutputTensor>, name: string): OutputTensor {
  const tensor = outputs.get(name);
  if (!tensor) {
    throw new Failure(
      'unsupported',
      `The engine has no output ${name}, only ${[...outputs.keys()].join(', ') || 'none'}.`,
      'Build the engine again from the model that its layout was read from.',
    );
  }
  return tensor;
}

/** The shape that the layout asks of its output `index`, with `undefined` for a size that it leaves open. */
function expectedShapes(layout: OutputLayout, index: number): readonly (readonly (number | undefined)[])[] {
  const { kind, classCount } = layout;
  switch (kind) {
    case 'yolov5':
      return [[undefined, undefined, 5 + classCount]];
    case 'yolov8':
      return [[undefined, 4 + classCount, undefined]];
    case 'end-to-end':
      return [[undefined, undefined, 6]];
    case 'nms-rows':
      return [[undefined, 7]];
    case 'yolov5-raw': {
      const anchors = layout.anchors?.[index]?.length;
      if (anchors === undefined || layout.strides?.[index] === undefined) {
        throw new Failure(
          'unsupported',
          `The anchors and the stride of the raw head ${layout.outputs[index]} are not known.`,
          'Export the model with its decode, so that one output holds the boxes.',
        );
      }
      return [
        [undefined, anchors * (5 + classCount), undefined, undefined],
        [undefined, anchors, undefined, undefined, 5 + classCount],
      ];
    }
    case 'none':
      return [];
  }
}

function checkShape(layout: OutputLayout, index: number, dims: readonly number[], images: number): void {
  const shapes = expectedShapes(layout, index);
  const fits = shapes.some(
    (shape) =>
      shape.length === dims.length && shape.every((size, i) => size === undefined || size === dims[i]),
  );
  // The rows of an inner NMS have no batch axis.
  if (fits && (layout.kind === 'nms-rows' || (dims[0] ?? 0) >= images)) return;
  const wanted = shapes
    .map((shape) => `[${shape.map((size, i) => size ?? (i === 0 ? 'batch' : 'any')).join(', ')}]`)
    .join(' or ');
  throw new Failure(
    'unsupported',
    `Output ${layout.outputs[index]} has the shape [${dims.join(', ')}], not ${wanted} of ${images} images as the layout ${layout.kind} with ${layout.classCount} classes asks.`,
    'State the right layout with --layout, or check the number of class names.',
  );
}

function nativeOutput(tensor: OutputTensor, layout: OutputLayout, index: number): DecodeOutput {
  const raw = layout.kind === 'yolov5-raw';
  return {
    data: tensor.data,
    dims: Float64Array.from(tensor.dims),
    anchors: Float64Array.from(raw ? (layout.anchors?.[index] ?? []).flat() : []),
    stride: raw ? (layout.strides?.[index] ?? 0) : 0,
  };
}

function flatTransforms(transforms: readonly ImageTransform[]): DecodeRequest['transforms'] {
  return Float64Array.from(
    transforms.flatMap((t) => [t.gainX, t.gainY, t.left, t.top, t.sourceWidth, t.sourceHeight]),
  );
}

function fromNative(batch: DecodedBatch, layout: OutputLayout): DecodedDetections[] {
  if (batch.invalidRows > 0) {
    throw new Failure(
      'bad-input',
      `Output ${layout.outputs[0]} names a class or an image that is not there in ${batch.invalidRows} rows (the layout ${layout.kind} has ${layout.classCount} classes).`,
      'Check the layout and the number of class names; if the FP32 engine is sound, this precision broke the model.',
    );
  }
  return batch.images.map(({ count, boxes, scores, classes, nonFinite }) => ({
    count,
    boxes,
    scores,
    classes,
    nonFinite: [...nonFinite].flatMap((found, i) => {
      const tensor = layout.outputs[i];
      return found > 0 && tensor !== undefined ? [{ tensor, count: found }] : [];
    }),
  }));
}
