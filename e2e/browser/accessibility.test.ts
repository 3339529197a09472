/** WCAG A and AA by axe in every place, light and dark, empty and with the sample open. */

import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserNote, chromiumPath, launchBrowser, openPage } from '../harness/browser.ts';
import { haveBuild, type ServedHost, serve } from '../harness/served-host.ts';
import { AppWindow, type PlaceName } from './pages.ts';

const places: readonly PlaceName[] = ['Models', 'Images', 'Convert', 'Compare', 'Engines', 'Settings'];

describe.skipIf(!haveBuild || !chromiumPath)(`accessibility${browserNote}`, { timeout: 180_000 }, () => {
  let host: ServedHost;
  let browser: Browser;
  beforeAll(async () => {
    host = await serve();
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await host?.[Symbol.asyncDispose]();
  });

  it.each(['light', 'dark'] as const)('axe finds nothing in any place, %s', async (theme) => {
    const { page, context } = await openPage(browser, host.url, { width: 1440, height: 900, theme });
    const window = new AppWindow(page);
    const found: string[] = [];
    const look = async (state: string) => {
      for (const place of places) {
        await window.goTo(place);
        await page.waitForTimeout(400);
        const { violations } = await new AxeBuilder({ page })
          .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'])
          .analyze();
        for (const { id, nodes } of violations) {
          found.push(
            `${place}, ${state}: ${id} at ${nodes.map(({ target }) => target.join(' ')).join('; ')}`,
          );
        }
      }
    };
    await look('empty');
    await window.openSample();
    await look('with the sample');
    expect(found).toEqual([]);
    await context.close();
  });
});
