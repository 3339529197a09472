/** Reads Windows bitmaps (BMP): 1, 4, 8, 16, 24 and 32 bits a pixel, uncompressed, which the image library does not. */

import type { RgbImage } from './rgb-image.ts';

/** Why a bitmap cannot be read, one sentence without the file's name. */
export class BmpError extends Error {}

export interface BmpHeader {
  readonly width: number;
  readonly height: number;
  readonly topDown: boolean;
  readonly bitsPerPixel: 1 | 4 | 8 | 16 | 24 | 32;
  /** Where the pixels start in the file. */
  readonly dataOffset: number;
  /** B, G, R and a spare byte for each entry (without the spare in OS/2 bitmaps). */
  readonly palette: Uint8Array;
  readonly paletteStride: 3 | 4;
  /** Bit masks of red, green, blue for 16 and 32 bits. */
  readonly masks: readonly [number, number, number];
}

const fileHeaderBytes = 14;
const compressionNames = ['none', 'RLE8', 'RLE4', 'bit fields', 'JPEG', 'PNG', 'alpha bit fields'];

function depthOf(bits: number): BmpHeader['bitsPerPixel'] {
  if (bits === 1 || bits === 4 || bits === 8 || bits === 16 || bits === 24 || bits === 32) return bits;
  throw new BmpError(`the bitmap has ${bits} bits a pixel; 1, 4, 8, 16, 24 and 32 can be read`);
}

/** The file header and the BITMAPCOREHEADER or BITMAPINFOHEADER (any later version) behind it. */
export function readBmpHeader(bytes: Uint8Array): BmpHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 26 || bytes[0] !== 0x42 || bytes[1] !== 0x4d) {
    throw new BmpError('the bitmap ends inside its header');
  }
  const dataOffset = view.getUint32(10, true);
  const headerSize = view.getUint32(14, true);
  const isCore = headerSize === 12;
  if (!isCore && headerSize < 40)
    throw new BmpError(`the bitmap's header of ${headerSize} bytes is not known`);
  if (bytes.length < fileHeaderBytes + headerSize) throw new BmpError('the bitmap ends inside its header');
  const width = isCore ? view.getUint16(18, true) : view.getInt32(18, true);
  const signedHeight = isCore ? view.getUint16(20, true) : view.getInt32(22, true);
  const bitsPerPixel = depthOf(view.getUint16(isCore ? 24 : 28, true));
  const compression = isCore ? 0 : view.getUint32(30, true);
  if (width < 1 || signedHeight === 0) throw new BmpError(`the bitmap's size is ${width}x${signedHeight}`);

  const hasMasks = compression === 3 || compression === 6;
  const masksAllowed = bitsPerPixel === 16 || bitsPerPixel === 32;
  if (compression !== 0 && !(hasMasks && masksAllowed)) {
    const name = compressionNames[compression] ?? `number ${compression}`;
    throw new BmpError(`the bitmap is compressed (${name}); only uncompressed bitmaps can be read`);
  }
  // Masks follow a 40-byte header and lie inside the longer ones, at the same place in the file.
  const masksAt = fileHeaderBytes + 40;
  if (hasMasks && bytes.length < masksAt + 12) throw new BmpError('the bitmap ends inside its header');
  const defaults: [number, number, number] =
    bitsPerPixel === 16 ? [0x7c00, 0x03e0, 0x001f] : [0xff0000, 0x00ff00, 0x0000ff];
  const masks: [number, number, number] = hasMasks
    ? [view.getUint32(masksAt, true), view.getUint32(masksAt + 4, true), view.getUint32(masksAt + 8, true)]
    : defaults;

  const paletteStride = isCore ? 3 : 4;
  const listed = isCore ? 0 : view.getUint32(46, true);
  const entries = bitsPerPixel > 8 ? 0 : Math.min(listed || 2 ** bitsPerPixel, 2 ** bitsPerPixel);
  const paletteAt = fileHeaderBytes + headerSize;
  const palette = bytes.subarray(paletteAt, paletteAt + entries * paletteStride);
  if (palette.length < entries * paletteStride) throw new BmpError('the bitmap ends inside its palette');
  return {
    width,
    height: Math.abs(signedHeight),
    topDown: signedHeight < 0,
    bitsPerPixel,
    dataOffset,
    palette,
    paletteStride,
    masks,
  };
}

/** Widens the bits under a mask to 0..255 by scaling, so that all ones are white (OpenCV shifts: 248). */
function channelReader(mask: number): (pixel: number) => number {
  if (mask === 0) return () => 0;
  const shift = 31 - Math.clz32(mask & -mask);
  const most = mask >>> shift;
  if ((most & (most + 1)) !== 0) throw new BmpError('the bitmap has a colour mask with a gap');
  return (pixel) => Math.round((((pixel & mask) >>> shift) * 255) / most);
}

type RowReader = (row: Uint8Array, out: Uint8Array, at: number) => void;

function paletteReader(header: BmpHeader): RowReader {
  const { width, bitsPerPixel, palette, paletteStride } = header;
  const perByte = 8 / bitsPerPixel;
  const mask = 2 ** bitsPerPixel - 1;
  return (row, out, start) => {
    for (let x = 0, at = start; x < width; x++, at += 3) {
      const byte = row[Math.floor(x / perByte)] ?? 0;
      const index = (byte >> (8 - bitsPerPixel * ((x % perByte) + 1))) & mask;
      // An index beyond a shortened palette is black.
      const entry = index * paletteStride;
      out[at] = palette[entry + 2] ?? 0;
      out[at + 1] = palette[entry + 1] ?? 0;
      out[at + 2] = palette[entry] ?? 0;
    }
  };
}

function maskReader(header: BmpHeader): RowReader {
  const { width, bitsPerPixel } = header;
  const bytesPerPixel = bitsPerPixel / 8;
  const [red, green, blue] = header.masks.map(channelReader);
  return (row, out, start) => {
    for (let x = 0, at = start; x < width; x++, at += 3) {
      let pixel = 0;
      for (let b = bytesPerPixel - 1; b >= 0; b--) pixel = (pixel << 8) | (row[x * bytesPerPixel + b] ?? 0);
      out[at] = red?.(pixel) ?? 0;
      out[at + 1] = green?.(pixel) ?? 0;
      out[at + 2] = blue?.(pixel) ?? 0;
    }
  };
}

/** Whole bytes in the order blue, green, red: by far the most common, so it gets a loop of its own. */
function byteReader(header: BmpHeader): RowReader {
  const { width } = header;
  const bytesPerPixel = header.bitsPerPixel / 8;
  return (row, out, start) => {
    for (let x = 0, at = start, from = 0; x < width; x++, at += 3, from += bytesPerPixel) {
      out[at] = row[from + 2] ?? 0;
      out[at + 1] = row[from + 1] ?? 0;
      out[at + 2] = row[from] ?? 0;
    }
  };
}

function rowReader(header: BmpHeader): RowReader {
  if (header.bitsPerPixel <= 8) return paletteReader(header);
  const [red, green, blue] = header.masks;
  const wholeBytes = header.bitsPerPixel >= 24 && red === 0xff0000 && green === 0xff00 && blue === 0xff;
  return wholeBytes ? byteReader(header) : maskReader(header);
}

/** The pixels as 8-bit RGB; a fourth byte or alpha mask is dropped. Throws BmpError, also when bytes are missing. */
export function decodeBmp(bytes: Uint8Array): RgbImage {
  const header = readBmpHeader(bytes);
  const { width, height, bitsPerPixel, dataOffset } = header;
  const stride = Math.ceil((width * bitsPerPixel) / 32) * 4;
  if (dataOffset + stride * height > bytes.length) {
    const missing = dataOffset + stride * height - bytes.length;
    throw new BmpError(`the bitmap is cut off: ${missing} bytes of its pixels are missing`);
  }
  const data = new Uint8Array(width * height * 3);
  const readRow = rowReader(header);
  for (let y = 0; y < height; y++) {
    const line = header.topDown ? y : height - 1 - y;
    const start = dataOffset + line * stride;
    readRow(bytes.subarray(start, start + stride), data, y * width * 3);
  }
  return { data, width, height };
}
