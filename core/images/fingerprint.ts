/** Names an image set by its contents, and finds files that hold the same bytes. */

import { createHash } from 'node:crypto';
import { hashFile } from '../base/files.ts';
import type { WorkOptions } from '../base/work.ts';
import type { ImageSet } from './image-set.ts';
import { mapConcurrently } from './map-concurrently.ts';

export interface Fingerprint {
  /** Of the sorted names and contents, 64 hexadecimal digits. The same wherever the folder lies. */
  readonly sha256: string;
  /** SHA-256 of each file in the set's order; undefined where the file could not be read. */
  readonly files: readonly { readonly file: string; readonly sha256: string | undefined }[];
  /** Groups of two or more files with the same bytes, names in the set's order. */
  readonly duplicates: readonly (readonly string[])[];
}

/** File reads that overlap: enough to keep a disk busy, few enough for any open-file limit. */
const readsAtOnce = 8;

function groupsOfEqual(files: Fingerprint['files']): string[][] {
  const groups = new Map<string, string[]>();
  for (const { file, sha256 } of files) {
    if (sha256 === undefined) continue;
    const group = groups.get(sha256);
    if (group) group.push(file);
    else groups.set(sha256, [file]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

/**
 * SHA-256 over `name NUL hash LF` for every file of the set, `unreadable` standing in for the hash of a file that
 * cannot be read. Names are relative to the root, so a moved folder keeps its fingerprint, and a changed, added,
 * removed or renamed image changes it.
 */
export async function fingerprintImages(set: ImageSet, options: WorkOptions = {}): Promise<Fingerprint> {
  const files = await mapConcurrently(
    set.files,
    readsAtOnce,
    'hashing image',
    options,
    async ({ path, file }) => ({ file, sha256: await hashFile(path).catch(() => undefined) }),
  );
  const hash = createHash('sha256');
  for (const { file, sha256 } of files) hash.update(`${file}\0${sha256 ?? 'unreadable'}\n`);
  return { sha256: hash.digest('hex'), files, duplicates: groupsOfEqual(files) };
}
