import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage, openImage, readImageSize, UnreadableImage } from './decode-image.ts';
import { encodeBmp } from './testing/bmp-writer.ts';
import {
  decodeByOpenCv,
  difference,
  fixtures,
  fixturesNote,
  hasFixtures,
  hasOpenCv,
  noiseImage,
  openCvNote,
  TemporaryFolder,
} from './testing/fixtures.ts';
import { pngOfSize } from './testing/png-header.ts';

const noise = noiseImage(48, 32, 9);
const raw = { raw: { width: noise.width, height: noise.height, channels: 3 as const } };
const rgb = () => sharp(noise.data, raw);
const greyRaw = { raw: { width: 48, height: 32, channels: 1 as const } };
const grey = () => sharp(noise.data.subarray(0, 48 * 32), greyRaw).toColourspace('b-w');
const sixteen = Uint16Array.from({ length: 48 * 32 * 3 }, (_, i) => (i * 2654435761) & 0xffff);
const deep = () =>
  sharp(sixteen, { raw: { width: 48, height: 32, channels: 3, depth: 'ushort' } as never }).toColourspace(
    'rgb16',
  );
const deepGrey = () =>
  sharp(sixteen.subarray(0, 48 * 32), {
    raw: { width: 48, height: 32, channels: 1, depth: 'ushort' } as never,
  }).toColourspace('grey16');
const greyAlpha = () =>
  sharp(noise.data.subarray(0, 48 * 32 * 2), { raw: { width: 48, height: 32, channels: 2 } });
const translucent = () =>
  rgb().joinChannel(Buffer.from(noise.data.subarray(0, 48 * 32)), { raw: greyRaw.raw });

async function reasonFor(path: string): Promise<string> {
  try {
    await decodeImage(path);
  } catch (error) {
    expect(error).toBeInstanceOf(UnreadableImage);
    return error instanceof Error ? error.message : '';
  }
  return 'decoded';
}

/** Forms that must come out exactly as OpenCV reads them. */
const losslessForms: Record<string, () => Promise<Uint8Array>> = {
  'rgb.png': () => rgb().png().toBuffer(),
  'grey.png': () => grey().png().toBuffer(),
  'deep.png': () => deep().png().toBuffer(),
  'alpha.png': () => translucent().png().toBuffer(),
  'deep-grey.png': () => deepGrey().png().toBuffer(),
  'grey-alpha.png': () => greyAlpha().toColourspace('b-w').png().toBuffer(),
  'profile.png': () => rgb().withIccProfile('p3').png().toBuffer(),
  'deep.tiff': () => deep().tiff().toBuffer(),
  'alpha.webp': () => translucent().webp({ lossless: true, exact: true }).toBuffer(),
  'palette.png': () => rgb().png({ palette: true, colours: 16 }).toBuffer(),
  'rgb.webp': () => rgb().webp({ lossless: true }).toBuffer(),
  'rgb.tiff': () => rgb().tiff({ compression: 'lzw' }).toBuffer(),
  'grey.tiff': () => grey().tiff().toBuffer(),
  'rgb.bmp': async () => encodeBmp(noise, { bitsPerPixel: 24, topDown: false, header: 'info' }),
};
const jpegForms: Record<string, () => Promise<Uint8Array>> = {
  'rgb.jpg': () => rgb().jpeg({ quality: 80 }).toBuffer(),
  '444.jpg': () => rgb().jpeg({ chromaSubsampling: '4:4:4' }).toBuffer(),
  'progressive.jpg': () => rgb().jpeg({ progressive: true }).toBuffer(),
  'grey.jpg': () => grey().jpeg().toBuffer(),
  ...Object.fromEntries(
    [1, 2, 3, 4, 5, 6, 7, 8].map((orientation) => [
      `orientation-${orientation}.jpg`,
      () => rgb().withMetadata({ orientation }).jpeg().toBuffer(),
    ]),
  ),
};

async function writeForms(folder: TemporaryFolder, forms: Record<string, () => Promise<Uint8Array>>) {
  const files = Object.keys(forms).map((name) => folder.file(name));
  for (const [name, make] of Object.entries(forms)) writeFileSync(folder.file(name), await make());
  return files;
}

describe('decodeImage', () => {
  it('gives the pixels of a lossless image back', async () => {
    using folder = new TemporaryFolder();
    writeFileSync(folder.file('a.png'), await rgb().png().toBuffer());
    const image = await decodeImage(folder.file('a.png'));
    expect(image).toMatchObject({ width: 48, height: 32 });
    expect(difference(image.data, noise.data).max).toBe(0);
  });

  it('reads one pixel', async () => {
    using folder = new TemporaryFolder();
    const one = Buffer.from([10, 20, 30]);
    const png = await sharp(one, { raw: { width: 1, height: 1, channels: 3 } })
      .png()
      .toBuffer();
    writeFileSync(folder.file('one.png'), png);
    const image = await decodeImage(folder.file('one.png'));
    expect([image.width, image.height, ...image.data]).toEqual([1, 1, 10, 20, 30]);
  });

  it('keeps the upper 8 of 16 bits and drops alpha without compositing', async () => {
    using folder = new TemporaryFolder();
    writeFileSync(folder.file('deep.png'), await deep().png().toBuffer());
    writeFileSync(folder.file('alpha.png'), await translucent().png().toBuffer());
    const upper = Uint8Array.from(sixteen, (value) => value >> 8);
    expect(difference((await decodeImage(folder.file('deep.png'))).data, upper).max).toBe(0);
    expect(difference((await decodeImage(folder.file('alpha.png'))).data, noise.data).max).toBe(0);
  });

  it('turns CMYK into RGB', async () => {
    using folder = new TemporaryFolder();
    const red = sharp({
      create: { width: 16, height: 16, channels: 3, background: { r: 200, g: 30, b: 30 } },
    });
    writeFileSync(folder.file('cmyk.jpg'), await red.toColourspace('cmyk').jpeg().toBuffer());
    const { data } = await decodeImage(folder.file('cmyk.jpg'));
    expect(data.length).toBe(16 * 16 * 3);
    expect(difference(data.subarray(0, 3), [200, 30, 30]).max).toBeLessThan(40);
  });

  it.skipIf(!hasOpenCv)(`reads lossless forms exactly as OpenCV${openCvNote}`, async () => {
    using folder = new TemporaryFolder();
    const files = await writeForms(folder, losslessForms);
    // The forms are what their names say.
    expect(await sharp(folder.file('deep.png')).metadata()).toMatchObject({ depth: 'ushort', channels: 3 });
    expect(await sharp(folder.file('deep-grey.png')).metadata()).toMatchObject({
      depth: 'ushort',
      channels: 1,
    });
    expect(await sharp(folder.file('grey-alpha.png')).metadata()).toMatchObject({ channels: 2 });
    expect(await sharp(folder.file('profile.png')).metadata()).toMatchObject({ hasProfile: true });
    const expected = decodeByOpenCv(files);
    for (const [i, name] of Object.keys(losslessForms).entries()) {
      const image = await decodeImage(folder.file(name));
      expect({ name, ...difference(image.data, expected[i]!.data) }).toEqual({ name, max: 0, mean: 0 });
    }
  });

  it.skipIf(!hasOpenCv)(
    `reads JPEG and orients by EXIF as OpenCV, within 1 grey level${openCvNote}`,
    async () => {
      using folder = new TemporaryFolder();
      const files = await writeForms(folder, jpegForms);
      const expected = decodeByOpenCv(files);
      for (const [i, name] of Object.keys(jpegForms).entries()) {
        const image = await decodeImage(folder.file(name));
        expect({ name, width: image.width }).toEqual({ name, width: expected[i]!.width });
        expect(difference(image.data, expected[i]!.data).max, name).toBeLessThanOrEqual(1);
      }
    },
  );

  it.skipIf(!hasOpenCv || !hasFixtures)(
    `decodes the fixture images as OpenCV, within 1 grey level and 0.01 on average${openCvNote}${fixturesNote}`,
    async () => {
      const folder = join(fixtures, 'cells/images/val');
      const files = readdirSync(folder)
        .sort()
        .map((name) => join(folder, name));
      const expected = decodeByOpenCv(files);
      let max = 0;
      let mean = 0;
      for (const [i, file] of files.entries()) {
        const one = difference((await decodeImage(file)).data, expected[i]!.data);
        max = Math.max(max, one.max);
        mean += one.mean / files.length;
      }
      console.log(`JPEG against OpenCV over ${files.length} images: max ${max}, mean ${mean} grey levels`);
      expect(max).toBeLessThanOrEqual(1);
      expect(mean).toBeLessThanOrEqual(0.01);
    },
  );
});

describe('images that cannot be read', () => {
  it('says why, for each kind', async () => {
    using folder = new TemporaryFolder();
    const jpeg = await rgb().jpeg().toBuffer();
    const png = await rgb().png().toBuffer();
    writeFileSync(folder.file('half.jpg'), jpeg.subarray(0, jpeg.length / 2));
    writeFileSync(folder.file('half.png'), png.subarray(0, png.length / 2));
    writeFileSync(folder.file('empty.jpg'), '');
    writeFileSync(folder.file('text.jpg'), 'this is no image at all');
    writeFileSync(folder.file('vector.png'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    writeFileSync(
      folder.file('cut.bmp'),
      encodeBmp(noise, { bitsPerPixel: 24, topDown: false, header: 'info' }).subarray(0, 999),
    );
    expect(await reasonFor(folder.file('half.jpg'))).toMatch(
      /JPEG data cannot be decoded .*(premature|truncat|end)/i,
    );
    expect(await reasonFor(folder.file('half.png'))).toMatch(/PNG data cannot be decoded/);
    expect(await reasonFor(folder.file('empty.jpg'))).toBe('the file is empty');
    expect(await reasonFor(folder.file('text.jpg'))).toMatch(/not an image; JPEG, PNG/);
    expect(await reasonFor(folder.file('vector.png'))).toMatch(/not an image/);
    expect(await reasonFor(folder.file('cut.bmp'))).toMatch(/cut off/);
    expect(await reasonFor(folder.file('missing.jpg'))).toBe('the file does not exist');
    expect(await reasonFor(folder.path)).toBe('it is a folder');
  });

  it('refuses 20,000 x 20,000 pixels by size, before reading them', async () => {
    using folder = new TemporaryFolder();
    writeFileSync(folder.file('huge.png'), pngOfSize(20_000, 20_000));
    const bmp = Uint8Array.from(encodeBmp(noise, { bitsPerPixel: 24, topDown: false, header: 'info' }));
    new DataView(bmp.buffer).setInt32(18, 20_000, true);
    new DataView(bmp.buffer).setInt32(22, 20_000, true);
    writeFileSync(folder.file('huge.bmp'), bmp);
    for (const name of ['huge.png', 'huge.bmp']) {
      expect(await reasonFor(folder.file(name))).toMatch(/20000x20000 pixels, more than the 16384x16384/);
    }
  });

  it.skipIf(!hasFixtures)(`refuses a photograph cut in half${fixturesNote}`, async () => {
    using folder = new TemporaryFolder();
    const bytes = readFileSync(join(fixtures, 'cells/images/val/BloodImage_00000.jpg'));
    writeFileSync(folder.file('half.jpg'), bytes.subarray(0, bytes.length / 2));
    expect(await reasonFor(folder.file('half.jpg'))).toMatch(/JPEG data cannot be decoded/);
  });
});

describe('sizes from headers', () => {
  it('agree with decoding, EXIF orientation included', async () => {
    using folder = new TemporaryFolder();
    for (const path of await writeForms(folder, { ...losslessForms, ...jpegForms })) {
      const { width, height } = await decodeImage(path);
      expect(await readImageSize(path)).toEqual({ width, height });
      expect(await openImage(path)).toMatchObject({ width, height });
    }
  });
});
