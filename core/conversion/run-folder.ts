/** The work folder of one run inside its output folder, so that what is in progress never looks like a result. */

import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fileFailure, writeFileAtomically } from '../base/files.ts';

const prefix = '.engineroom-run-';
const ownerFile = 'run.json';

const ownerSchema = z.object({ pid: z.number().int().positive(), started: z.string() });
type Owner = z.infer<typeof ownerSchema>;

/** What an earlier run that did not end by itself left in the output folder. */
export interface LeftOver {
  readonly run: string;
  /** ISO 8601, or null where not even that was written. */
  readonly started: string | null;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function readOwner(folder: string): Promise<Owner | null> {
  try {
    return ownerSchema.parse(JSON.parse(await readFile(join(folder, ownerFile), 'utf8')));
  } catch {
    return null;
  }
}

/**
 * Removes the work folders of dead runs from an output folder. A folder without a readable owner was cut off while it
 * was being made.
 */
export async function clearLeftOvers(out: string): Promise<readonly LeftOver[]> {
  const leftOvers: LeftOver[] = [];
  for (const name of (await readdir(out)).sort()) {
    if (!name.startsWith(prefix)) continue;
    const folder = join(out, name);
    const owner = await readOwner(folder);
    if (owner !== null && isAlive(owner.pid)) continue;
    await rm(folder, { recursive: true, force: true });
    leftOvers.push({ run: name.slice(prefix.length), started: owner?.started ?? null });
  }
  return leftOvers;
}

/** Sorts by time, and two of one second differ. */
export function newRunId(startedAt: string): string {
  return `${startedAt.replaceAll(/[-:]|\.\d+/g, '')}-${randomBytes(3).toString('hex')}`;
}

/** Lives as long as the run; disposing of it removes everything that was not published. */
export class RunFolder {
  readonly id: string;
  readonly out: string;
  readonly path: string;
  /** Dead runs whose work folders were removed when this one was made. */
  readonly leftOvers: readonly LeftOver[];

  readonly #madeOut: boolean;

  private constructor(
    id: string,
    out: string,
    path: string,
    leftOvers: readonly LeftOver[],
    madeOut: boolean,
  ) {
    this.id = id;
    this.out = out;
    this.path = path;
    this.leftOvers = leftOvers;
    this.#madeOut = madeOut;
  }

  /**
   * Makes the output folder where it is missing and a work folder in it.
   * @param name the run's id; made from time and chance if absent
   * @throws Failure `not-writable` or `disk-full` naming the folder
   */
  static async create(out: string, name?: string): Promise<RunFolder> {
    const started = new Date().toISOString();
    const id = name ?? newRunId(started);
    const path = join(out, `${prefix}${id}`);
    try {
      const madeOut = (await mkdir(out, { recursive: true })) !== undefined;
      const leftOvers = await clearLeftOvers(out);
      await mkdir(path);
      await writeFileAtomically(join(path, ownerFile), JSON.stringify({ pid: process.pid, started }));
      return new RunFolder(id, out, path, leftOvers, madeOut);
    } catch (error) {
      await rm(path, { recursive: true, force: true }).catch(() => undefined);
      throw fileFailure(error, out, 'write');
    }
  }

  /** Path of a work file. */
  file(name: string): string {
    return join(this.path, name);
  }

  /** Path in the output folder of what is published under a name. */
  target(name: string): string {
    return join(this.out, name);
  }

  /** Moves a finished work file into the output folder, replacing what has its name. Same file system, so it is one act. */
  async publish(name: string): Promise<string> {
    const target = this.target(name);
    await rename(this.file(name), target).catch((error: unknown) => {
      throw fileFailure(error, target, 'write');
    });
    return target;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true, maxRetries: 3 });
    // An output folder that this run made and put nothing into goes too; one with anything in it refuses.
    if (this.#madeOut) await rmdir(this.out).catch(() => undefined);
  }
}
