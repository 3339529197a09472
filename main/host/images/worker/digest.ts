/** The task that hashes files, whole or their beginnings. */

import { open } from 'node:fs/promises';
import { hashBytes, hashFile } from '../../../../core/base/files.ts';
import type { DigestKind } from '../../../../core/images/duplicate-finder.ts';
import { mapConcurrently } from '../../../../core/images/map-concurrently.ts';
import type { TaskWork } from './task-work.ts';

export interface DigestInput {
  readonly files: readonly { readonly path: string; readonly kind: DigestKind }[];
}

export interface Digest {
  readonly sha256: string;
  /** The beginning was all there is. */
  readonly whole: boolean;
}

/** Most photographs of 640 pixels are smaller; larger files differ before their end, as a rule. */
const headBytes = 64 * 1024;
const filesAtOnce = 4;

async function digestHead(path: string): Promise<Digest> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return { sha256: hashBytes(buffer.subarray(0, bytesRead)), whole: bytesRead < headBytes };
  } finally {
    await file.close();
  }
}

/** In the order of the input; null for a file that can no longer be read. */
export async function digest(input: DigestInput, work: TaskWork): Promise<readonly (Digest | null)[]> {
  return await mapConcurrently(
    input.files,
    filesAtOnce,
    'file',
    { signal: work.signal },
    async ({ path, kind }): Promise<Digest | null> => {
      const result =
        kind === 'head'
          ? digestHead(path)
          : hashFile(path).then((sha256): Digest => ({ sha256, whole: true }));
      return await result.catch(() => null);
    },
  );
}
