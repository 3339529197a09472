/** The task that makes a thumbnail and puts it into the cache. */

import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure } from '../../../../core/base/failure.ts';
import { throwIfCancelled } from '../../../../core/base/work.ts';
import { UnreadableImage } from '../../../../core/images/decode-image.ts';
import { makeThumbnail } from '../../../../core/images/thumbnail.ts';
import type { TaskWork } from './task-work.ts';

export interface ThumbnailInput {
  readonly path: string;
  readonly width: number;
  /** Where it goes. */
  readonly target: string;
}

export interface ThumbnailOutput {
  readonly bytes: number;
  /** The picture itself where it could not be kept, as on a full disk. */
  readonly unkept: Uint8Array | null;
}

async function keep(picture: Uint8Array, target: string): Promise<boolean> {
  const temporary = `${target}.${randomBytes(4).toString('hex')}.part`;
  try {
    await mkdir(dirname(target), { recursive: true });
    // Not synced to the disk: what is lost with the power is made again.
    await writeFile(temporary, picture, { flag: 'wx' });
    await rename(temporary, target);
    return true;
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined);
    return false;
  }
}

/** @throws Failure `bad-input` when the image cannot be shown */
export async function thumbnail(input: ThumbnailInput, work: TaskWork): Promise<ThumbnailOutput> {
  throwIfCancelled(work.signal);
  let picture: Uint8Array;
  try {
    picture = await makeThumbnail(input.path, input.width);
  } catch (error) {
    if (!(error instanceof UnreadableImage)) throw error;
    throw new Failure(
      'bad-input',
      `${input.path} cannot be shown: ${error.message}.`,
      'Replace or remove the file and open the set again.',
      { cause: error },
    );
  }
  const kept = await keep(picture, input.target);
  return { bytes: picture.byteLength, unkept: kept ? null : picture };
}
