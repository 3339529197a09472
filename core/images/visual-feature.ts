/** A small description of how an image looks, by which images of one set can be compared. */

import sharp from 'sharp';
import { decodeBmp } from './bmp.ts';
import { guarded, sharpOptions } from './decode-image.ts';
import type { ImageFormat } from './image-format.ts';

/** Side of the picture that features are taken from, and of the grid of mean colours. */
const side = 32;
const grid = 8;
const brightnessBins = 16;

/** Bytes of a feature: an 8 x 8 grid of mean colours, then a histogram of brightness. */
export const featureLength = grid * grid * 3 + brightnessBins;

/** Euclidean share of brightness in the distance between two features, against 1 for the grid. */
const brightnessWeight = 0.5;

/**
 * Of `side` x `side` interleaved RGB bytes: 192 mean colours, row by row, then 16 square roots of brightness shares
 * (Rec. 601 luma) times 255. Square roots make the Euclidean distance of histograms Hellinger's.
 */
export function featureOfPixels(pixels: Uint8Array): Uint8Array {
  const sums = new Float64Array(grid * grid * 3);
  const brightness = new Float64Array(brightnessBins);
  const cell = side / grid;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const at = (y * side + x) * 3;
      const [r = 0, g = 0, b = 0] = [pixels[at], pixels[at + 1], pixels[at + 2]];
      const to = (Math.floor(y / cell) * grid + Math.floor(x / cell)) * 3;
      sums[to] = (sums[to] ?? 0) + r;
      sums[to + 1] = (sums[to + 1] ?? 0) + g;
      sums[to + 2] = (sums[to + 2] ?? 0) + b;
      const bin = Math.floor(((0.299 * r + 0.587 * g + 0.114 * b) * brightnessBins) / 256);
      brightness[bin] = (brightness[bin] ?? 0) + 1;
    }
  }
  const feature = new Uint8Array(featureLength);
  feature.set(sums.map((sum) => Math.round(sum / (cell * cell))));
  feature.set(
    brightness.map((count) => Math.round(255 * Math.sqrt(count / (side * side)))),
    grid * grid * 3,
  );
  return feature;
}

/**
 * Features as vectors whose Euclidean distance is 1 between a black and a white grid.
 * @param features one after the other, `featureLength` bytes each
 */
export function featureVectors(features: Uint8Array): Float32Array {
  const colours = grid * grid * 3;
  const colourScale = 1 / 255 / Math.sqrt(colours);
  const brightnessScale = brightnessWeight / 255 / Math.SQRT2;
  return Float32Array.from(
    features,
    (value, at) => value * (at % featureLength < colours ? colourScale : brightnessScale),
  );
}

/**
 * The feature of an image file's bytes. JPEG is decoded at an eighth of its size where that suffices, all others whole.
 * @throws UnreadableImage with the reason, also for a file that ends early
 */
export async function visualFeature(bytes: Uint8Array, format: ImageFormat): Promise<Uint8Array> {
  return await guarded(format, async () => {
    let image = sharp(bytes, sharpOptions);
    if (format === 'bmp') {
      const { data, width, height } = decodeBmp(bytes);
      image = sharp(data, { raw: { width, height, channels: 3 } });
    }
    const { data, info } = await image
      .autoOrient()
      .resize(side, side, { fit: 'fill', kernel: 'cubic' })
      .removeAlpha()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (info.channels === 3) return featureOfPixels(data);
    return featureOfPixels(
      Uint8Array.from({ length: side * side * 3 }, (_, i) => data[Math.floor(i / 3)] ?? 0),
    );
  });
}
