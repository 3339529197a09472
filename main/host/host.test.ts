/** The host with the real sample, over both transports: a run from submission to engines, pictures and CSV. */

import { existsSync } from 'node:fs';
import { appendFile, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RunEvent } from '../../contract/events.ts';
import type { ClosableHostClient } from '../../contract/rpc/client.ts';
import { eventually } from './testing/eventually.ts';
import {
  follow,
  noStore,
  root,
  sample,
  shortSpecification,
  startTestHost,
  type TestHost,
} from './testing/test-host.ts';

const built = existsSync(join(root, 'dist/core/conversion/steps/machine.js'));
const skipped = noStore || (built ? '' : ' (skipped: run "npm run build:ts" first)');

vi.setConfig({ testTimeout: 240_000 });

describe.skipIf(skipped !== '')(`a run of the sample${skipped}`, () => {
  let test: TestHost;
  let client: ClosableHostClient;
  let id: string;
  let events: RunEvent[];

  beforeAll(async () => {
    test = await startTestHost();
    client = await test.client('socket');
    const port = await test.client('port');
    // Submitted over one transport, followed over the other.
    const summary = await client.call('runs.submit', { specification: shortSpecification() });
    expect(summary).toMatchObject({ modelName: 'parts.onnx', error: null });
    id = summary.id;
    events = await follow(port, id);
  }, 240_000);
  afterAll(async () => {
    expect(test.problems).toEqual([]);
    await test.end();
  });

  const get = (path: string, init?: RequestInit) => fetch(`${test.base}/files/${test.token}/${path}`, init);

  it('ends with its report, the same for who follows live and who comes late', async () => {
    expect(events[0]).toMatchObject({ type: 'run-started', run: id });
    const last = events.at(-1);
    expect(last).toMatchObject({ type: 'report', report: { run: id, results: expect.any(Array) } });
    const progress = events.flatMap((event) => (event.type === 'progress' ? [event.value] : []));
    expect(progress.length).toBeGreaterThan(3);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    const late = await follow(client, id);
    expect(late.at(-1)).toEqual(last);
    expect(late).toEqual(events.filter(({ type }) => type !== 'progress'));
  });

  it('is kept with figures, log and report', async () => {
    const { summary, report, log, specification } = await client.call('runs.get', { id });
    expect(summary).toMatchObject({ state: 'done', progress: 1, error: null, queuePosition: null });
    expect(summary.figures.map(({ precision }) => precision)).toEqual(['fp32', 'fp16', 'int8']);
    expect(summary.figures[0]).toMatchObject({ status: 'ok', map50: expect.any(Number), matchedShare: null });
    expect(summary.figures[2]?.matchedShare).toBeGreaterThan(0.5);
    expect(report?.results).toHaveLength(3);
    expect(log.length).toBeGreaterThan(5);
    expect(specification).toMatchObject({ out: summary.out, benchmark: { runs: 3 } });
    const { runs } = await client.call('runs.list', {});
    expect(runs).toEqual([summary]);
  });

  it('lists its images by difference, with detections of every precision and labels', async () => {
    const { total, items } = await client.call('runs.images', {
      id,
      precision: 'int8',
      offset: 0,
      limit: 100,
    });
    expect(total).toBe(4);
    expect(items).toHaveLength(4);
    const differences = items.map(({ difference }) => difference);
    expect(differences).toEqual(differences.toSorted((a, b) => b - a));
    expect(new Set(items.map(({ index }) => index))).toEqual(new Set([0, 1, 2, 3]));
    const second = await client.call('runs.images', { id, precision: 'int8', offset: 1, limit: 2 });
    expect(second.items).toEqual(items.slice(1, 3));
    const [first] = items;
    const shown = await client.call('runs.detections', { id, index: first!.index });
    expect(shown).toMatchObject({ file: first!.file, width: first!.width, height: first!.height });
    expect(shown.precisions.map(({ precision }) => precision)).toEqual(['fp32', 'fp16', 'int8']);
    const [fp32] = shown.precisions;
    expect(fp32!.detections.length).toBeGreaterThan(0);
    for (const { score, x1, x2 } of fp32!.detections) {
      expect(score).toBeGreaterThanOrEqual(0.05);
      expect(x2).toBeGreaterThan(x1);
    }
    expect(shown.labels?.length).toBeGreaterThan(0);
    await expect(client.call('runs.detections', { id, index: 4 })).rejects.toMatchObject({
      code: 'bad-input',
    });
  });

  it('hands out its pictures, report and CSVs', async () => {
    const picture = await get(`runs/${id}/images/0?width=100`);
    expect(picture.headers.get('content-type')).toBe('image/jpeg');
    const { width } = await sharp(Buffer.from(await picture.arrayBuffer())).metadata();
    expect(width).toBe(100);
    expect((await get(`runs/${id}/images/99`)).status).toBe(404);

    const html = await get(`runs/${id}/report.html`);
    expect(html.headers.get('content-security-policy')).toContain('sandbox');
    expect(await html.text()).toContain('<!doctype html>');
    expect(await (await get(`runs/${id}/report.json`)).json()).toMatchObject({ schema: 1, run: id });

    const summary = await (await get(`runs/${id}/csv/summary`)).text();
    expect(summary.split('\r\n').map((line) => line.split(',')[0])).toEqual([
      'precision',
      'fp32',
      'fp16',
      'int8',
      '',
    ]);
    for (const chart of ['per-class', 'ranges', 'latency']) {
      const csv = await get(`runs/${id}/csv/${chart}`);
      expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
      expect((await csv.text()).split('\r\n').length).toBeGreaterThan(2);
    }
    expect((await get(`runs/${id}/csv/other`)).status).toBe(404);
  });

  it('hands out the files that the run made and no others', async () => {
    const { summary } = await client.call('runs.get', { id });
    const engine = await get(`runs/${id}/files/parts-int8.onnx`);
    expect(engine.headers.get('content-disposition')).toContain('attachment');
    const built = await readFile(join(summary.out, 'parts-int8.onnx'));
    expect(built.equals(Buffer.from(await engine.arrayBuffer()))).toBe(true);
    for (const name of [
      '..%2F..%2Fruns.sqlite',
      '%2e%2e',
      'other.txt',
      encodeURIComponent(join(summary.out, 'parts-int8.onnx')),
    ]) {
      expect((await get(`runs/${id}/files/${name}`)).status).toBe(404);
    }
  });

  it('hands out thumbnails of an image set', async () => {
    const set = await client.call('images.open', { source: join(sample, 'images/validation') });
    await eventually(async () => {
      const page = await client.call('images.page', { set: set.id, offset: 0, limit: 1 });
      expect(page.items).toHaveLength(1);
    });
    const picture = await get(`images/${set.id}/0?width=64`);
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
    const { width } = await sharp(Buffer.from(await picture.arrayBuffer())).metadata();
    expect(width).toBeLessThanOrEqual(64);
    expect((await get(`images/${set.id}/99999`)).status).toBe(404);
    expect((await get('images/nothing/0')).status).toBe(404);
    await client.call('images.close', { set: set.id });
  });

  it('names the command line that equals a specification', async () => {
    const { command } = await client.call('runs.command', {
      specification: shortSpecification({ out: '/o' }),
    });
    expect(command).toMatch(/^engineroom convert .*parts\.onnx --out \/o .*--runs 3/);
    await expect(
      client.call('runs.command', { specification: { model: 'm.onnx', frob: 1 } }),
    ).rejects.toMatchObject({ code: 'bad-usage' });
  });

  it('lists its engines, verifies, exports, removes and restores them', async () => {
    const { engines } = await client.call('engines.list', {});
    expect(engines.map((engine) => engine.id).toSorted()).toEqual(
      ['fp16', 'fp32', 'int8'].map((precision) => `${id}:${precision}`),
    );
    const int8 = `${id}:int8`;
    const engine = engines.find((each) => each.id === int8)!;
    expect(engine).toMatchObject({ present: true, target: 'onnxruntime', manifest: { precision: 'int8' } });
    expect(engine.p50Ms).toBeGreaterThan(0);

    const verified = await client.call('engines.verify', { id: int8 });
    expect(verified).toMatchObject({ whole: true });
    expect(verified.files.map(({ file }) => file)).toEqual([
      'parts-int8.onnx',
      'parts-int8.engine.json',
      'parts-int8.calib.cache',
    ]);

    const to = join(test.work, 'exported');
    const { folder, files } = await client.call('engines.export', { id: int8, to });
    expect(folder).toBe(to);
    expect((await readdir(to)).toSorted()).toEqual(files.toSorted());
    expect(files).toContain('report.html');
    await expect(client.call('engines.export', { id: int8, to })).rejects.toMatchObject({
      code: 'not-writable',
    });
    await expect(client.call('engines.export', { id: int8, to: '/elsewhere' })).rejects.toMatchObject({
      code: 'bad-input',
    });

    await client.call('engines.remove', { id: int8 });
    expect(existsSync(engine.path)).toBe(false);
    expect((await client.call('engines.list', {})).engines).toHaveLength(2);
    await client.call('engines.restore', { id: int8 });
    expect(await client.call('engines.verify', { id: int8 })).toMatchObject({ whole: true });

    await appendFile(engine.path, 'x');
    const changed = await client.call('engines.verify', { id: int8 });
    expect(changed.whole).toBe(false);
    expect(changed.files[0]).toEqual({ file: 'parts-int8.onnx', state: 'changed' });
    await expect(
      client.call('engines.export', { id: int8, to: join(test.work, 'other') }),
    ).rejects.toMatchObject({ code: 'bad-input' });
  });

  it('says who it is and what works on it', async () => {
    const info = await client.call('host.info', {});
    expect(info).toMatchObject({ platform: process.platform, filesUrl: '/files', roots: expect.any(Array) });
    const port = await test.client('port');
    const { filesUrl } = await port.call('host.info', {});
    expect((await fetch(`${filesUrl}/runs/${id}/csv/summary`)).status).toBe(200);
    const { checks } = await client.call('host.doctor', {});
    expect(checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['processor', 'ONNX Runtime', 'targets']),
    );
  });

  it('is there again after a restart, and goes with its files and no others', async () => {
    await appendFile(join((await client.call('runs.get', { id })).summary.out, 'mine.txt'), 'mine');
    test = await test.restart();
    client = await test.client();
    const { summary, report } = await client.call('runs.get', { id });
    expect(summary.state).toBe('done');
    expect(report?.run).toBe(id);
    const removed: unknown[] = [];
    client.listen('runs.watch', {}, (run) => run.removed && removed.push(run.id));
    await client.call('runs.remove', { id });
    await eventually(() => expect(removed).toEqual([id]));
    // The engine that was changed above is not what the run made any more.
    expect((await readdir(summary.out)).toSorted()).toEqual(['mine.txt', 'parts-int8.onnx']);
    expect((await client.call('runs.list', {})).runs).toEqual([]);
    expect((await stat(join(test.folder, 'data', 'trash'))).isDirectory()).toBe(true);
  });
});
