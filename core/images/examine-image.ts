/** Looks into one image file of a set: its size, and whether it can be decoded. */

import { readFile, stat } from 'node:fs/promises';
import { openImageBytes, readImageSize, systemReason, UnreadableImage } from './decode-image.ts';
import { endsAsItShould } from './image-ending.ts';
import { visualFeature } from './visual-feature.ts';

export interface ExaminedImage {
  /** Of the file. */
  readonly bytes: number;
  /** Pixels after EXIF orientation. */
  readonly width: number;
  readonly height: number;
  /** Only where the image was decoded. */
  readonly feature: Uint8Array | null;
}

async function unreadableOnError<T>(work: Promise<T>): Promise<T> {
  return await work.catch((error: unknown) => {
    throw new UnreadableImage(systemReason(error), { cause: error });
  });
}

async function decodeWhole(path: string): Promise<ExaminedImage> {
  const contents = await unreadableOnError(readFile(path));
  const { format, width, height } = await openImageBytes(contents);
  return { bytes: contents.byteLength, width, height, feature: await visualFeature(contents, format) };
}

/**
 * @param decode also decodes the image, which finds damage that neither its header nor its end tells, and takes its
 *   feature; an image that seems to be cut off is decoded in any case
 * @throws UnreadableImage with the reason
 */
export async function examineImage(
  path: string,
  { decode }: { readonly decode: boolean },
): Promise<ExaminedImage> {
  if (decode) return await decodeWhole(path);
  const { size } = await unreadableOnError(stat(path));
  const dimensions = await readImageSize(path);
  const whole = await unreadableOnError(endsAsItShould(path, size));
  return whole ? { bytes: size, ...dimensions, feature: null } : await decodeWhole(path);
}
