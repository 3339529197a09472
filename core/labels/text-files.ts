/** Lists and reads label files. */

import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Failure } from '../base/failure.ts';
import { fileFailure } from '../base/files.ts';
import { throwIfCancelled, type WorkOptions } from '../base/work.ts';

export const readsAtOnce = 16;

/** All files below `folder`, absolute where `folder` is, in bytewise order of their paths; hidden ones left out. */
export async function listFiles(folder: string, work: WorkOptions): Promise<string[]> {
  const found: string[] = [];
  const pending = [folder];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    throwIfCancelled(work.signal);
    let entries: Dirent[];
    try {
      entries = await readdir(next, { withFileTypes: true });
    } catch (error) {
      throw fileFailure(error, next, 'read');
    }
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue;
      const path = join(next, entry.name);
      if (entry.isDirectory()) pending.push(path);
      else found.push(path);
    }
  }
  const keyed = found.map((path) => ({ path, key: Buffer.from(path) }));
  return keyed.sort((a, b) => Buffer.compare(a.key, b.key)).map(({ path }) => path);
}

export function withExtension(paths: readonly string[], ...extensions: string[]): string[] {
  return paths.filter((path) => extensions.includes(extname(path).toLowerCase()));
}

/** A whole text file, without its byte-order mark. */
export async function readText(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_STRING_TOO_LONG') {
      throw new Failure(
        'bad-input',
        `${path} is larger than 512 MiB.`,
        'Split it, or leave out segmentations.',
        {
          cause: error,
        },
      );
    }
    throw fileFailure(error, path, 'read');
  }
}

/** `readText`, undefined where there is no such file. */
export async function readTextIfThere(path: string): Promise<string | undefined> {
  try {
    return await readText(path);
  } catch (error) {
    if (error instanceof Failure && isMissing(error.cause)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
