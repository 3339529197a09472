import { join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { preprocessKernels, writeImageTensor } from '../../native/preprocess/index.ts';
import { decodeImage } from './decode-image.ts';
import { placeImage, prepareTensor, roundHalfToEven, unmapBox, valueTables } from './preprocess.ts';
import { prepareTensorTwin, resizeTwin } from './preprocess.twin.ts';
import { defaultPreprocessing, type Preprocessing } from './preprocessing.ts';
import {
  difference,
  fixtures,
  fixturesNote,
  hasFixtures,
  hasOpenCv,
  noiseImage,
  openCvNote,
  resizeByOpenCv,
} from './testing/fixtures.ts';

const side = fc.integer({ min: 1, max: 90 });
const preprocessings: fc.Arbitrary<Preprocessing> = fc.record({
  resize: fc.constantFrom('letterbox' as const, 'stretch' as const),
  width: side,
  height: side,
  color: fc.constantFrom('rgb' as const, 'bgr' as const),
  scale: fc.constantFrom(1, 1 / 255, 1 / 127.5),
  mean: fc.constantFrom<[number, number, number]>([0, 0, 0], [0.485, 0.456, 0.406]),
  std: fc.constantFrom<[number, number, number]>([1, 1, 1], [0.229, 0.224, 0.225]),
  pad: fc.integer({ min: 0, max: 255 }),
  interpolation: fc.constant('bilinear' as const),
});
const images = fc.tuple(side, side, fc.integer()).map(([w, h, seed]) => noiseImage(w, h, seed));

describe('roundHalfToEven', () => {
  it('rounds like Python', () => {
    expect([0.5, 1.5, 2.5, 2.4999, 2.5001, 3, 311.5, 312.5].map(roundHalfToEven)).toEqual([
      0, 2, 2, 2, 3, 3, 312, 312,
    ]);
  });
});

describe('placeImage', () => {
  it('letterboxes 640x480 into 416x416 as the protocol says', () => {
    const place = placeImage(defaultPreprocessing(416, 416), 640, 480);
    expect(place).toMatchObject({ resizedWidth: 416, resizedHeight: 312, left: 0, top: 52 });
    expect(place.transform).toMatchObject({ gainX: 0.65, gainY: 0.65, left: 0, top: 52 });
  });

  it('puts the spare pixel right and below', () => {
    expect(placeImage(defaultPreprocessing(10, 10), 10, 7)).toMatchObject({ top: 1, resizedHeight: 7 });
  });

  it('keeps at least one pixel of an extreme shape', () => {
    const place = placeImage(defaultPreprocessing(32, 32), 10_000, 1);
    expect(place).toMatchObject({ resizedWidth: 32, resizedHeight: 1 });
  });

  it('never leaves the canvas', () => {
    fc.assert(
      fc.property(preprocessings, side, side, (preprocessing, width, height) => {
        const place = placeImage(preprocessing, width, height);
        expect(place.left).toBeGreaterThanOrEqual(0);
        expect(place.top).toBeGreaterThanOrEqual(0);
        expect(place.left + place.resizedWidth).toBeLessThanOrEqual(preprocessing.width);
        expect(place.top + place.resizedHeight).toBeLessThanOrEqual(preprocessing.height);
      }),
    );
  });
});

describe('unmapBox', () => {
  it('inverts the transform', () => {
    fc.assert(
      fc.property(preprocessings, side, side, (preprocessing, width, height) => {
        const { transform } = placeImage(preprocessing, width, height);
        const source = [0.1 * width, 0.2 * height, 0.7 * width, 0.9 * height] as const;
        const { gainX, gainY, left, top } = transform;
        const mapped = unmapBox(
          [
            source[0] * gainX + left,
            source[1] * gainY + top,
            source[2] * gainX + left,
            source[3] * gainY + top,
          ],
          transform,
        );
        mapped.forEach((value, i) => {
          expect(value).toBeCloseTo(source[i]!, 6);
        });
      }),
    );
  });

  it('clips to the image', () => {
    const { transform } = placeImage(defaultPreprocessing(416, 416), 640, 480);
    expect(unmapBox([-5, 0, 500, 416], transform)).toEqual([0, 0, 640, 480]);
  });
});

describe('valueTables', () => {
  it('gives exactly float32 division by 255 by default', () => {
    const tables = valueTables(defaultPreprocessing(8, 8));
    for (let value = 0; value < 256; value++) expect(tables[value]).toBe(Math.fround(value / 255));
  });
});

describe('prepareTensor', () => {
  it(`gives the twin's bits on every path (kernels here: ${preprocessKernels()})`, async () => {
    await fc.assert(
      fc.asyncProperty(images, preprocessings, async (image, preprocessing) => {
        const expected = prepareTensorTwin(image, preprocessing);
        const fast = await prepareTensor(image, preprocessing);
        const plain = await prepareTensor(image, preprocessing, undefined, true);
        expect(difference(fast.tensor, expected).max).toBe(0);
        expect(difference(plain.tensor, expected).max).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  it('writes every float of the target', async () => {
    const preprocessing = { ...defaultPreprocessing(40, 30), pad: 0 };
    const target = new Float32Array(3 * 40 * 30).fill(Number.NaN);
    const { tensor } = await prepareTensor(noiseImage(13, 57, 3), preprocessing, target);
    expect(tensor).toBe(target);
    expect(target.some(Number.isNaN)).toBe(false);
  });

  it('rejects arrays of the wrong length and sizes out of range', async () => {
    const image = noiseImage(4, 4, 1);
    const preprocessing = defaultPreprocessing(8, 8);
    await expect(prepareTensor(image, preprocessing, new Float32Array(5))).rejects.toThrow('192 elements');
    await expect(prepareTensor({ ...image, width: 5 }, preprocessing)).rejects.toThrow('source');
    await expect(
      writeImageTensor({
        source: image.data,
        sourceWidth: 4,
        sourceHeight: 4,
        resizedWidth: 8,
        resizedHeight: 8,
        left: 1,
        top: 0,
        width: 8,
        height: 8,
        pad: 114,
        swapRedBlue: false,
        tables: valueTables(preprocessing),
        tensor: new Float32Array(192),
      }),
    ).rejects.toThrow('left');
  });

  it.skipIf(!hasFixtures)(`equals the reference letterbox bit for bit${fixturesNote}`, async () => {
    const image = await decodeImage(join(fixtures, 'cells/images/val/BloodImage_00000.jpg'));
    const { tensor } = await prepareTensor(image, defaultPreprocessing(416, 416));
    const { data } = await sharp(join(fixtures, 'reference/letterbox-BloodImage_00000.png'))
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const plane = 416 * 416;
    const expected = Float32Array.from(
      tensor,
      (_, i) => data[(i % plane) * 3 + Math.floor(i / plane)]! / 255,
    );
    expect(difference(tensor, expected)).toEqual({ max: 0, mean: 0 });
  });

  it.skipIf(!hasOpenCv)(`resizes exactly as cv2.resize on random sizes${openCvNote}`, async () => {
    const sizes = Array.from({ length: 60 }, (_, i) => {
      const [a, b, c, d] = noiseImage(2, 1, i).data;
      const [width, height] = [1 + a! * 2, 1 + b!];
      // Equal, half and double sizes take paths of their own in OpenCV.
      if (i % 10 === 0) return { image: noiseImage(width, height, i), width, height };
      if (i % 10 === 1) return { image: noiseImage(2 * width, 2 * height, i), width, height };
      if (i % 10 === 2) return { image: noiseImage(width, height, i), width: 2 * width, height: 2 * height };
      return { image: noiseImage(width, height, i), width: 1 + c!, height: 1 + d! * 2 };
    });
    const expected = resizeByOpenCv(sizes);
    for (const [i, { image, width, height }] of sizes.entries()) {
      const stretch: Preprocessing = { ...defaultPreprocessing(width, height), resize: 'stretch', scale: 1 };
      const { tensor } = await prepareTensor(image, stretch);
      const plane = width * height;
      const rgb = Uint8Array.from(
        { length: 3 * plane },
        (_, k) => tensor[(k % 3) * plane + Math.floor(k / 3)]!,
      );
      const name = `${image.width}x${image.height} to ${width}x${height}`;
      expect({ name, ...difference(rgb, expected[i]!.data) }).toEqual({ name, max: 0, mean: 0 });
      if (plane < 5000) expect(resizeTwin(image, width, height).data).toEqual(rgb);
    }
  });
});
