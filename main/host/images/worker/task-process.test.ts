import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { built, call, type TestContext, testContext, whyNotBuilt } from '../../testing/service-context.ts';
import { TaskProcess } from './task-process.ts';

/** Linux tells the children of a thread. */
function children(): number[] {
  return readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ').map(Number);
}

describe.skipIf(!built)(`TaskProcess${whyNotBuilt}`, () => {
  let context: TestContext;
  let tasks: TaskProcess;
  beforeEach(async () => {
    context = await testContext();
    tasks = new TaskProcess({ niceness: 5 });
  });
  afterEach(async () => {
    tasks.stop();
    await context.end();
  });

  const examine = (path: string) => tasks.run('examine', { files: [{ path, decode: true }] }, call);

  it('runs tasks side by side, each with its own answer', async () => {
    const results = await Promise.all(['a', 'b', 'c'].map((name) => examine(join(context.folder, name))));
    expect(results.flat()).toEqual(Array(3).fill({ kind: 'unreadable', reason: 'the file does not exist' }));
  });

  it('passes failures on with code and remedy, and items before the end', async () => {
    const items: unknown[] = [];
    const input = { source: context.folder, labels: null, classNames: [], roots: [] };
    await expect(
      tasks.run('open', input, { ...call, onItem: (item) => items.push(item) }),
    ).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining('is empty') });
    expect(items).toEqual([{ kind: 'root', root: context.folder }]);
  });

  it('answers a cancelled task at once', async () => {
    const controller = new AbortController();
    const running = tasks.run(
      'examine',
      { files: [{ path: 'x', decode: false }] },
      { signal: controller.signal },
    );
    controller.abort();
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    await expect(tasks.run('examine', { files: [] }, { signal: controller.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  it.skipIf(process.platform !== 'linux')(
    `says that the process died, and starts another${process.platform === 'linux' ? '' : ' (skipped: needs /proc)'}`,
    async () => {
      const before = new Set(children());
      await examine('/nothing');
      const [pid] = children().filter((child) => !before.has(child));
      // A stopped process answers nothing, so the task is certain to be pending when it dies.
      process.kill(pid as number, 'SIGSTOP');
      const pending = examine('/nothing');
      process.kill(pid as number, 'SIGKILL');
      await expect(pending).rejects.toMatchObject({ code: 'worker-lost' });
      expect(await examine('/nothing')).toEqual([{ kind: 'unreadable', reason: 'the file does not exist' }]);
      const [next] = children().filter((child) => !before.has(child));
      expect(next).not.toBe(pid);
    },
  );
});
