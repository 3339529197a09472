/** Engines moved aside: they can be brought back for a day, whatever happens to the host in between. */

import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../../core/base/failure.ts';
import { fileFailure } from '../../../core/base/files.ts';
import type { RunStore } from '../runs/run-store.ts';

export const keptForMs = 24 * 60 * 60 * 1000;

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Moves a file, also to another file system. */
async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) {
      throw fileFailure(error, to, 'write');
    }
    const part = `${to}.part`;
    try {
      await copyFile(from, part);
      await rename(part, to);
    } catch (copyError) {
      await rm(part, { force: true });
      throw fileFailure(copyError, to, 'write');
    }
    await rm(from);
  }
}

export class EngineTrash {
  readonly #store: RunStore;
  readonly #folder: string;

  constructor(store: RunStore, folder: string) {
    this.#store = store;
    this.#folder = folder;
  }

  /** Ids of the engines that are not where they were built, also those that have been forgotten. */
  get ids(): ReadonlySet<string> {
    return new Set(this.#store.removedEngines().map(({ id }) => id));
  }

  /** Moves an engine's files aside. What is to be done is written down first, so that it can be undone half-way. */
  async remove(id: string, origin: string, files: readonly string[]): Promise<void> {
    const removedAt = new Date().toISOString();
    const folder = join(this.#folder, `${removedAt.replaceAll(/\D/g, '')}-${id.replaceAll(':', '-')}`);
    await mkdir(folder, { recursive: true });
    this.#store.addRemovedEngine({ id, removedAt, origin, folder, files });
    for (const name of files) {
      if (await exists(join(origin, name))) await move(join(origin, name), join(folder, name));
    }
  }

  /**
   * Brings an engine back.
   * @throws Failure `bad-input` when it is not there any more or something else has its name now
   */
  async restore(id: string): Promise<void> {
    const removed = this.#store.removedEngines().find((engine) => engine.id === id);
    if (removed === undefined || !(await exists(removed.folder))) {
      throw new Failure(
        'bad-input',
        `The engine ${id} cannot be brought back.`,
        'Removed engines are kept for a day; repeat the run to build it again.',
      );
    }
    const { origin, folder, files } = removed;
    for (const name of files) {
      if ((await exists(join(folder, name))) && (await exists(join(origin, name)))) {
        throw new Failure(
          'bad-input',
          `${join(origin, name)} is there again, made by something else.`,
          'Move it away first.',
        );
      }
    }
    await mkdir(origin, { recursive: true }).catch((error: unknown) => {
      throw fileFailure(error, origin, 'write');
    });
    for (const name of files) {
      if (await exists(join(folder, name))) await move(join(folder, name), join(origin, name));
    }
    this.#store.forgetRemovedEngine(id);
    await rm(folder, { recursive: true, force: true });
  }

  /** Deletes what has been aside for a day. The entries stay, so that the engines do not show up as missing. */
  async purge(now: number = Date.now()): Promise<void> {
    for (const { removedAt, folder } of this.#store.removedEngines()) {
      if (now - Date.parse(removedAt) >= keptForMs) await rm(folder, { recursive: true, force: true });
    }
  }

  /** Deletes the removed engines of a run that is removed itself. */
  async forgetRun(run: string): Promise<void> {
    for (const { id, folder } of this.#store.removedEngines()) {
      if (!id.startsWith(`${run}:`)) continue;
      this.#store.forgetRemovedEngine(id);
      await rm(folder, { recursive: true, force: true });
    }
  }
}
