import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../../core/base/failure.ts';
import { call, type TestContext, testContext } from '../testing/service-context.ts';
import { ThumbnailCache } from './thumbnail-cache.ts';
import type { TaskRunner } from './worker/task-process.ts';
import { type ThumbnailInput, thumbnail } from './worker/thumbnail.ts';
import { trim } from './worker/trim.ts';

const work = { signal: call.signal, emit: () => undefined };

describe('trim', () => {
  let context: TestContext;
  beforeEach(async () => {
    context = await testContext();
  });
  afterEach(() => context.end());

  async function fill(names: readonly string[], bytes: number): Promise<string> {
    const folder = join(context.folder, 'thumbnails');
    await mkdir(join(folder, 'ab'), { recursive: true });
    for (const [age, name] of names.entries()) {
      const path = join(folder, 'ab', name);
      await writeFile(path, new Uint8Array(bytes));
      await utimes(path, 1e9 + age, 1e9 + age);
    }
    return folder;
  }

  it('removes what was used longest ago until there is room again', async () => {
    const names = Array.from({ length: 10 }, (_, i) => `${i}.jpg`);
    const folder = await fill(names, 100);
    expect(await trim({ folder, limitBytes: 1000 }, work)).toEqual({ bytes: 1000, removed: 0 });
    expect(await trim({ folder, limitBytes: 900 }, work)).toEqual({ bytes: 700, removed: 3 });
    expect((await readdir(join(folder, 'ab'))).sort()).toEqual(names.slice(3));
  });

  it('clears away what a killed process left half-written', async () => {
    const folder = await fill(['old.jpg.1234.part', 'whole.jpg'], 10);
    await trim({ folder, limitBytes: 1e6 }, work);
    expect(await readdir(join(folder, 'ab'))).toEqual(['whole.jpg']);
  });

  it('has nothing to do where no thumbnail was ever made', async () => {
    const folder = join(context.folder, 'none');
    expect(await trim({ folder, limitBytes: 1 }, work)).toEqual({ bytes: 0, removed: 0 });
  });
});

describe('ThumbnailCache', () => {
  let context: TestContext;
  beforeEach(async () => {
    context = await testContext();
  });
  afterEach(() => context.end());

  const image = join(import.meta.dirname, '..', '..', '..', 'assets', 'sample', 'images', 'validation');

  /** Runs the task here, and dies as often as it is told before it does. */
  class HereProcess implements TaskRunner {
    deaths: number;
    runs = 0;
    constructor(deaths = 0) {
      this.deaths = deaths;
    }
    run: TaskRunner['run'] = async (task, input) => {
      if (task !== 'thumbnail') return undefined as never;
      this.runs++;
      if (this.deaths-- > 0) throw new Failure('worker-lost', 'The process ended.', '');
      return (await thumbnail(input as ThumbnailInput, work)) as never;
    };
  }

  async function aPicture(): Promise<string> {
    const [name] = (await readdir(image)).filter((entry) => entry.endsWith('.jpg'));
    return join(image, name ?? '');
  }

  it('tries once more when the process died, for another file may have been at fault', async () => {
    const once = new HereProcess(1);
    const folder = join(context.folder, 'thumbnails');
    const cache = new ThumbnailCache(folder, { urgent: once, background: once }, call.signal);
    expect(await cache.get(await aPicture(), 64, call.signal)).toMatchObject({ kind: 'file' });
    expect(once.runs).toBe(2);
    const always = new HereProcess(9);
    const other = new ThumbnailCache(folder, { urgent: always, background: always }, call.signal);
    await expect(other.get(await aPicture(), 96, call.signal)).rejects.toMatchObject({ code: 'worker-lost' });
    expect(always.runs).toBe(2);
  });

  it('hands the picture itself out where it cannot be kept', async () => {
    const process = new HereProcess();
    // A file where the folder should be.
    const folder = join(context.folder, 'taken');
    await writeFile(folder, '');
    const cache = new ThumbnailCache(folder, { urgent: process, background: process }, call.signal);
    const answer = await cache.get(await aPicture(), 64, call.signal);
    expect(answer.kind === 'bytes' && answer.bytes.byteLength).toBeGreaterThan(100);
  });
});
