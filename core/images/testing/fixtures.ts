/** Where tests of images and labels find the shared data set and a Python with OpenCV. */

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RgbImage } from '../rgb-image.ts';

const here = dirname(fileURLToPath(import.meta.url));

/** The shared fixtures beside the repository; may be absent. */
export const fixtures = join(here, '..', '..', '..', '..', 'shared', 'fixtures');
export const hasFixtures = existsSync(join(fixtures, 'cells', 'data.yaml'));
/** To be put into the names of tests that need them. */
export const fixturesNote = hasFixtures ? '' : ' (SKIPPED: no ../shared/fixtures)';

const python = process.env.ENGINEROOM_PYTHON ?? '';
export const hasOpenCv = python !== '' && spawnSync(python, ['-c', 'import cv2, numpy']).status === 0;
export const openCvNote = hasOpenCv ? '' : ' (SKIPPED: ENGINEROOM_PYTHON with cv2 is not set)';

/** A folder that is removed at the end of the `using` block. */
export class TemporaryFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'engineroom-test-'));

  file(name: string): string {
    return join(this.path, name);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

function runReference(...args: string[]): void {
  execFileSync(python, [join(here, 'opencv.reference.py'), ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function readRecords(path: string): RgbImage[] {
  const bytes = readFileSync(path);
  const images: RgbImage[] = [];
  for (let at = 0; at < bytes.length; ) {
    const width = bytes.readUInt32LE(at);
    const height = bytes.readUInt32LE(at + 4);
    const size = width * height * 3;
    images.push({ width, height, data: bytes.subarray(at + 8, at + 8 + size) });
    at += 8 + size;
  }
  return images;
}

/** OpenCV's imread of each file, as RGB. */
export function decodeByOpenCv(files: readonly string[]): RgbImage[] {
  using folder = new TemporaryFolder();
  const out = folder.file('decoded');
  runReference('decode', out, ...files);
  return readRecords(out);
}

/** OpenCV's bilinear resize of each image. */
export function resizeByOpenCv(
  requests: readonly { readonly image: RgbImage; readonly width: number; readonly height: number }[],
): RgbImage[] {
  using folder = new TemporaryFolder();
  const records = requests.flatMap(({ image, width, height }) => {
    const header = new Uint32Array([width, height, image.width, image.height]);
    return [new Uint8Array(header.buffer), image.data];
  });
  writeFileSync(folder.file('in'), Buffer.concat(records));
  runReference('resize', folder.file('in'), folder.file('out'));
  return readRecords(folder.file('out'));
}

/** An image of pseudo-random bytes, the same for the same seed (a linear congruence). */
export function noiseImage(width: number, height: number, seed: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  let state = (seed * 2654435761 + 1) >>> 0;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[i] = state >>> 24;
  }
  return { width, height, data };
}

/** Largest and mean absolute difference of two equally long arrays. */
export function difference(a: ArrayLike<number>, b: ArrayLike<number>): { max: number; mean: number } {
  if (a.length !== b.length) return { max: Number.POSITIVE_INFINITY, mean: Number.POSITIVE_INFINITY };
  let max = 0;
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const one = Math.abs((a[i] ?? 0) - (b[i] ?? 0));
    max = Math.max(max, one);
    sum += one;
  }
  return { max, mean: sum / Math.max(1, a.length) };
}
