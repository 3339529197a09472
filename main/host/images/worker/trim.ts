/** The task that keeps the cache of thumbnails within its bound, the least recently used ones going first. */

import { opendir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { throwIfCancelled } from '../../../../core/base/work.ts';
import type { TaskWork } from './task-work.ts';

export interface TrimInput {
  readonly folder: string;
  readonly limitBytes: number;
}

export interface TrimOutput {
  readonly bytes: number;
  readonly removed: number;
}

/** After a trim there is room for a while. */
const keptShare = 0.8;
/** A thumbnail that is being written is younger. */
const abandonedMs = 3_600_000;

/** The time of last use is a file's modification time: the cache touches what it hands out. */
export async function trim({ folder, limitBytes }: TrimInput, work: TaskWork): Promise<TrimOutput> {
  const found: { path: string; bytes: number; usedMs: number }[] = [];
  const gone = (): undefined => undefined;
  const shelves = await opendir(folder).catch(gone);
  if (shelves === undefined) return { bytes: 0, removed: 0 };
  for await (const shelf of shelves) {
    if (!shelf.isDirectory()) continue;
    const entries = await opendir(join(folder, shelf.name)).catch(gone);
    for await (const { name } of entries ?? []) {
      throwIfCancelled(work.signal);
      const path = join(folder, shelf.name, name);
      const info = await stat(path).catch(gone);
      if (info === undefined) continue;
      if (name.endsWith('.part') && Date.now() - info.mtimeMs > abandonedMs) await rm(path, { force: true });
      else found.push({ path, bytes: info.size, usedMs: info.mtimeMs });
    }
  }
  let bytes = found.reduce((sum, file) => sum + file.bytes, 0);
  let removed = 0;
  if (bytes <= limitBytes) return { bytes, removed };
  for (const file of found.sort((a, b) => a.usedMs - b.usedMs)) {
    if (bytes <= limitBytes * keptShare) break;
    throwIfCancelled(work.signal);
    await rm(file.path, { force: true });
    bytes -= file.bytes;
    removed++;
  }
  return { bytes, removed };
}
