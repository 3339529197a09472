/** Looks into one image file of a set: its size, and whether it can be decoded. */

import { readFile, stat } from 'node:fs/promises';
import { openImageBytes, readImageSize, systemReason, UnreadableImage } from './decode-image.ts';
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

/**
 * @param decode also decodes the image, which finds damage that the header does not tell, and takes its feature
 * @throws UnreadableImage with the reason
 */
export async function examineImage(
  path: string,
  { decode }: { readonly decode: boolean },
): Promise<ExaminedImage> {
  if (!decode) {
    const [{ size }, dimensions] = await Promise.all([sizeOf(path), readImageSize(path)]);
    return { bytes: size, ...dimensions, feature: null };
  }
  const contents = await readFile(path).catch((error: unknown) => {
    throw new UnreadableImage(systemReason(error), { cause: error });
  });
  const { format, width, height } = await openImageBytes(contents);
  return { bytes: contents.byteLength, width, height, feature: await visualFeature(contents, format) };
}

async function sizeOf(path: string): Promise<{ readonly size: number }> {
  return await stat(path).catch((error: unknown) => {
    throw new UnreadableImage(systemReason(error), { cause: error });
  });
}
