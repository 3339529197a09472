/** What a service is given in tests: a data folder of its own, and every path allowed or only those below roots. */

import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { Failure } from '../../../core/base/failure.ts';
import { fileFailure } from '../../../core/base/files.ts';
import type { ServiceContext } from '../service.ts';

export interface TestContext extends ServiceContext {
  /** A folder for the test's own files; gone after `end`. */
  readonly folder: string;
  end(): Promise<void>;
}

export async function testContext(roots: readonly string[] = []): Promise<TestContext> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'engineroom-host-')));
  const dataFolder = join(folder, 'data');
  await mkdir(dataFolder);
  const controller = new AbortController();
  const check = async (path: string): Promise<string> => {
    const real = await realpath(path).catch((error: unknown) => {
      throw fileFailure(error, path, 'read');
    });
    if (roots.length > 0 && !roots.some((root) => real === root || real.startsWith(root + sep))) {
      throw new Failure('bad-input', `${path} is outside of the allowed folders.`, 'Name another.');
    }
    return real;
  };
  return {
    folder,
    dataFolder,
    paths: { roots, check, checkNew: check },
    signal: controller.signal,
    async end() {
      controller.abort();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

export const root = join(import.meta.dirname, '..', '..', '..');
/** Worker processes run the compiled program. */
export const built = existsSync(join(root, 'dist', 'main', 'host', 'images', 'worker', 'entry.js'));
/** For the name of a test that is skipped. */
export const whyNotBuilt = built ? '' : ' (skipped: run "npm run build:ts" first)';

/** A call that nobody cancels. */
export const call = { signal: new AbortController().signal } as const;
