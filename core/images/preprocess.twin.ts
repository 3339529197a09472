/** Preprocessing written straight from its description, one pixel at a time: the tests hold native code to it. */

import { placeImage, roundHalfToEven } from './preprocess.ts';
import type { Preprocessing } from './preprocessing.ts';
import type { RgbImage } from './rgb-image.ts';

interface Tap {
  readonly at: readonly [number, number];
  readonly weight: readonly [number, number];
}

function tap(i: number, source: number, destination: number, snap: boolean): Tap {
  const step = 1 / (destination / source);
  const position = Math.fround((i + 0.5) * step - 0.5);
  let at = Math.floor(position);
  let share = Math.fround(position - at);
  if (snap && (at < 0 || at >= source - 1)) {
    at = Math.min(Math.max(at, 0), source - 1);
    share = 0;
  }
  const inside = (k: number) => Math.min(Math.max(k, 0), source - 1);
  return {
    at: [inside(at), inside(at + 1)],
    weight: [roundHalfToEven(Math.fround(Math.fround(1 - share) * 2048)), roundHalfToEven(share * 2048)],
  };
}

/** Bilinear resize of 8-bit RGB with OpenCV's 11-bit weights. */
export function resizeTwin(image: RgbImage, width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const rows = tap(y, image.height, height, false);
    for (let x = 0; x < width; x++) {
      const columns = tap(x, image.width, width, true);
      for (let c = 0; c < 3; c++) {
        const along = (row: number) =>
          columns.weight[0] * image.data[(row * image.width + columns.at[0]) * 3 + c]! +
          columns.weight[1] * image.data[(row * image.width + columns.at[1]) * 3 + c]!;
        const cut = (k: 0 | 1) => Math.floor((rows.weight[k] * Math.floor(along(rows.at[k]) / 16)) / 65536);
        data[(y * width + x) * 3 + c] = Math.floor((cut(0) + cut(1) + 2) / 4);
      }
    }
  }
  return { data, width, height };
}

/** [1, 3, height, width], as `prepareTensor`. */
export function prepareTensorTwin(image: RgbImage, preprocessing: Preprocessing): Float32Array {
  const { width, height, color, scale, mean, std, pad } = preprocessing;
  const place = placeImage(preprocessing, image.width, image.height);
  const resized = resizeTwin(image, place.resizedWidth, place.resizedHeight);
  const tensor = new Float32Array(3 * width * height);
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const u = x - place.left;
        const v = y - place.top;
        const inside = u >= 0 && v >= 0 && u < resized.width && v < resized.height;
        const channel = color === 'rgb' ? c : 2 - c;
        const value = inside ? resized.data[(v * resized.width + u) * 3 + channel]! : pad;
        tensor[(c * height + y) * width + x] = (value * scale - mean[c]!) / std[c]!;
      }
    }
  }
  return tensor;
}
