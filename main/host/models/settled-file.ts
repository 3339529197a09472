/** Tells a file that is there for good from one that is still being written. */

import { stat } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { Failure, isFailure } from '../../../core/base/failure.ts';
import { fileFailure } from '../../../core/base/files.ts';

/** What changes when a file is replaced or written to. */
export interface FileState {
  readonly bytes: number;
  readonly modifiedMs: number;
}

/** A writer that pauses for longer than this is taken for done. */
const betweenLooksMs = 300;
/** A file that was not touched for so long is nobody's download; it is not kept waiting for a second look. */
const restedMs = 10_000;

/** @throws Failure `bad-input` when there is no such file */
export async function fileState(path: string): Promise<FileState> {
  try {
    const { size, mtimeMs } = await stat(path);
    return { bytes: size, modifiedMs: mtimeMs };
  } catch (error) {
    throw fileFailure(error, path, 'read');
  }
}

/**
 * The outcome of `read`, unless the file changes meanwhile. A file that was touched lately, or that cannot be read, is
 * looked at twice, 300 ms apart.
 * @throws Failure `bad-input` when the file is being written; else as `read`
 */
export async function readSettled<T>(path: string, first: FileState, read: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const outcome = await read().then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  const failed = 'error' in outcome;
  if (failed && (!isFailure(outcome.error) || outcome.error.code !== 'bad-input')) throw outcome.error;
  if (failed || Date.now() - first.modifiedMs < restedMs) {
    await wait(Math.max(0, betweenLooksMs - (performance.now() - started)));
  }
  const second = await fileState(path);
  if (second.bytes !== first.bytes || second.modifiedMs !== first.modifiedMs) {
    throw new Failure(
      'bad-input',
      `${path} is still being written: it had ${first.bytes} bytes and now has ${second.bytes}.`,
      'Open it again when the download, copy or export is done.',
    );
  }
  if (failed) throw outcome.error;
  return outcome.value;
}
