import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunStore } from '../runs/run-store.ts';
import { noStore } from '../testing/test-host.ts';
import { EngineTrash, keptForMs } from './engine-trash.ts';

describe.skipIf(noStore !== '')(`the trash of engines${noStore}`, () => {
  let folder: string;
  let out: string;
  let store: RunStore;
  let trash: EngineTrash;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'engineroom-trash-'));
    out = join(folder, 'out');
    await mkdir(out);
    await writeFile(join(out, 'm-int8.onnx'), 'engine');
    await writeFile(join(out, 'm-int8.engine.json'), 'manifest');
    await writeFile(join(out, 'report.html'), 'report');
    const { RunStore } = await import('../runs/run-store.ts');
    store = RunStore.open(join(folder, 'runs.sqlite'));
    trash = new EngineTrash(store, join(folder, 'trash'));
  });
  afterEach(async () => {
    store[Symbol.dispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const files = ['m-int8.onnx', 'm-int8.engine.json'];

  it('takes an engine and brings it back', async () => {
    await trash.remove('r:int8', out, files);
    expect(await readdir(out)).toEqual(['report.html']);
    expect([...trash.ids]).toEqual(['r:int8']);
    await trash.restore('r:int8');
    expect(await readFile(join(out, 'm-int8.onnx'), 'utf8')).toBe('engine');
    expect([...trash.ids]).toEqual([]);
    expect(await readdir(join(folder, 'trash'))).toEqual([]);
  });

  it('brings it back where its folder is gone, and overwrites nothing', async () => {
    await trash.remove('r:int8', out, files);
    await rm(out, { recursive: true });
    await trash.restore('r:int8');
    expect((await readdir(out)).toSorted()).toEqual(files.toSorted());
    await trash.remove('r:int8', out, files);
    await writeFile(join(out, 'm-int8.onnx'), 'another');
    await expect(trash.restore('r:int8')).rejects.toThrow('there again');
    expect(await readFile(join(out, 'm-int8.onnx'), 'utf8')).toBe('another');
  });

  it('can be undone where it was cut off half-way', async () => {
    await trash.remove('r:int8', out, files);
    const [inTrash = ''] = await readdir(join(folder, 'trash'));
    // As if the second file had not been moved yet when the host was killed.
    await rm(join(folder, 'trash', inTrash, 'm-int8.engine.json'));
    await writeFile(join(out, 'm-int8.engine.json'), 'manifest');
    await trash.restore('r:int8');
    expect((await readdir(out)).toSorted()).toEqual([...files, 'report.html'].toSorted());
  });

  it('forgets after a day, and not before', async () => {
    await trash.remove('r:int8', out, files);
    await trash.purge(Date.now() + keptForMs - 60_000);
    expect(await readdir(join(folder, 'trash'))).toHaveLength(1);
    await trash.purge(Date.now() + keptForMs);
    expect(await readdir(join(folder, 'trash'))).toEqual([]);
    await expect(trash.restore('r:int8')).rejects.toMatchObject({ code: 'bad-input' });
    // It does not come back to the list as a missing engine.
    expect([...trash.ids]).toEqual(['r:int8']);
  });

  it('goes with its run', async () => {
    await trash.remove('r:int8', out, files);
    await trash.forgetRun('other');
    expect([...trash.ids]).toEqual(['r:int8']);
    await trash.forgetRun('r');
    expect([...trash.ids]).toEqual([]);
    expect(await readdir(join(folder, 'trash'))).toEqual([]);
  });
});
