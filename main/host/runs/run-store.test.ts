/** The store on disk: its versions, its lock, and what a killed process leaves. */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reportSchema } from '../../../contract/report-schema.ts';
import { exampleReport } from '../../../core/conversion/report-html/example-report.ts';
import { noStore } from '../testing/test-host.ts';
import type { RunRecord } from './run-record.ts';

const record: RunRecord = {
  id: 'r1',
  state: 'queued',
  createdAt: '2026-01-01T00:00:00.000Z',
  finishedAt: null,
  modelName: 'm.onnx',
  modelPath: '/m.onnx',
  out: '/out',
  specification: { model: '/m.onnx', preprocessing: {} },
  progress: 0,
  step: null,
  secondsLeft: null,
  error: null,
  figures: [],
  files: [],
};

describe.skipIf(noStore !== '')(`the run store${noStore}`, () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'engineroom-store-'));
    path = join(folder, 'runs.sqlite');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const open = async () => (await import('./run-store.ts')).RunStore.open(path);

  it('gives back runs, changes and events', async () => {
    {
      using store = await open();
      store.add(record);
      store.add({ ...record, id: 'r2', createdAt: '2026-01-02T00:00:00.000Z' });
      store.update('r1', {
        state: 'failed',
        progress: 0.5,
        error: { code: 'disk-full', message: 'm', remedy: 'r' },
        files: [{ name: 'a', sha256: null }],
      });
      store.appendEvent('r1', 1, { type: 'step-started', step: 's', title: 't' });
    }
    using store = await open();
    expect(store.list().map(({ id }) => id)).toEqual(['r1', 'r2']);
    expect(store.list()[0]).toEqual({
      ...record,
      state: 'failed',
      progress: 0.5,
      error: { code: 'disk-full', message: 'm', remedy: 'r' },
      files: [{ name: 'a', sha256: null }],
    });
    expect(store.events('r1')).toEqual([{ type: 'step-started', step: 's', title: 't' }]);
    expect(store.report('r1')).toBeNull();
    store.remove('r1');
    expect(store.events('r1')).toEqual([]);
  });

  it('belongs to one host at a time', async () => {
    using _store = await open();
    await expect(open()).rejects.toMatchObject({
      code: 'not-writable',
      message: expect.stringContaining('in use by another Engine Room'),
    });
  });

  it('refuses what is no store, and one of a newer version', async () => {
    await writeFile(
      path,
      'something else entirely, long enough to be looked at as a header of a database file',
    );
    await expect(open()).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining(path) });
    await rm(path);
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(path);
    database.exec('PRAGMA user_version = 99');
    database.close();
    await expect(open()).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('newer'),
    });
  });

  it('brings an empty file up to its version, and leaves one that is up to date', async () => {
    await writeFile(path, '');
    {
      using store = await open();
      store.add(record);
    }
    using store = await open();
    expect(store.list()).toHaveLength(1);
  });

  it('says that the disk is full, and goes on when there is space again', async (test) => {
    const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=400k', 'tmpfs', folder]).status === 0;
    if (!isMounted) test.skip('this user may not mount a small file system');
    try {
      using store = await open();
      store.add(record);
      const filler = join(folder, 'filler');
      await writeFile(filler, Buffer.alloc(400_000)).catch(() => undefined);
      const fill = () => {
        for (let i = 0; i < 100; i++) store.add({ ...record, id: `f${i}`, modelName: 'm'.repeat(20_000) });
      };
      expect(fill).toThrow(
        expect.objectContaining({ code: 'disk-full', message: expect.stringContaining(path) }),
      );
      const report = reportSchema.parse(exampleReport());
      expect(() => store.finish('r1', { state: 'done' }, report)).toThrow(
        expect.objectContaining({ code: 'disk-full' }),
      );
      expect(store.list()[0]).toEqual(record);
      await rm(filler);
      store.update('r1', { progress: 0.25 });
      expect(store.list()[0]?.progress).toBe(0.25);
    } finally {
      spawnSync('umount', [folder]);
    }
  });

  it('keeps the report, and has none where it is of a version that is not read any more', async () => {
    using store = await open();
    store.add(record);
    const report = reportSchema.parse(exampleReport());
    store.finish('r1', { state: 'done' }, report);
    expect(store.report('r1')).toEqual(report);
    store.finish('r1', {}, { ...report, schema: 0 as never });
    expect(store.report('r1')).toBeNull();
  });

  it('is whole after its process was killed in the middle of writing', async () => {
    (await open())[Symbol.dispose]();
    // Writes run after run with their events, telling each that is kept, until it is killed.
    const program = `
      const { DatabaseSync } = require('node:sqlite');
      const db = new DatabaseSync(${JSON.stringify(path)});
      db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
      const run = db.prepare("INSERT INTO runs (id, state, created_at, model_name, model_path, out, specification) VALUES (?, 'queued', ?, 'm', '/m', '/o', '{}')");
      const event = db.prepare("INSERT INTO events (run, sequence, event) VALUES (?, 1, ?)");
      for (let i = 0; ; i++) {
        db.exec('BEGIN');
        run.run('r' + i, String(i).padStart(9, '0'));
        event.run('r' + i, '{"type":"step-started","step":"s","title":"t"}');
        db.exec('COMMIT');
        require('node:fs').writeSync(1, i + '\\n');
      }`;
    const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    let told = -1;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      told = Math.max(told, ...text.split('\n').filter(Boolean).slice(0, -1).map(Number));
      if (told > 50) child.kill('SIGKILL');
    });
    await once(child, 'close');
    using store = await open();
    const runs = store.list();
    expect(runs.length).toBeGreaterThan(told);
    for (const { id } of runs) expect(store.events(id)).toHaveLength(1);
  });
});
