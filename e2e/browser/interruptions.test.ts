/** What goes wrong in the middle: cancel, a host that is killed, a network that goes away, a second window. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserNote, chromiumPath, launchBrowser, openPage } from '../harness/browser.ts';
import { cuttableWire } from '../harness/cuttable-wire.ts';
import { haveBuild, serve } from '../harness/served-host.ts';
import { AppWindow, ConvertPlace, expectNoErrors } from './pages.ts';

// Real conversions on a shared machine: the waits inside have limits of their own.
const patience = { timeout: 240_000 };

describe.skipIf(!haveBuild || !chromiumPath)(`interruptions${browserNote}`, patience, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
  });

  it('a run is stopped on request and says so; two windows see the same', async () => {
    await using host = await serve();
    const [first, second] = [await openPage(browser, host.url), await openPage(browser, host.url)];
    const window = new AppWindow(first.page);
    await window.openSample();
    const convert = new ConvertPlace(window);
    await convert.keepItShort(5000);
    await convert.start();
    await convert
      .run()
      .getByText(/Calibrate on 16 images/)
      .waitFor();
    // The second window shows the run without having been told.
    const other = new AppWindow(second.page);
    await other.goTo('Convert');
    await second.page.getByRole('tab', { name: /Runs/ }).click();
    await second.page.getByRole('button', { name: /parts.onnx Running/ }).waitFor();
    await convert.stop();
    await convert.waitForState('Cancelled', 10_000);
    await second.page.getByRole('button', { name: /parts.onnx Cancelled/ }).waitFor({ timeout: 10_000 });
    expectNoErrors([...first.errors, ...second.errors]);
    await first.context.close();
    await second.context.close();
  });

  it('a host that is killed comes back with the run marked interrupted, and the run can be repeated', async () => {
    const dataFolder = mkdtempSync(join(tmpdir(), 'engineroom-killed-'));
    const host = await serve({ dataFolder });
    const { page, context } = await openPage(browser, host.url);
    const window = new AppWindow(page);
    await window.openSample();
    const convert = new ConvertPlace(window);
    await convert.keepItShort();
    await convert.start();
    await convert
      .run()
      .getByText(/Calibrate on 16 images/)
      .waitFor();
    await host.kill();
    await page.getByText(/connection to the host is interrupted/).waitFor();
    await using again = await serve({ dataFolder, port: host.port });
    // A new host has a new token: the old page says what to do, a new one goes on.
    await page.goto(again.url);
    await window.goTo('Convert');
    await page.getByRole('tab', { name: /Runs/ }).click();
    await page.getByRole('button', { name: /parts.onnx Interrupted/ }).click();
    await convert
      .run()
      .getByRole('button', { name: /Repeat|Run again|Start again/ })
      .first()
      .click();
    await page
      .getByRole('button', { name: /parts.onnx Running/ })
      .first()
      .waitFor();
    await page
      .getByRole('button', { name: /parts.onnx Done/ })
      .first()
      .waitFor({ timeout: 120_000 });
    await context.close();
    rmSync(dataFolder, { recursive: true, force: true });
  });

  it('when the network goes away the run goes on, and the page reconnects and catches up', async () => {
    await using host = await serve();
    const wire = await cuttableWire(() => host.port);
    // The page talks to the relay; its Host header is that of the host, as through a tunnel.
    const url = host.url.replace(`:${host.port}`, `:${wire.port}`);
    const { page, context } = await openPage(browser, url);
    const window = new AppWindow(page);
    await window.openSample();
    const convert = new ConvertPlace(window);
    await convert.keepItShort();
    await convert.start();
    await convert
      .run()
      .getByText(/Calibrate on 16 images/)
      .waitFor();
    wire.cut();
    await page.getByText(/connection to the host is interrupted/).waitFor();
    await page.waitForTimeout(3000);
    wire.mend();
    await page
      .getByRole('button', { name: 'Try now' })
      .click({ timeout: 2000 })
      .catch(() => undefined);
    await convert.waitForState('Done');
    expect(await convert.run().getByText(/INT8/).count()).toBeGreaterThan(0);
    await context.close();
    await wire.close();
  });
});
