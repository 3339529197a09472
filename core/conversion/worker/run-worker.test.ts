import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Progress } from '../../base/work.ts';
import { runWorker } from './run-worker.ts';

// Workers are forked, so their program has to be compiled.
const entry = join(import.meta.dirname, '../../../dist/core/conversion/worker/testing/misbehaving.js');
const built = existsSync(entry);
const run = (step: string, input: unknown = null, work = {}) => runWorker(entry, step, input, work);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Waits until a process is gone, for at most five seconds. */
async function gone(pid: number): Promise<boolean> {
  for (let i = 0; i < 100 && isAlive(pid); i++) await new Promise((resolve) => setTimeout(resolve, 50));
  return !isAlive(pid);
}

describe.skipIf(!built)(`runWorker${built ? '' : ' (skipped: dist/ is not built)'}`, () => {
  afterEach(() => vi.unstubAllEnvs());

  it('hands over the input and brings back the output, typed arrays included', async () => {
    expect(await run('double', new Float32Array([1, 2.5]))).toEqual(new Float32Array([2, 5]));
  });

  it('brings back a failure with code, message and remedy', async () => {
    await expect(run('fail')).rejects.toMatchObject({
      name: 'Failure',
      code: 'bad-input',
      message: 'x.onnx is odd.',
      remedy: 'Even it out.',
      stack: expect.stringContaining('misbehaving'),
    });
  });

  it('brings back a bug with its stack, also one that is thrown in a timer', async () => {
    await expect(run('break')).rejects.toMatchObject({ message: 'a bug' });
    await expect(run('throwLater')).rejects.toMatchObject({
      message: 'a late bug',
      stack: expect.stringContaining('misbehaving'),
    });
    await expect(run('no such step')).rejects.toThrow('there is no step no such step');
  });

  it('tells an exit, a crash, a kill and a full heap apart', async () => {
    await expect(run('exit')).rejects.toMatchObject({
      code: 'worker-lost',
      message: expect.stringMatching(/exit code 7 .*LoadError: libvendor\.so is odd/),
    });
    await expect(run('crash')).rejects.toMatchObject({
      code: 'worker-lost',
      message: expect.stringContaining('SIGSEGV'),
    });
    await expect(run('beKilled')).rejects.toMatchObject({ code: 'out-of-memory' });
    await expect(run('fillHeap')).rejects.toMatchObject({ code: 'out-of-memory' });
  });

  it('passes on at most twenty progress messages a second, and always the last', async () => {
    const heard: Progress[] = [];
    const calls = await run('chatter', null, { onProgress: (p: Progress) => heard.push(p) });
    expect(calls).toBeGreaterThan(100);
    expect(heard.length).toBeGreaterThan(1);
    // 500 ms at 50 ms, the first at once and the last at the end; a slow machine sends fewer.
    expect(heard.length).toBeLessThanOrEqual(14);
    expect(heard.at(-1)).toEqual({ value: 1, description: 'last' });
  });

  it('cancels a worker that obeys and ends one that does not', async () => {
    for (const step of ['obey', 'hang']) {
      const controller = new AbortController();
      let pid = 0;
      const onProgress = ({ description }: Progress) => {
        pid = Number(description);
      };
      const running = run(step, null, { signal: controller.signal, onProgress });
      setTimeout(() => controller.abort(), 400);
      await expect(running).rejects.toMatchObject({ code: 'cancelled' });
      if (step === 'hang') {
        expect(pid).toBeGreaterThan(0);
        expect(isAlive(pid)).toBe(false);
      }
    }
  });

  it('starts nothing when cancelled beforehand', async () => {
    await expect(run('double', [1], { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  it('keeps options of this process from the worker', async () => {
    vi.stubEnv('NODE_OPTIONS', '--no-warnings');
    expect(await run('environment')).toEqual({
      options: null,
      arguments: ['--expose-gc', '--enable-source-maps'],
      gc: 'function',
    });
  });

  it('leaves no worker behind when its parent dies', async () => {
    const parent = fork(entry, [], { serialization: 'advanced', stdio: 'ignore' } as never);
    const pid = parent.pid!;
    parent.send({ type: 'start', step: 'idle', input: null });
    await new Promise((resolve) => parent.once('message', resolve));
    // What the worker sees of a parent that was killed: its channel closes.
    parent.disconnect();
    expect(await gone(pid)).toBe(true);
  });
});
