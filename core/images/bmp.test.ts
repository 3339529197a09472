import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BmpError, decodeBmp } from './bmp.ts';
import { type BmpSample, bmpSample, encodeBmp } from './testing/bmp-writer.ts';
import {
  decodeByOpenCv,
  difference,
  hasOpenCv,
  noiseImage,
  openCvNote,
  TemporaryFolder,
} from './testing/fixtures.ts';

const samples: fc.Arbitrary<BmpSample> = fc
  .record({
    width: fc.integer({ min: 1, max: 41 }),
    height: fc.integer({ min: 1, max: 17 }),
    seed: fc.integer(),
    bitsPerPixel: fc.constantFrom(1 as const, 4 as const, 8 as const, 16 as const, 24 as const, 32 as const),
    topDown: fc.boolean(),
    header: fc.constantFrom('core' as const, 'info' as const, 'v5' as const),
  })
  .map(({ width, height, seed, ...rest }) => bmpSample(noiseImage(width, height, seed), rest));

describe('decodeBmp', () => {
  it('reads back every depth, row order and header version', () => {
    fc.assert(
      fc.property(samples, (sample) => {
        const { data, width, height } = decodeBmp(sample.bytes);
        expect({ width, height }).toEqual({ width: sample.expected.width, height: sample.expected.height });
        expect(difference(data, sample.expected.data).max).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  it('refuses every shortened file and nothing else goes wrong', () => {
    fc.assert(
      fc.property(samples, fc.double({ min: 0, max: 0.999, noNaN: true }), (sample, share) => {
        const cut = sample.bytes.subarray(0, Math.floor(sample.bytes.length * share));
        expect(() => decodeBmp(cut)).toThrow(BmpError);
      }),
      { numRuns: 200 },
    );
  });

  it('survives flipped header bytes: an image, or a BmpError', () => {
    fc.assert(
      fc.property(
        samples,
        fc.integer({ min: 14, max: 53 }),
        fc.integer({ min: 0, max: 255 }),
        (sample, at, value) => {
          const bytes = Uint8Array.from(sample.bytes);
          if (at < bytes.length) bytes[at] = value;
          try {
            const { data, width, height } = decodeBmp(bytes);
            expect(data.length).toBe(width * height * 3);
          } catch (error) {
            expect(error).toBeInstanceOf(BmpError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('refuses run-length encoding by name', () => {
    const { bytes } = bmpSample(noiseImage(4, 4, 1), { bitsPerPixel: 8, topDown: false, header: 'info' });
    new DataView(bytes.buffer).setUint32(30, 1, true);
    expect(() => decodeBmp(bytes)).toThrow('RLE8');
  });

  it.each([
    { bits: 16, masks: [0xf800, 0x07e0, 0x001f], pixel: 0x8410, rgb: [132, 130, 132] },
    { bits: 16, masks: [0x7c00, 0x03e0, 0x001f], pixel: 0x7fff, rgb: [255, 255, 255] },
    { bits: 32, masks: [0xff, 0xff00, 0xff0000], pixel: 0x99030201, rgb: [1, 2, 3] },
    { bits: 32, masks: [0xff000000, 0xff0000, 0xff00], pixel: 0xfe030299, rgb: [254, 3, 2] },
    { bits: 32, masks: [0x3ff00000, 0xffc00, 0x3ff], pixel: 0x3ff001ff, rgb: [255, 0, 127] },
  ] as const)('reads bit fields of $bits bits under $masks', ({ bits, masks, pixel, rgb }) => {
    const bytes = new Uint8Array(14 + 40 + 12 + 4);
    const view = new DataView(bytes.buffer);
    bytes.set([0x42, 0x4d]);
    view.setUint32(10, 66, true);
    view.setUint32(14, 40, true);
    view.setInt32(18, 1, true);
    view.setInt32(22, 1, true);
    view.setUint16(28, bits, true);
    view.setUint32(30, 3, true);
    for (const [i, mask] of masks.entries()) view.setUint32(54 + 4 * i, mask, true);
    view.setUint32(66, pixel, true);
    expect([...decodeBmp(bytes).data]).toEqual(rgb);
    // A mask with a gap means nothing.
    view.setUint32(54, 0b101, true);
    expect(() => decodeBmp(bytes)).toThrow(/gap/);
  });

  it.skipIf(!hasOpenCv)(`reads what OpenCV reads${openCvNote}`, () => {
    using folder = new TemporaryFolder();
    const image = noiseImage(37, 11, 5);
    const cases = ([1, 4, 8, 24, 32] as const).flatMap((bitsPerPixel) =>
      [false, true].map((topDown) => encodeBmp(image, { bitsPerPixel, topDown, header: 'info' })),
    );
    const files = cases.map((bytes, i) => {
      const path = folder.file(`${i}.bmp`);
      writeFileSync(path, bytes);
      return path;
    });
    const expected = decodeByOpenCv(files);
    cases.forEach((bytes, i) => {
      expect({ i, ...difference(decodeBmp(bytes).data, expected[i]!.data) }).toEqual({ i, max: 0, mean: 0 });
    });
  });
});
