import { writeFileSync } from 'node:fs';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { examineImage } from './examine-image.ts';
import { bmpSample } from './testing/bmp-writer.ts';
import { TemporaryFolder } from './testing/fixtures.ts';
import { makeThumbnail } from './thumbnail.ts';
import { featureLength, featureOfPixels, featureVectors, visualFeature } from './visual-feature.ts';

const colour = (r: number, g: number, b: number) =>
  Uint8Array.from({ length: 32 * 32 * 3 }, (_, i) => [r, g, b][i % 3] as number);

/** Left half of one colour, right half of another. */
async function halves(width: number, height: number, left: number, right: number): Promise<Buffer> {
  const data = Buffer.alloc(width * height * 3);
  for (let i = 0; i < data.length; i++) data[i] = Math.floor(i / 3) % width < width / 2 ? left : right;
  return await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

function distance(a: Uint8Array, b: Uint8Array): number {
  const [left, right] = [featureVectors(a), featureVectors(b)];
  return Math.sqrt(left.reduce((sum, value, i) => sum + (value - (right[i] ?? 0)) ** 2, 0));
}

describe('features', () => {
  it('hold the mean colours of the grid and the shares of brightness', () => {
    const feature = featureOfPixels(colour(255, 0, 10));
    expect([...feature.subarray(0, 6)]).toEqual([255, 0, 10, 255, 0, 10]);
    // Luma 77 is in bin 4 of 16, all of it.
    expect([...feature.subarray(192)]).toEqual([0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(feature).toHaveLength(featureLength);
  });

  it('are 1 apart in the grid between black and white, and half of that in brightness', () => {
    const black = featureOfPixels(colour(0, 0, 0));
    const white = featureOfPixels(colour(255, 255, 255));
    expect(distance(black, white)).toBeCloseTo(Math.sqrt(1 + 0.25), 4);
  });

  it('are nearly the same for one picture in any format and size', async () => {
    const png = await halves(400, 300, 20, 200);
    const expected = await visualFeature(png, 'png');
    const jpeg = await sharp(png).resize(1600, 1200).jpeg({ quality: 90 }).toBuffer();
    const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
    const { bytes: bmp } = bmpSample(
      { data, width: info.width, height: info.height },
      { bitsPerPixel: 24, topDown: false, header: 'info' },
    );
    const grey = await sharp(png).greyscale().png().toBuffer();
    expect(distance(expected, await visualFeature(jpeg, 'jpeg'))).toBeLessThan(0.05);
    expect(distance(expected, await visualFeature(bmp, 'bmp'))).toBe(0);
    expect(distance(expected, await visualFeature(grey, 'png'))).toBeLessThan(0.01);
  });
});

describe('examineImage', () => {
  it('reads sizes from headers, and features only when it decodes', async () => {
    using folder = new TemporaryFolder();
    const path = folder.file('a.png');
    const png = await halves(40, 30, 0, 255);
    writeFileSync(path, png);
    expect(await examineImage(path, { decode: false })).toEqual({
      bytes: png.length,
      width: 40,
      height: 30,
      feature: null,
    });
    expect((await examineImage(path, { decode: true })).feature).toHaveLength(featureLength);
  });

  /** 640 x 480 pixels of noise. */
  async function noisyImage(format: 'jpeg' | 'png' | 'webp'): Promise<Buffer> {
    const noise = Buffer.from(Uint8Array.from({ length: 640 * 480 * 3 }, (_, i) => (i * 7919) & 255));
    return await sharp(noise, { raw: { width: 640, height: 480, channels: 3 } })
      .toFormat(format)
      .toBuffer();
  }

  it.each(['jpeg', 'png', 'webp'] as const)(
    'finds a %s that was cut off without decoding every file',
    async (format) => {
      using folder = new TemporaryFolder();
      const path = folder.file('cut');
      const whole = await noisyImage(format);
      writeFileSync(path, whole.subarray(0, Math.floor(whole.length * 0.7)));
      await expect(examineImage(path, { decode: false })).rejects.toThrow(/cannot be decoded/);
      await expect(examineImage(path, { decode: true })).rejects.toThrow(/cannot be decoded/);
    },
  );

  it('shows people what is left of a cut-off JPEG', async () => {
    using folder = new TemporaryFolder();
    const whole = await noisyImage('jpeg');
    writeFileSync(folder.file('cut.jpg'), whole.subarray(0, Math.floor(whole.length * 0.7)));
    expect((await sharp(await makeThumbnail(folder.file('cut.jpg'), 160)).metadata()).width).toBe(160);
  });

  it('does not mind what cameras append', async () => {
    using folder = new TemporaryFolder();
    writeFileSync(folder.file('a.jpg'), Buffer.concat([await noisyImage('jpeg'), Buffer.alloc(9000)]));
    expect(await examineImage(folder.file('a.jpg'), { decode: false })).toMatchObject({ width: 640 });
  });

  it('finds damage within only by decoding', async () => {
    using folder = new TemporaryFolder();
    const bytes = await noisyImage('png');
    bytes.fill(0, 5000, 6000);
    writeFileSync(folder.file('holed.png'), bytes);
    expect(await examineImage(folder.file('holed.png'), { decode: false })).toMatchObject({ width: 640 });
    await expect(examineImage(folder.file('holed.png'), { decode: true })).rejects.toThrow(
      /PNG data cannot be decoded/,
    );
  });

  it.each([
    ['an empty file', '', /the file is empty/],
    ['text', 'hello, this is no image', /the content is not an image/],
  ])('says why %s cannot be read', async (_what, contents, reason) => {
    using folder = new TemporaryFolder();
    writeFileSync(folder.file('x.jpg'), contents);
    await expect(examineImage(folder.file('x.jpg'), { decode: true })).rejects.toThrow(reason);
    await expect(examineImage(folder.file('x.jpg'), { decode: false })).rejects.toThrow(reason);
    await expect(makeThumbnail(folder.file('x.jpg'), 100)).rejects.toThrow(reason);
    await expect(examineImage(folder.file('none.jpg'), { decode: true })).rejects.toThrow(/does not exist/);
  });
});

describe('makeThumbnail', () => {
  it('applies the orientation, never enlarges and always gives a JPEG', async () => {
    using folder = new TemporaryFolder();
    const path = folder.file('turned.jpg');
    writeFileSync(
      path,
      await sharp(await halves(400, 200, 0, 255))
        .jpeg()
        .withMetadata({ orientation: 6 })
        .toBuffer(),
    );
    const small = await sharp(await makeThumbnail(path, 100)).metadata();
    expect([small.format, small.width, small.height, small.orientation]).toEqual([
      'jpeg',
      100,
      200,
      undefined,
    ]);
    expect((await sharp(await makeThumbnail(path, 1000)).metadata()).width).toBe(200);
  });
});
