/** Small copies of the pictures that a report shows, as data addresses, so that report.html needs no other file. */

import sharp from 'sharp';
import { throwIfCancelled, type WorkOptions } from '../../base/work.ts';
import type { DifferingImage, ReportImages } from '../report.ts';

const longestSide = 640;

/**
 * A JPEG of at most 640 pixels on its longer side for each picture, upright by EXIF, keyed by `path`. A picture that
 * cannot be read is left out: the report then shows its boxes alone.
 */
export async function embedPictures(
  pictures: readonly DifferingImage[],
  work: WorkOptions = {},
): Promise<ReportImages> {
  const paths = [...new Set(pictures.map((picture) => picture.path))];
  const embedded = new Map<string, string>();
  for (const [i, path] of paths.entries()) {
    throwIfCancelled(work.signal);
    work.onProgress?.({ value: i / paths.length, description: `picture ${i + 1} of ${paths.length}` });
    try {
      const jpeg = await sharp(path, { limitInputPixels: false, failOn: 'none' })
        .rotate()
        .resize(longestSide, longestSide, { fit: 'inside', withoutEnlargement: true })
        .flatten({ background: '#ffffff' })
        .jpeg({ quality: 76, mozjpeg: true })
        .toBuffer();
      embedded.set(path, `data:image/jpeg;base64,${jpeg.toString('base64')}`);
    } catch {
      // Left out on purpose: a vanished picture must not cost the report.
    }
  }
  return embedded;
}
