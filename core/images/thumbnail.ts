/** Makes small pictures of image files, for people to look at. */

import { readFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import { decodeBmp } from './bmp.ts';
import { guarded, openImageBytes, sharpOptions, systemReason, UnreadableImage } from './decode-image.ts';

/** Up to this width fewer bytes count for more than the last bit of sharpness. */
const smallWidth = 480;

function source(bytes: Uint8Array, format: string): Sharp {
  if (format === 'bmp') {
    const { data, width, height } = decodeBmp(bytes);
    return sharp(data, { raw: { width, height, channels: 3 } });
  }
  // People shall see what is left of a damaged file; that it is damaged is told elsewhere.
  return sharp(bytes, { ...sharpOptions, failOn: 'none' }).autoOrient();
}

/**
 * A JPEG of the image, at most `width` pixels wide and never enlarged, EXIF orientation applied.
 * @throws UnreadableImage with the reason
 */
export async function makeThumbnail(path: string, width: number): Promise<Uint8Array> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new UnreadableImage(systemReason(error), { cause: error });
  });
  const { format } = await openImageBytes(bytes);
  return await guarded(format, () =>
    source(bytes, format)
      .resize({ width, withoutEnlargement: true })
      .removeAlpha()
      .toColourspace('srgb')
      .jpeg({ quality: width <= smallWidth ? 78 : 90 })
      .toBuffer(),
  );
}
