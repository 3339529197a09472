/**
 * `npm run screenshots`: takes the pictures of the window for README and docs into docs/images/.
 *
 * Starts a real `engineroom serve` on a copy of the sample in a folder with a short name (its path is in the pictures),
 * opens it in Chromium, goes the way of a first conversion and takes every picture from what is really there. Needs
 * `npm run build`, and a Node that reads TypeScript, which is the one npm finds in node_modules/.bin.
 */

import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { prepareChromium } from './chromium.mjs';
import { root, say, stop } from './steps.mjs';

const chromium = prepareChromium();
if (chromium.problem) stop(`There is no browser to take pictures in: ${chromium.problem}.`, 'Install one.');
process.env.ENGINEROOM_CHROMIUM = chromium.path;
if (!process.features.typescript) {
  stop(`Node ${process.versions.node} does not read TypeScript.`, 'Use "npm run screenshots".');
}
const { launchBrowser, openPage } = await import('../e2e/harness/browser.ts');
const { haveBuild, serve } = await import('../e2e/harness/served-host.ts');
const { AppWindow, ConvertPlace } = await import('../e2e/browser/pages.ts');
if (!haveBuild) stop('The window has not been built.', 'Run "npm run build" first.');

const pictures = join(root, 'docs', 'images');
const largestBytes = 350_000;
const size = { width: 1440, height: 900 };

const project = join(tmpdir(), 'parts');
rmSync(project, { recursive: true, force: true });
const sample = join(root, 'assets', 'sample');
cpSync(join(sample, 'parts.onnx'), join(project, 'parts.onnx'));
cpSync(join(sample, 'images'), project, { recursive: true });
cpSync(join(sample, 'annotations', 'validation.json'), join(project, 'labels.json'));
mkdirSync(pictures, { recursive: true });

/** Waits until what is in sight has come and holds still. */
async function settle(page) {
  await page.mouse.move(size.width - 2, size.height - 2);
  await page.waitForLoadState('networkidle');
  await page.waitForFunction(
    () =>
      document.querySelector('main [aria-busy="true"]') === null &&
      [...document.images].every((image) => image.complete),
  );
  await page.waitForTimeout(600);
}

/** Writes a picture with as many colours as the limit allows. */
async function take(page, name, { settled = true } = {}) {
  if (settled) await settle(page);
  const raw = await page.screenshot();
  const path = join(pictures, `window-${name}.png`);
  for (const colours of [256, 128, 64]) {
    const { size: bytes } = await sharp(raw)
      .png({ palette: true, colours, effort: 10, compressionLevel: 9 })
      .toFile(path);
    if (bytes <= largestBytes) {
      say(`${path}: ${Math.round(bytes / 1000)} kB, ${colours} colours`);
      return;
    }
  }
  throw new Error(`${path} is larger than ${largestBytes} bytes.`);
}

const tab = (page, name) => page.getByRole('tab', { name }).click();

/** Opens what a person would, and looks at it before anything is converted. */
async function beforeConversion(window) {
  const { page } = window;
  await window.openModel(join(project, 'parts.onnx'));
  await take(page, 'models');
  await window.chooseImages('Calibration', join(project, 'calibration'));
  await window.chooseImages('Validation', join(project, 'validation'));
  await window.addLabels(join(project, 'labels.json'));
  await showValidationSet(window);
  await take(page, 'images');
  await window.goTo('Convert');
  await page.getByText('Everything is there.').waitFor();
  await take(page, 'convert');
}

async function showValidationSet({ page }) {
  await page.getByRole('button', { name: 'Validation set', exact: true }).click();
  await page.getByRole('grid', { name: 'Images of the validation set' }).waitFor();
}

async function conversion(window) {
  const convert = new ConvertPlace(window);
  await convert.start();
  await convert.run().getByText('INT8').first().waitFor();
  // In the second evaluation: steps are done, one is under way, others wait.
  await convert
    .run()
    .locator('[aria-current="step"]')
    .filter({ hasText: /Evaluate FP16.*image \d+ of/s })
    .waitFor({ timeout: 120_000 });
  await take(window.page, 'run', { settled: false });
  await convert.waitForState('Done', 300_000);
}

async function afterConversion(window) {
  const { page } = window;
  await window.goTo('Compare');
  await tab(page, 'Overview');
  await take(page, 'compare');
  await tab(page, 'Pictures');
  await page.getByRole('listbox').getByRole('option').nth(1).click();
  await take(page, 'pictures');
  await window.goTo('Engines');
  await take(page, 'engines');
  await window.goTo('Models');
  await tab(page, /Graph/);
  await page.getByRole('combobox', { name: 'Graph of' }).click();
  await page.getByRole('option', { name: /INT8/ }).first().click();
  await page.getByRole('application', { name: /Graph of/ }).waitFor();
  await take(page, 'graph');
}

async function inTheDark(window) {
  const { page } = window;
  await window.goTo('Compare');
  await tab(page, 'Overview');
  await take(page, 'compare-dark');
  await window.goTo('Images');
  await showValidationSet(window);
  await take(page, 'images-dark');
}

const host = await serve({ dataFolder: join(project, 'host'), roots: [project] });
const browser = await launchBrowser();
try {
  const light = await openPage(browser, host.url, { ...size, theme: 'light' });
  const window = new AppWindow(light.page);
  await beforeConversion(window);
  await conversion(window);
  await afterConversion(window);
  await light.page.emulateMedia({ colorScheme: 'dark' });
  await inTheDark(window);
} finally {
  await browser.close();
  await host[Symbol.asyncDispose]();
  rmSync(project, { recursive: true, force: true });
}
