/** Writes bitmaps of every kind that the reader claims to read, for its tests. */

import type { RgbImage } from '../rgb-image.ts';

export interface BmpForm {
  readonly bitsPerPixel: 1 | 4 | 8 | 16 | 24 | 32;
  readonly topDown: boolean;
  /** OS/2's 12-byte header, the usual one of 40 bytes, or the one of 124. */
  readonly header: 'core' | 'info' | 'v5';
}

export interface BmpSample {
  readonly bytes: Uint8Array;
  /** What a reader must get: the image reduced to what the depth can hold. */
  readonly expected: RgbImage;
}

const headerBytes = { core: 12, info: 40, v5: 124 } as const;

/** A palette whose entries are all different. */
function paletteColour(index: number): [number, number, number] {
  return [index, (index * 7 + 3) & 255, 255 - index];
}

/** OS/2 headers know neither 16 and 32 bits nor rows from the top: those forms become the usual header. */
function possible(form: BmpForm): BmpForm {
  const needsInfo = form.bitsPerPixel === 16 || form.bitsPerPixel === 32 || form.topDown;
  return form.header === 'core' && needsInfo ? { ...form, header: 'info' } : form;
}

export function bmpSample(image: RgbImage, wanted: BmpForm): BmpSample {
  const form = possible(wanted);
  const { width, height } = image;
  const { bitsPerPixel, topDown } = form;
  const header = headerBytes[form.header];
  const entries = bitsPerPixel <= 8 ? 2 ** bitsPerPixel : 0;
  const entryBytes = form.header === 'core' ? 3 : 4;
  const dataOffset = 14 + header + entries * entryBytes;
  const stride = Math.ceil((width * bitsPerPixel) / 32) * 4;
  const bytes = new Uint8Array(dataOffset + stride * height);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  view.setUint32(2, bytes.length, true);
  view.setUint32(10, dataOffset, true);
  view.setUint32(14, header, true);
  if (form.header === 'core') {
    view.setUint16(18, width, true);
    view.setUint16(20, height, true);
    view.setUint16(22, 1, true);
    view.setUint16(24, bitsPerPixel, true);
  } else {
    view.setInt32(18, width, true);
    view.setInt32(22, topDown ? -height : height, true);
    view.setUint16(26, 1, true);
    view.setUint16(28, bitsPerPixel, true);
  }
  for (let i = 0; i < entries; i++) {
    const [red, green, blue] = paletteColour(i);
    bytes.set([blue, green, red], 14 + header + i * entryBytes);
  }

  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const row = dataOffset + (topDown ? y : height - 1 - y) * stride;
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      const [red = 0, green = 0, blue = 0] = image.data.subarray(at, at + 3);
      if (bitsPerPixel >= 24) {
        // The fourth byte is no part of the colour and must not matter.
        const pixel = bitsPerPixel === 24 ? [blue, green, red] : [blue, green, red, (x * 31) & 255];
        bytes.set(pixel, row + (x * bitsPerPixel) / 8);
        data.set([red, green, blue], at);
      } else if (bitsPerPixel === 16) {
        const five = [red >> 3, green >> 3, blue >> 3] as const;
        view.setUint16(row + x * 2, (five[0] << 10) | (five[1] << 5) | five[2], true);
        data.set(
          five.map((value) => Math.round((value * 255) / 31)),
          at,
        );
      } else {
        const index = red % entries;
        const bit = x * bitsPerPixel;
        const shift = 8 - bitsPerPixel - (bit % 8);
        const byte = row + Math.floor(bit / 8);
        bytes[byte] = (bytes[byte] ?? 0) | (index << shift);
        data.set(paletteColour(index), at);
      }
    }
  }
  return { bytes, expected: { data, width, height } };
}

export function encodeBmp(image: RgbImage, form: BmpForm): Uint8Array {
  return bmpSample(image, form).bytes;
}
