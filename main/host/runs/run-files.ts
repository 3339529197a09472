/** The files of runs on disk: removed with their run, and only those; left-overs of runs that were cut off. */

import { rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hashFile } from '../../../core/base/files.ts';
import { clearLeftOvers } from '../../../core/conversion/run-folder.ts';
import type { RunFile, RunRecord } from './run-record.ts';

/** A file that was changed or replaced since is somebody else's now. */
async function isStillOurs(path: string, { sha256 }: RunFile): Promise<boolean> {
  const info = await stat(path).catch(() => null);
  if (info === null || !info.isFile()) return false;
  return sha256 === null || (await hashFile(path)) === sha256;
}

/**
 * Removes what a run made and no other run has made since under the same name; the folder goes when it is empty.
 * @param others the other runs of the book
 */
export async function removeFiles(run: RunRecord, others: readonly RunRecord[]): Promise<void> {
  const claimed = new Set(
    others.filter(({ out }) => out === run.out).flatMap(({ files }) => files.map(({ name }) => name)),
  );
  for (const file of run.files) {
    const path = join(run.out, file.name);
    if (!claimed.has(file.name) && (await isStillOurs(path, file))) await rm(path, { force: true });
  }
  await rmdir(run.out).catch(() => undefined);
}

/** Work files of runs that ended with their host; nothing of them was put in place. */
export async function removeLeftOvers(runs: readonly RunRecord[]): Promise<void> {
  for (const out of new Set(runs.map((run) => run.out))) {
    await clearLeftOvers(out).catch(() => undefined);
    await rmdir(out).catch(() => undefined);
  }
}
