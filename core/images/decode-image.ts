/** Decodes an image file to 8-bit RGB, by one rule for every colour form. */

import { open, readFile } from 'node:fs/promises';
import sharp, { type SharpOptions } from 'sharp';
import { BmpError, decodeBmp, readBmpHeader } from './bmp.ts';
import { acceptedFormats, formatOfContent, type ImageFormat } from './image-format.ts';
import type { RgbImage } from './rgb-image.ts';

/**
 * The most pixels that an image may have, 16384 x 16384: 768 MiB when decoded. A larger image is refused by name,
 * before its pixels are read.
 */
export const maxImagePixels = 2 ** 28;

/** An image that cannot be used; `message` is the reason in one clause, for a list beside the file's name. */
export class UnreadableImage extends Error {
  constructor(reason: string, options?: { cause?: unknown }) {
    super(reason, options);
    this.name = 'UnreadableImage';
  }
}

/** A file whose header was read: size known, pixels not decoded yet. */
export interface OpenedImage {
  readonly format: ImageFormat;
  /** Pixels after the EXIF orientation was applied. */
  readonly width: number;
  readonly height: number;
  decode(): Promise<RgbImage>;
}

// Images are decoded side by side, so each keeps to one thread; nothing is decoded twice, so nothing is cached.
sharp.concurrency(1);
sharp.cache(false);

/** How every image file is opened. */
export const sharpOptions: SharpOptions = {
  // A file that ends early is refused; what decoders merely warn about is read, as other tools read it.
  failOn: 'truncated',
  limitInputPixels: maxImagePixels,
  // Pixel values count as they are stored, as in OpenCV: detectors are trained on them.
  ignoreIcc: true,
};

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text.split('\n').find((part) => part.trim() !== '') ?? 'unknown error';
  return line.trim().replace(/\.$/, '');
}

/** Why a file cannot be read, in one clause. */
export function systemReason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'the file does not exist';
  if (code === 'EACCES' || code === 'EPERM') return 'the file may not be read (permissions)';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'ERR_FS_FILE_TOO_LARGE') return 'the file is larger than 2 GiB';
  return reasonOf(error);
}

function checkSize(width: number, height: number): void {
  if (width * height > maxImagePixels) {
    const most = Math.sqrt(maxImagePixels);
    throw new UnreadableImage(
      `the image has ${width}x${height} pixels, more than the ${most}x${most} that fit the memory bound; shrink or tile it`,
    );
  }
}

function spreadGrey(grey: Uint8Array): Uint8Array {
  const data = new Uint8Array(grey.length * 3);
  for (let i = 0, at = 0; i < grey.length; i++, at += 3) {
    const value = grey[i] ?? 0;
    data[at] = value;
    data[at + 1] = value;
    data[at + 2] = value;
  }
  return data;
}

async function decodeBySharp(bytes: Uint8Array): Promise<RgbImage> {
  const { data, info } = await sharp(bytes, sharpOptions)
    .autoOrient()
    .removeAlpha()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels === 3) return { data, width: info.width, height: info.height };
  if (info.channels === 1) return { data: spreadGrey(data), width: info.width, height: info.height };
  throw new UnreadableImage(`the image decodes to ${info.channels} channels`);
}

async function openBySharp(bytes: Uint8Array, format: ImageFormat): Promise<OpenedImage> {
  // The header is read without the pixel limit, so that the refusal can name the size.
  const { autoOrient } = await sharp(bytes, { ...sharpOptions, limitInputPixels: false }).metadata();
  checkSize(autoOrient.width, autoOrient.height);
  return { format, ...autoOrient, decode: () => guarded(format, () => decodeBySharp(bytes)) };
}

function openBmp(bytes: Uint8Array): OpenedImage {
  const { width, height } = readBmpHeader(bytes);
  checkSize(width, height);
  return { format: 'bmp', width, height, decode: () => guarded('bmp', async () => decodeBmp(bytes)) };
}

/** Turns what a decoder throws into an UnreadableImage. */
export async function guarded<T>(format: ImageFormat, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UnreadableImage) throw error;
    if (error instanceof BmpError) throw new UnreadableImage(error.message, { cause: error });
    throw new UnreadableImage(`the ${format.toUpperCase()} data cannot be decoded (${reasonOf(error)})`, {
      cause: error,
    });
  }
}

function knownFormat(bytes: Uint8Array): ImageFormat {
  if (bytes.length === 0) throw new UnreadableImage('the file is empty');
  const format = formatOfContent(bytes);
  if (format === undefined) {
    throw new UnreadableImage(`the content is not an image; ${acceptedFormats} can be read`);
  }
  return format;
}

/** `openImage` for a file's bytes. The bytes must not change until the image was decoded. */
export async function openImageBytes(bytes: Uint8Array): Promise<OpenedImage> {
  const format = knownFormat(bytes);
  return guarded(format, async () => (format === 'bmp' ? openBmp(bytes) : openBySharp(bytes, format)));
}

/** Enough for a bitmap's headers and the largest palette. */
const headBytes = 2048;

async function readHead(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Size in pixels after EXIF orientation, from the file's header alone. Throws UnreadableImage. */
export async function readImageSize(
  path: string,
): Promise<{ readonly width: number; readonly height: number }> {
  let head: Uint8Array;
  try {
    head = await readHead(path);
  } catch (error) {
    throw new UnreadableImage(systemReason(error), { cause: error });
  }
  const format = knownFormat(head);
  return guarded(format, async () => {
    if (format === 'bmp') {
      const { width, height } = readBmpHeader(head);
      return { width, height };
    }
    const { autoOrient } = await sharp(path, { ...sharpOptions, limitInputPixels: false }).metadata();
    return { width: autoOrient.width, height: autoOrient.height };
  });
}

/** Reads a file and its image header. Throws UnreadableImage. */
export async function openImage(path: string, signal?: AbortSignal): Promise<OpenedImage> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path, { signal });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new UnreadableImage(systemReason(error), { cause: error });
  }
  return openImageBytes(bytes);
}

/**
 * An image file as 8-bit RGB. The rule for every form: EXIF orientation is applied; of several pages the first is
 * taken; embedded colour profiles are ignored; greyscale is repeated in three channels; of 16 bits the upper 8 are
 * kept; alpha is dropped, not composited; CMYK is converted with the decoder's built-in CMYK profile. Apart from CMYK
 * that is what OpenCV's imread does. A file that ends early is refused, where OpenCV fills the rest with grey.
 * Throws UnreadableImage with the reason.
 */
export async function decodeImage(path: string): Promise<RgbImage> {
  const image = await openImage(path);
  return image.decode();
}
