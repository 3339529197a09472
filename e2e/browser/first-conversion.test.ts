/** The reason to use the product, as a person would: drop a model, point at images, convert, compare, take it away. */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserNote, chromiumPath, launchBrowser, type OpenedPage, openPage } from '../harness/browser.ts';
import { haveBuild, type ServedHost, serve } from '../harness/served-host.ts';
import { AppWindow, ConvertPlace, expectNoErrors, fileAt, samplePaths } from './pages.ts';

describe.skipIf(!haveBuild || !chromiumPath)(
  `the first conversion${browserNote}`,
  { timeout: 180_000 },
  () => {
    let host: ServedHost;
    let browser: Browser;
    let opened: OpenedPage;
    let window: AppWindow;
    const taken = mkdtempSync(join(tmpdir(), 'engineroom-taken-'));

    beforeAll(async () => {
      host = await serve({ roots: [join(samplePaths.model, '..'), taken] });
      browser = await launchBrowser();
      opened = await openPage(browser, host.url);
      window = new AppWindow(opened.page);
    });
    afterAll(async () => {
      await browser?.close();
      await host?.[Symbol.asyncDispose]();
      rmSync(taken, { recursive: true, force: true });
    });

    it('hides the token from the address once the page has it', () => {
      expect(opened.page.url()).not.toContain('token=');
    });

    it('given a model dropped anywhere, shows at once what it is', async () => {
      await window.goTo('Engines');
      await window.drop([fileAt(samplePaths.model)]);
      const main = opened.page.getByRole('main', { name: 'Models' });
      await main.getByRole('heading', { name: 'parts.onnx' }).waitFor();
      for (const text of ['YOLOv5', 'batch × 3 × height × width', 'washer']) {
        await main.getByText(text).first().waitFor();
      }
    });

    it('draws its graph and finds a node in it', async () => {
      const page = opened.page;
      await page.getByRole('tab', { name: /Graph/ }).click();
      await page.getByRole('application', { name: /Graph of parts.onnx/ }).waitFor();
      await page.getByRole('textbox', { name: /Find a node/ }).fill('MaxPool');
      await page.getByRole('button', { name: 'Next match' }).click();
      await page.getByText(/^[123] of 3$/).waitFor();
    });

    it('given two folders and labels, says that everything is there', async () => {
      await window.chooseImages('Calibration', samplePaths.calibration);
      await window.chooseImages('Validation', samplePaths.validation);
      await window.addLabels(samplePaths.labels);
      await window.goTo('Convert');
      await opened.page.getByText('Everything is there.').waitFor();
    });

    it('shows the command line that equals the form', async () => {
      const convert = new ConvertPlace(window);
      await convert.keepItShort();
      await expect.poll(() => convert.command()).toMatch(/engineroom convert .*--calibration-limit 16/s);
      expect(await convert.command()).toContain('--runs 5');
    });

    it('when started, tells steps and progress and ends done', async () => {
      const convert = new ConvertPlace(window);
      await convert.start();
      await convert
        .run()
        .getByText(/Calibrate on 16 images/)
        .waitFor();
      await convert.waitForState('Done');
      await convert.run().getByRole('button', { name: 'Compare' }).click();
    });

    it('then compares the three precisions in words, charts and tables', async () => {
      const main = opened.page.getByRole('main', { name: 'Compare' });
      await main
        .getByText(/INT8.*of the size/s)
        .first()
        .waitFor();
      const accuracy = main.getByRole('table', { name: /Accuracy/ });
      const rows = await accuracy.getByRole('row').allInnerTexts();
      expect(rows).toHaveLength(4);
      for (const precision of ['FP32', 'FP16', 'INT8']) {
        expect(rows.some((row) => new RegExp(`${precision}.*0\\.9\\d`, 's').test(row))).toBe(true);
      }
    });

    it('shows one image in two precisions, with the list of those that differ', async () => {
      const page = opened.page;
      await page.getByRole('tab', { name: 'Pictures' }).click();
      await page.getByRole('main').locator('img, canvas, image').first().waitFor();
      await page
        .getByRole('main')
        .getByText(/parts_\d+\.jpg/)
        .first()
        .waitFor();
    });

    it('gives every chart as CSV and the whole as a report', async () => {
      const page = opened.page;
      await page.getByRole('tab', { name: 'Overview' }).click();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('main').getByText('CSV', { exact: true }).first().click(),
      ]);
      expect(download.suggestedFilename()).toMatch(/\.csv$/);
    });

    it('verifies the engines and exports one with its manifest', async () => {
      await window.goTo('Engines');
      const page = opened.page;
      await page.getByRole('button', { name: 'Verify all' }).click();
      await expect
        .poll(
          async () => (await page.getByRole('main').innerText()).match(/whole|verified|same/gi)?.length ?? 0,
        )
        .toBeGreaterThanOrEqual(3);
      await page.getByRole('button', { name: 'Actions for parts INT8' }).click();
      await page.getByRole('menuitem', { name: /Export/ }).click();
      await window.choosePath(taken);
      await expect
        .poll(() => readdirSync(taken, { recursive: true }).map(String).join(' '))
        .toMatch(/parts-int8\.engine\.json/);
    });

    it('made no error that the page noticed', () => {
      expectNoErrors(opened.errors);
    });
  },
);
