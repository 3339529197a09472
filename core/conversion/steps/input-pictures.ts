/** Pictures of what the network gets of an image: resized, bordered and in its order of colours. */

import sharp from 'sharp';
import { placeImage, prepareTensor } from '../../images/preprocess.ts';
import type { Preprocessing } from '../../images/preprocessing.ts';
import type { RgbImage } from '../../images/rgb-image.ts';
import type { LabelBox } from '../../labels/ground-truth.ts';
import type { InputPicture, TriedPreprocessing } from '../report.ts';

export interface LabelledPixels {
  readonly file: string;
  readonly image: RgbImage;
  readonly labels: readonly LabelBox[];
}

const longestSide = 640;

/** The input before it is scaled and normalised: its planes, in their order, as red, green and blue of a JPEG. */
async function drawTensor(image: RgbImage, preprocessing: Preprocessing): Promise<string> {
  const { width, height } = preprocessing;
  const unscaled: Preprocessing = { ...preprocessing, scale: 1, mean: [0, 0, 0], std: [1, 1, 1] };
  const { tensor } = await prepareTensor(image, unscaled);
  const plane = width * height;
  const pixels = new Uint8Array(3 * plane);
  for (let i = 0; i < plane; i++) {
    for (let channel = 0; channel < 3; channel++) {
      pixels[3 * i + channel] = tensor[channel * plane + i] ?? 0;
    }
  }
  const jpeg = await sharp(pixels, { raw: { width, height, channels: 3 } })
    .resize(longestSide, longestSide, { fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: 76, mozjpeg: true })
    .toBuffer();
  return `data:image/jpeg;base64,${jpeg.toString('base64')}`;
}

/** One picture for each preprocessing, with the labels where they come to lie in it. */
export function drawInputs(
  { file, image, labels }: LabelledPixels,
  variants: readonly Pick<TriedPreprocessing, 'options' | 'preprocessing'>[],
): Promise<readonly InputPicture[]> {
  return Promise.all(
    variants.map(async ({ options, preprocessing }): Promise<InputPicture> => {
      const { gainX, gainY, left, top } = placeImage(preprocessing, image.width, image.height).transform;
      return {
        file,
        options,
        preprocessing,
        source: await drawTensor(image, preprocessing),
        boxes: labels.map(({ x1, y1, x2, y2 }) => ({
          x1: x1 * gainX + left,
          y1: y1 * gainY + top,
          x2: x2 * gainX + left,
          y2: y2 * gainY + top,
        })),
      };
    }),
  );
}
