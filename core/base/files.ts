/** Files that are either whole or not there, and the hashes that name their contents. */

import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Failure } from './failure.ts';

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Turns an operating-system error on `path` into a failure that names the path and the remedy. */
export function fileFailure(error: unknown, path: string, doing: 'read' | 'write'): unknown {
  switch (errorCode(error)) {
    case 'ENOENT':
      // Node says so of a folder that cannot be made on a read-only file system, too.
      if (doing === 'write') {
        return new Failure(
          'not-writable',
          `${path} cannot be written: its folder does not exist or is read-only.`,
          'Choose an output folder that you may write to.',
          { cause: error },
        );
      }
      return new Failure('bad-input', `${path} does not exist.`, 'Check the path.', { cause: error });
    case 'EISDIR':
      return new Failure('bad-input', `${path} is a folder, not a file.`, 'Name a file.', { cause: error });
    case 'ENOSPC':
    case 'EDQUOT':
      return new Failure(
        'disk-full',
        `No space is left to write ${path}.`,
        'Free some space or choose another output folder with --out.',
        { cause: error },
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOTDIR':
    case 'EEXIST':
      return new Failure(
        doing === 'write' ? 'not-writable' : 'bad-input',
        `${path} cannot be ${doing === 'write' ? 'written' : 'read'}: ${errorCode(error)}.`,
        doing === 'write' ? 'Choose an output folder that you may write to.' : 'Check its permissions.',
        { cause: error },
      );
    default:
      return error;
  }
}

/**
 * Writes through a temporary name in the same folder, fsync and rename, so that a reader never sees half a file and
 * a failure leaves nothing behind. `write` gets the open handle.
 */
export async function writeAtomically(
  path: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.part`);
  try {
    const file = await open(temporary, 'wx');
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileFailure(error, path, 'write');
  }
}

/** `writeAtomically` for contents at hand. */
export function writeFileAtomically(path: string, contents: string | Uint8Array): Promise<void> {
  return writeAtomically(path, (file) => file.writeFile(contents));
}

/** SHA-256 of a file's bytes, 64 lower-case hexadecimal digits, read as a stream. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk);
  } catch (error) {
    throw fileFailure(error, path, 'read');
  }
  return hash.digest('hex');
}

/** SHA-256 of a text or bytes, 64 lower-case hexadecimal digits. */
export function hashBytes(contents: string | Uint8Array): string {
  return createHash('sha256').update(contents).digest('hex');
}
