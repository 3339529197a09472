/** Turns a decoded image into the network's input tensor, and boxes of the network input back into image pixels. */

import { writeImageTensor } from '../../native/preprocess/index.ts';
import type { ImageTransform, Preprocessing } from './preprocessing.ts';
import type { RgbImage } from './rgb-image.ts';

/** Where a resized image lies on the network input, in pixels. */
export interface Placement {
  readonly resizedWidth: number;
  readonly resizedHeight: number;
  readonly left: number;
  readonly top: number;
  readonly transform: ImageTransform;
}

export interface PreparedTensor {
  /** [1, 3, height, width], float32. */
  readonly tensor: Float32Array;
  readonly transform: ImageTransform;
}

/** Rounds halves to even, as Python's `round` does. */
export function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/**
 * The geometry of `preprocessing` for an image of the given size. Letterbox: one gain, the smaller of both axes,
 * enlarging allowed; the resized side is rounded half to even (at least 1) and centred, a spare pixel going right and
 * below. Stretch: a gain for each axis, no border.
 */
export function placeImage(preprocessing: Preprocessing, width: number, height: number): Placement {
  const source = { sourceWidth: width, sourceHeight: height };
  const gainX = preprocessing.width / width;
  const gainY = preprocessing.height / height;
  if (preprocessing.resize === 'stretch') {
    return {
      resizedWidth: preprocessing.width,
      resizedHeight: preprocessing.height,
      left: 0,
      top: 0,
      transform: { gainX, gainY, left: 0, top: 0, ...source },
    };
  }
  const gain = Math.min(gainX, gainY);
  const resizedWidth = Math.max(1, roundHalfToEven(width * gain));
  const resizedHeight = Math.max(1, roundHalfToEven(height * gain));
  const left = Math.floor((preprocessing.width - resizedWidth) / 2);
  const top = Math.floor((preprocessing.height - resizedHeight) / 2);
  return {
    resizedWidth,
    resizedHeight,
    left,
    top,
    transform: { gainX: gain, gainY: gain, left, top, ...source },
  };
}

const tableCache = new WeakMap<Preprocessing, Float32Array>();

/**
 * [3, 256]: what each 8-bit value becomes in each plane, (value * scale - mean) / std, computed in double and rounded
 * once. A table makes the arithmetic the same on every processor and lets the loops stay in integers.
 */
export function valueTables(preprocessing: Preprocessing): Float32Array {
  const known = tableCache.get(preprocessing);
  if (known) return known;
  const { scale, mean, std } = preprocessing;
  const tables = new Float32Array(3 * 256);
  mean.forEach((channelMean, channel) => {
    const channelStd = std[channel] ?? 1;
    for (let value = 0; value < 256; value++) {
      tables[256 * channel + value] = (value * scale - channelMean) / channelStd;
    }
  });
  tableCache.set(preprocessing, tables);
  return tables;
}

/** Floats in one image's tensor. */
export function tensorLength(preprocessing: Preprocessing): number {
  return 3 * preprocessing.width * preprocessing.height;
}

/**
 * [1, 3, height, width] float32 planes in the order of `preprocessing.color`, computed off the JS thread. `target`, of
 * just that length, is filled and returned instead of a new array; neither it nor `image.data` may be touched until
 * the promise settles. `plain` forces the fallback kernels, which give the same bits.
 */
export async function prepareTensor(
  image: RgbImage,
  preprocessing: Preprocessing,
  target: Float32Array = new Float32Array(tensorLength(preprocessing)),
  plain = false,
): Promise<PreparedTensor> {
  const { resizedWidth, resizedHeight, left, top, transform } = placeImage(
    preprocessing,
    image.width,
    image.height,
  );
  await writeImageTensor({
    source: image.data,
    sourceWidth: image.width,
    sourceHeight: image.height,
    resizedWidth,
    resizedHeight,
    left,
    top,
    width: preprocessing.width,
    height: preprocessing.height,
    pad: preprocessing.pad,
    swapRedBlue: preprocessing.color === 'bgr',
    tables: valueTables(preprocessing),
    tensor: target,
    plain,
  });
  return { tensor: target, transform };
}

/** Corners x1 y1 x2 y2 in pixels of the network input as pixels of the source image, clipped to the image. */
export function unmapBox(
  box: readonly [number, number, number, number],
  transform: ImageTransform,
): [number, number, number, number] {
  const { gainX, gainY, left, top, sourceWidth, sourceHeight } = transform;
  const clip = (value: number, most: number) => Math.min(Math.max(value, 0), most);
  return [
    clip((box[0] - left) / gainX, sourceWidth),
    clip((box[1] - top) / gainY, sourceHeight),
    clip((box[2] - left) / gainX, sourceWidth),
    clip((box[3] - top) / gainY, sourceHeight),
  ];
}
