/**
 * Times a large image set in the host: `node bench/window/image-set.mjs FOLDER` (see make-images.mjs). Prints when the
 * first page is there, how long scan and examination take, how long filters, pages and a pick take, how fast thumbnails
 * come, the longest pause of the host's event loop and its memory.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createImageService } from '../../dist/main/host/images/image-service.js';

const [folder, labels] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: node bench/window/image-set.mjs FOLDER [LABELS]');
  process.exit(2);
}

const dataFolder = mkdtempSync(join(tmpdir(), 'engineroom-bench-'));
const controller = new AbortController();
const { signal } = controller;
const context = { dataFolder, paths: { roots: [], check: async (path) => path }, signal };
const { procedures, streams, imageFile } = createImageService(context);
const call = { signal };

/** Longest time between two ticks of 3 ms, and the most processor time spent in one such gap: the host's own part. */
const pauses = { longestMs: 0, ownMs: 0 };
let tickedAt = performance.now();
let usage = process.cpuUsage();
setInterval(() => {
  const now = performance.now();
  const { user, system } = process.cpuUsage(usage);
  usage = process.cpuUsage();
  pauses.longestMs = Math.max(pauses.longestMs, now - tickedAt);
  pauses.ownMs = Math.max(pauses.ownMs, Math.min(now - tickedAt, (user + system) / 1000));
  tickedAt = now;
}, 3).unref();

const started = performance.now();
const since = (from) => `${(performance.now() - from).toFixed(0)} ms`;
const say = (what, value) => console.log(`${what.padEnd(44)} ${value}`);
async function timed(what, work) {
  const from = performance.now();
  const result = await work();
  say(what, since(from));
  return result;
}
const filter = { state: 'all', classIndex: null, text: '' };
const page = (set, offset, changes = {}) =>
  procedures['images.page']({ set, offset, limit: 200, filter: { ...filter, ...changes } }, call);

const { id: set } = await procedures['images.open'](
  { source: folder, labels: labels ?? null, classNames: [] },
  call,
);
let firstPage = false;
let listed = false;
let last;
for await (const state of streams['images.watch']({ set }, call)) {
  last = state;
  if (!firstPage && state.files > 0) {
    firstPage = true;
    const { items } = await page(set, 0);
    say(`first page (${items.length} of ${state.files} so far)`, since(started));
    await imageFile(set, 0, 160, signal);
    say('first thumbnail', since(started));
  }
  if (!listed && state.phase !== 'scanning') {
    listed = true;
    say(`all ${state.files} files listed`, since(started));
    const { total } = await timed('filter by text (while examining)', () => page(set, 0, { text: '99' }));
    say('  of which match', total);
    await timed('page at the end', () => page(set, state.files - 200));
    const from = performance.now();
    const thumbnails = Array.from({ length: 300 }, (_, i) => Math.floor((i * state.files) / 300));
    await Promise.all(thumbnails.map((index) => imageFile(set, index, 160, signal).catch(() => undefined)));
    say('300 thumbnails (while examining), each', `${((performance.now() - from) / 300).toFixed(1)} ms`);
    await timed('the same from the cache', () =>
      Promise.all(thumbnails.map((index) => imageFile(set, index, 160, signal).catch(() => undefined))),
    );
    const { indices, reason } = await timed('pick 500 (while examining)', () =>
      procedures['images.pick']({ set, count: 500 }, call),
    );
    say('  picked', `${indices.length}: ${reason}`);
  }
  if (state.phase === 'ready' || state.phase === 'failed') break;
}
say(`examined (${last.unreadable} unreadable, ${last.duplicates} duplicates)`, since(started));
await timed('statistics', () => procedures['images.statistics']({ set }, call));
await timed('filter by duplicate', () => page(set, 0, { state: 'duplicate' }));
await timed('pick 500', () => procedures['images.pick']({ set, count: 500 }, call));
await timed('pick 5000', () => procedures['images.pick']({ set, count: 5000 }, call));
say('longest gap between ticks of the event loop', `${pauses.longestMs.toFixed(0)} ms`);
say('  of which the host was at work at most', `${pauses.ownMs.toFixed(0)} ms`);
globalThis.gc?.();
const { rss, heapUsed } = process.memoryUsage();
say(
  'memory of the host',
  `${(rss / 2 ** 20).toFixed(0)} MiB resident, ${(heapUsed / 2 ** 20).toFixed(0)} MiB heap`,
);
for (const warning of last.warnings) say('warning', warning);
controller.abort();
rmSync(dataFolder, { recursive: true, force: true });
