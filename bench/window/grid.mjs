/**
 * The grid of a large image set in the window: `npm exec -- node bench/window/grid.mjs [FOLDER]`, with a folder of
 * make-images.mjs; without one, 100,000 images are made for the time of the run.
 *
 * Opens the folder in a real window and scrolls through it by wheel, by the scroll bar and by keys, while the host
 * still looks into the images and once it has. A long task is judged by its processor time beside its time on the
 * clock: on a busy machine a task of a few milliseconds can wait for a core in its middle.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { figure, printLoad, settle } from './figures.mjs';
import { openWindow, tracedTasks } from './opened-window.mjs';

const firstThumbnailMs = 1000;
const longTaskMs = 50;
const heapMb = 300;

const given = process.argv[2];
const folder = given === undefined ? mkdtempSync(join(tmpdir(), 'engineroom-grid-')) : resolve(given);
if (given === undefined) {
  const maker = join(dirname(fileURLToPath(import.meta.url)), 'make-images.mjs');
  spawnSync(process.execPath, [maker, '100000', folder], { stdio: 'inherit' });
}

/** In the page: when the host first told of files, when the first thumbnail was there, and every long task. */
function watchPage() {
  const seen = { firstFiles: null, firstThumbnail: null, longTasks: [] };
  globalThis.seen = seen;
  const Native = globalThis.WebSocket;
  globalThis.WebSocket = class extends Native {
    constructor(...args) {
      super(...args);
      const hear = ({ data }) => {
        if (!/"files":[1-9]/.test(data)) return;
        seen.firstFiles = performance.now();
        this.removeEventListener('message', hear);
      };
      this.addEventListener('message', hear);
    }
  };
  document.addEventListener(
    'load',
    ({ target }) => {
      if (seen.firstThumbnail === null && target.closest?.('[role="gridcell"]')) {
        seen.firstThumbnail = performance.now();
      }
    },
    true,
  );
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) seen.longTasks.push({ startTime, duration });
  }).observe({ type: 'longtask', buffered: true });
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
await using opened = await openWindow({ roots: [folder], onPage: watchPage });
const { page, window, devtools } = opened;
const grid = page.getByRole('grid', { name: /Images of the calibration set/ });
const shownNames = () => page.locator('[role="gridcell"]').allInnerTexts();

await devtools.send('Performance.enable');
let heapSeen = 0;
/** Heap of the page's JavaScript in MB. */
async function heap() {
  const { metrics } = await devtools.send('Performance.getMetrics');
  const used = metrics.find(({ name }) => name === 'JSHeapUsedSize').value / 1e6;
  heapSeen = Math.max(heapSeen, used);
  return used;
}

/** Thumbnails of the rows in sight are there, none of them waited for. */
async function thumbnailsInSight() {
  const from = performance.now();
  await page.waitForFunction(() => {
    const images = [...document.querySelectorAll('[role="gridcell"] img')];
    return images.length > 8 && images.every(({ complete, naturalWidth }) => complete && naturalWidth > 0);
  });
  return performance.now() - from;
}

async function wheel(box) {
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  for (let i = 0; i < 120; i++) {
    await page.mouse.wheel(0, i < 60 ? 240 : 4000);
    await pause(16);
  }
}

/** Draws the thumb of the scroll bar from one end of its way to another, given as shares of it. */
async function drag(box, from, to, steps) {
  // An arrow at each end, and half of the shortest thumb.
  const half = 17;
  const way = box.height - 2 * half;
  const x = box.x + box.width - 6;
  await page.mouse.move(x, box.y + half + from * way);
  await page.mouse.down();
  for (let step = 1; step <= steps; step++) {
    await page.mouse.move(x, box.y + half + (from + ((to - from) * step) / steps) * way);
    await pause(16);
  }
  await page.mouse.up();
}

const scrolled = () => grid.evaluate(({ scrollTop, scrollHeight }) => scrollTop / scrollHeight);

async function keys(key, times) {
  for (let i = 0; i < times; i++) {
    await page.keyboard.press(key);
    await pause(33);
  }
}

/** A way through the whole grid with each hand; what it reached is checked, or nothing would have been measured. */
async function wayThrough() {
  const box = await grid.boundingBox();
  await grid.focus();
  await page.keyboard.press('Home');
  await thumbnailsInSight();
  await wheel(box);
  await heap();
  await page.keyboard.press('Home');
  await pause(200);
  await drag(box, 0, 0.5, 60);
  const middle = await scrolled();
  if (middle < 0.3 || middle > 0.7) throw new Error(`The scroll bar led to ${middle}, not to the middle.`);
  const settled = [await thumbnailsInSight()];
  await drag(box, 0.5, 1, 150);
  settled.push(await thumbnailsInSight());
  await heap();
  await page.keyboard.press('Home');
  settled.push(await thumbnailsInSight());
  await keys('PageDown', 40);
  await keys('ArrowDown', 40);
  await page.keyboard.press('End');
  settled.push(await thumbnailsInSight());
  const names = (await shownNames()).join(' ');
  if (!names.includes('image-')) throw new Error('End did not lead to images.');
  await keys('PageUp', 20);
  await heap();
  return Math.max(...settled);
}

async function measureWay(when) {
  await page.evaluate(() => {
    globalThis.seen.longTasks = [];
  });
  let settledMs = 0;
  const tasks = await tracedTasks(page, async () => {
    settledMs = await wayThrough();
  });
  const observed = await page.evaluate(() => globalThis.seen.longTasks.map(({ duration }) => duration));
  const cpu = Math.max(0, ...tasks.map((task) => task.cpu));
  const longest = tasks.reduce((a, b) => (b.wall > a.wall ? b : a), { wall: 0, cpu: 0 });
  figure(`longest task, processor time, ${when}`, cpu, 'ms', {
    limit: longTaskMs,
    note: `of ${tasks.length} tasks`,
  });
  figure(`longest task on the clock, ${when}`, longest.wall, 'ms', {
    note: `(${longest.cpu.toFixed(0)} ms of it on the processor; PerformanceObserver saw ${observed.length} of ${longTaskMs} ms or more)`,
  });
  figure(`thumbnails in sight after a jump, slowest, ${when}`, settledMs, 'ms');
  printLoad(when);
}

printLoad('at the start');
await window.goTo('Images');
const region = page.getByRole('region', { name: 'Calibration set' });
await region.getByRole('button', { name: 'Choose images…' }).click();
await window.choosePath(folder);
await page.waitForFunction(() => globalThis.seen.firstThumbnail !== null);
const { firstFiles, firstThumbnail } = await page.evaluate(() => globalThis.seen);
figure('first thumbnail after the first files of the scan', firstThumbnail - firstFiles, 'ms', {
  limit: firstThumbnailMs,
});
await region.getByText(/ examined$/).waitFor();
await measureWay('while the images are looked into');
const from = performance.now();
await region.getByText(/usable images/).waitFor({ timeout: 900_000 });
figure('the host looked into all images after another', (performance.now() - from) / 1000, 's', {
  digits: 1,
});
await measureWay('at rest');
figure('heap of the page at most, of samples', heapSeen, 'MB', { limit: heapMb });
await devtools.send('HeapProfiler.collectGarbage');
figure('heap of the page after scrolling, without garbage', await heap(), 'MB', { limit: heapMb, digits: 1 });
if (given === undefined) rmSync(folder, { recursive: true, force: true });
settle();
