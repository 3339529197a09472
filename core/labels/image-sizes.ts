/** Sizes of labelled images: read where labels need them, spot-checked where labels state them. */

import type { WorkOptions } from '../base/work.ts';
import { readImageSize, UnreadableImage } from '../images/decode-image.ts';
import { type ImageFile, type ImageSet, sampleImages } from '../images/image-set.ts';
import { mapConcurrently } from '../images/map-concurrently.ts';
import type { LabelledImage } from './ground-truth.ts';
import type { LabelIssues } from './label-issues.ts';

export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

const headersAtOnce = 8;
const sizesChecked = 50;

/** Size of each image from its header; images that cannot be read are missing and noted. */
export async function readImageSizes(
  images: readonly ImageFile[],
  issues: LabelIssues,
  work: WorkOptions,
): Promise<Map<ImageFile, ImageSize>> {
  const sizes = new Map<ImageFile, ImageSize>();
  await mapConcurrently(images, headersAtOnce, 'image size', work, async (image) => {
    try {
      sizes.set(image, await readImageSize(image.path));
    } catch (error) {
      if (!(error instanceof UnreadableImage)) throw error;
      issues.note('size-unknown', `${image.file}: ${error.message}`);
    }
  });
  return sizes;
}

/** Compares stated sizes with the files, on up to 50 images spread evenly, and notes differences. */
export async function checkStatedSizes(
  labelled: readonly LabelledImage[],
  set: ImageSet,
  issues: LabelIssues,
  work: WorkOptions,
): Promise<void> {
  const stated = new Map(labelled.map((image) => [image.file, image]));
  const files = set.files.filter(({ file }) => stated.has(file));
  const sample = sampleImages({ ...set, files }, sizesChecked);
  await mapConcurrently(sample.files, headersAtOnce, 'image size', work, async ({ path, file }) => {
    const said = stated.get(file);
    // A file that cannot be read is named when it is decoded; here it only means that there is nothing to compare.
    const real = await readImageSize(path).catch(() => undefined);
    if (said && real && (said.width !== real.width || said.height !== real.height)) {
      issues.note(
        'size-differs',
        `${file} is ${real.width}x${real.height}, labels say ${said.width}x${said.height}`,
      );
    }
  });
}
