/**
 * From an interaction to the next paint: `npm exec -- node bench/window/interaction.mjs`.
 *
 * A scripted session with real mouse and keyboard input goes through every place with the sample open and one run done.
 * The latency of an interaction is that of the Event Timing API, as for INP: from the input to the frame that shows its
 * effect, the longest of its events, in steps of 8 ms. The browser does not tell of those under 16 ms; they are counted
 * and enter the quantile as 16 ms. A frame in a headless browser is drawn by the processor.
 */

import { figure, printLoad, quantile, settle } from './figures.mjs';
import { openWindow } from './opened-window.mjs';

const { ConvertPlace, samplePaths } = await import('../../e2e/browser/pages.ts');
const limitMs = 100;
const untoldMs = 16;

function watchInteractions() {
  const slowest = new Map();
  globalThis.interactions = slowest;
  const hear = (entries) => {
    for (const { interactionId, duration, name, target } of entries) {
      if (!interactionId) continue;
      const before = slowest.get(interactionId);
      if (before && before.duration >= duration) continue;
      const control =
        target?.closest?.('button,a,input,[role="tab"],[role="option"],[role="gridcell"]') ?? target;
      const on =
        control?.getAttribute?.('aria-label') || control?.textContent?.trim().slice(0, 30) || 'the page';
      slowest.set(interactionId, { duration, name, on, place: location.hash.split('?')[0] });
    }
  };
  const observer = new PerformanceObserver((list) => hear(list.getEntries()));
  observer.observe({ type: 'event', durationThreshold: 16 });
  globalThis.interactionsSoFar = () => {
    hear(observer.takeRecords());
    return performance.interactionCount;
  };
}

await using opened = await openWindow({
  roots: [samplePaths.model.replace(/[^/\\]+$/, '')],
  onPage: watchInteractions,
});
const { page, window } = opened;
const main = page.getByRole('main');
const keyboard = page.keyboard;

// A person's pace: the frame of one input is drawn before the next one comes.
const pace = 120;
const pause = (ms = pace) => new Promise((done) => setTimeout(done, ms));
async function click(locator) {
  await locator.first().click();
  await pause();
}
async function press(key, times = 1) {
  for (let i = 0; i < times; i++) {
    await keyboard.press(key);
    await pause();
  }
}
async function type(text) {
  for (const letter of text) await press(letter);
}
async function write(locator, text) {
  await click(locator);
  await press('ControlOrMeta+A');
  await type(text);
}
const tab = (name) => click(page.getByRole('tab', { name }));
async function choose(label, option) {
  await click(main.getByRole('combobox', { name: label, exact: true }));
  await click(page.getByRole('option', { name: option }));
}
async function goTo(place) {
  await window.goTo(place);
  await pause();
}

async function models() {
  await goTo('Models');
  await tab(/Graph/);
  await page.getByRole('application', { name: /Graph of/ }).waitFor();
  await write(page.getByRole('textbox', { name: /Find a node/ }), 'MaxPool');
  for (let i = 0; i < 3; i++) await click(page.getByRole('button', { name: 'Next match' }));
  for (const name of ['Zoom in', 'Zoom out', 'Whole graph']) await click(page.getByRole('button', { name }));
  await choose('Graph of', /INT8/);
  await page.getByRole('application', { name: /Graph of/ }).waitFor();
  await pause(1000);
  await write(page.getByRole('textbox', { name: /Find a node/ }), 'QuantizeLinear');
  await click(page.getByRole('button', { name: 'Next match' }));
  await tab('Overview');
}

async function images() {
  await goTo('Images');
  await click(page.getByRole('button', { name: 'Validation set', exact: true }));
  const grid = page.getByRole('grid', { name: /Images of/ });
  await click(grid.getByRole('gridcell').nth(3));
  await press('ArrowDown', 3);
  await press('End');
  await press('Home');
  await press('Enter');
  await press('ArrowRight', 4);
  await press('Escape');
  await write(page.getByRole('searchbox', { name: 'File name' }), '002');
  await press('Backspace', 3);
  await choose('Class', 'washer');
  await choose('Class', 'Any class');
  await click(page.getByRole('switch', { name: 'Labels' }));
  await click(page.getByRole('switch', { name: 'Labels' }));
  await choose('Size of the pictures', 'Small');
  await choose('Size of the pictures', 'Medium');
  await tab('Statistics');
  await tab('Representative sample');
  await tab('Images');
}

async function convert() {
  await goTo('Convert');
  await tab('New run');
  await write(main.getByRole('spinbutton', { name: 'Images at most' }), '128');
  await click(main.getByRole('radio', { name: /^Entropy/ }));
  await click(main.getByRole('radio', { name: /^Least squared error/ }));
  await click(main.getByRole('button', { name: /^Measuring/ }));
  await write(main.getByRole('spinbutton', { name: 'Measured calls' }), '250');
  await write(main.getByRole('textbox', { name: 'Folder' }), 'engines/parts');
  await tab(/Runs/);
}

async function compare() {
  await goTo('Compare');
  for (const name of ['Classes', 'Time', 'Calibration', 'All runs', 'Two runs', 'Details', 'Overview']) {
    await tab(name);
    await pause(300);
  }
  await click(main.getByRole('button', { name: 'Table' }));
  await tab('Pictures');
  await click(page.getByRole('listbox').getByRole('option'));
  await press('ArrowDown', 8);
  await click(page.getByRole('radio', { name: 'Side by side' }).or(page.getByText('Side by side')));
  await page.getByRole('slider', { name: 'Score threshold' }).focus();
  await press('ArrowRight', 10);
  await click(page.getByRole('button', { name: /Ground truth/ }));
}

async function enginesAndSettings() {
  await goTo('Engines');
  await write(main.getByRole('searchbox').or(main.getByRole('textbox')), 'int8');
  await press('Backspace', 4);
  await click(main.getByRole('button', { name: /Actions for parts INT8/ }));
  await press('Escape');
  await goTo('Settings');
  for (const theme of [/Dark/, /Light/, /system/i]) await click(main.getByRole('radio', { name: theme }));
}

async function palette() {
  for (const words of ['compare', 'models', 'valid']) {
    await press('ControlOrMeta+K');
    await type(words);
    await press('ArrowDown', 2);
    await press('Escape');
  }
  await press('?');
  await press('Escape');
  for (const digit of [1, 2, 3, 4, 5]) {
    await press(`Alt+${digit}`);
    await pause(300);
  }
}

printLoad('at the start');
await window.openSample();
const form = new ConvertPlace(window);
await form.keepItShort();
await form.start();
await form.waitForState('Done');
await goTo('Models');
const before = await page.evaluate(() => {
  const count = globalThis.interactionsSoFar();
  globalThis.interactions.clear();
  return count;
});
for (const part of [models, images, convert, compare, enginesAndSettings, palette]) await part();
await pause(500);
const { count, told } = await page.evaluate(() => ({
  count: globalThis.interactionsSoFar(),
  told: [...globalThis.interactions.values()],
}));
const untold = Math.max(0, count - before - told.length);
const durations = [...told.map(({ duration }) => duration), ...Array(untold).fill(untoldMs)];
figure('interaction to next paint, p95', quantile(durations, 0.95), 'ms', {
  limit: limitMs,
  note: `of ${durations.length} interactions`,
});
figure('interaction to next paint, p50', quantile(durations, 0.5), 'ms');
figure('interaction to next paint, slowest', Math.max(...durations), 'ms');
for (const { duration, name, on, place } of told.sort((a, b) => b.duration - a.duration).slice(0, 6)) {
  console.log(`  ${duration} ms: ${name} in ${place} on "${on}"`);
}
printLoad('at the end');
settle();
