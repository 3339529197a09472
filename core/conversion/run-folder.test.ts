import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunFolder } from './run-folder.ts';

let out: string;
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'engineroom-run-'));
});
afterEach(() => rm(out, { recursive: true, force: true }));

/** The id of a process that has ended. */
const deadPid = () => spawnSync(process.execPath, ['-e', '']).pid;

async function leave(id: string, pid: number): Promise<void> {
  const folder = join(out, `.engineroom-run-${id}`);
  await mkdir(folder);
  await writeFile(join(folder, 'run.json'), JSON.stringify({ pid, started: '2026-01-02T03:04:05.000Z' }));
  await writeFile(join(folder, 'half.onnx'), 'half');
}

describe('RunFolder', () => {
  it('makes missing folders, publishes by name and leaves nothing else', async () => {
    const deep = join(out, 'a', 'b');
    {
      await using folder = await RunFolder.create(deep);
      await writeFile(folder.file('m-int8.onnx'), 'whole');
      await writeFile(folder.file('statistics'), 'not for keeps');
      expect(await folder.publish('m-int8.onnx')).toBe(join(deep, 'm-int8.onnx'));
    }
    expect(await readdir(deep)).toEqual(['m-int8.onnx']);
    expect(await readFile(join(deep, 'm-int8.onnx'), 'utf8')).toBe('whole');
  });

  it('leaves nothing of a run that throws', async () => {
    const run = async () => {
      await using folder = await RunFolder.create(out);
      await writeFile(folder.file('half.onnx'), 'half');
      throw new Error('in the middle');
    };
    await expect(run()).rejects.toThrow('in the middle');
    expect(await readdir(out)).toEqual([]);
  });

  it('removes what dead runs left, says so, and spares living ones', async () => {
    await leave('dead', deadPid());
    await leave('alive', process.pid);
    await mkdir(join(out, '.engineroom-run-cut'));
    await writeFile(join(out, 'keep.onnx'), 'whole');
    await using folder = await RunFolder.create(out);
    expect(folder.leftOvers).toEqual([
      { run: 'cut', started: null },
      { run: 'dead', started: '2026-01-02T03:04:05.000Z' },
    ]);
    expect((await readdir(out)).sort()).toEqual(
      ['.engineroom-run-alive', `.engineroom-run-${folder.id}`, 'keep.onnx'].sort(),
    );
  });

  // Root may write anywhere.
  const isRoot = process.getuid?.() === 0;
  it.skipIf(isRoot)(
    `names a folder that cannot be written${isRoot ? ' (skipped: runs as root)' : ''}`,
    async () => {
      await chmod(out, 0o500);
      await expect(RunFolder.create(out)).rejects.toMatchObject({
        code: 'not-writable',
        message: expect.stringContaining(out),
      });
      await chmod(out, 0o700);
    },
  );

  it('names an output folder that is a file', async () => {
    const file = join(out, 'file');
    await writeFile(file, '');
    await expect(RunFolder.create(join(file, 'out'))).rejects.toMatchObject({ code: 'not-writable' });
  });
});
