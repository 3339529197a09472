/** Small data sets written for one test: images of a given size, and label files beside them. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import sharp from 'sharp';
import { type ImageSet, scanImages } from '../../images/image-set.ts';
import { TemporaryFolder } from '../../images/testing/fixtures.ts';

export class DataSet extends TemporaryFolder {
  write(name: string, contents: string | Uint8Array): string {
    const path = this.file(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, contents);
    return path;
  }

  writeJson(name: string, contents: unknown): string {
    return this.write(name, JSON.stringify(contents));
  }

  /** Grey PNG images of the given size, whatever their names end in. */
  async writeImages(names: readonly string[], width = 100, height = 50, orientation?: number): Promise<void> {
    const blank = sharp({ create: { width, height, channels: 3, background: '#808080' } });
    const bytes = orientation
      ? await blank.withMetadata({ orientation }).jpeg().toBuffer()
      : await blank.png().toBuffer();
    for (const name of names) this.write(name, bytes);
  }

  images(folder = 'images'): Promise<ImageSet> {
    return scanImages(this.file(folder));
  }
}

/** The message and remedy of the Failure that `promise` rejects with, in one text. */
export async function failureText(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => new Error('nothing failed'),
    (reason: unknown) => reason,
  );
  if (error instanceof Error && 'remedy' in error) return `${error.message} ${error.remedy}`;
  throw error;
}
