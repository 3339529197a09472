/** Tells cheaply, from its first and last bytes, that an image file may have been cut off. */

import { open } from 'node:fs/promises';
import { formatOfContent, signatureBytes } from './image-format.ts';

/** Cameras and editors append little; what lies behind more than this is worth a decoding. */
const tailBytes = 4096;

const endOfJpeg = Buffer.from([0xff, 0xd9]);
const endOfPng = Buffer.from('IEND');

/**
 * False for a JPEG or PNG whose last 4 KiB hold no end mark (in a JPEG's data the mark cannot occur by chance) and for
 * a WebP or BMP that is shorter than its header says. Other formats have nothing of the kind: true.
 * @param bytes size of the file
 */
export async function endsAsItShould(path: string, bytes: number): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(signatureBytes);
    await file.read(head, 0, signatureBytes, 0);
    const format = formatOfContent(head);
    if (format === 'webp') return head.readUInt32LE(4) + 8 <= bytes;
    // Some writers leave the size of a bitmap out.
    if (format === 'bmp') return head.readUInt32LE(2) <= bytes;
    if (format !== 'jpeg' && format !== 'png') return true;
    const length = Math.min(tailBytes, bytes);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, bytes - length);
    return buffer.includes(format === 'jpeg' ? endOfJpeg : endOfPng);
  } finally {
    await file.close();
  }
}
