/** Ten thousand images: the grid has the first at once, the last by one key, and any by its name. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserNote, chromiumPath, launchBrowser, type OpenedPage, openPage } from '../harness/browser.ts';
import { haveBuild, repository, type ServedHost, serve } from '../harness/served-host.ts';
import { AppWindow, expectNoErrors } from './pages.ts';

const count = 10_000;

describe.skipIf(!haveBuild || !chromiumPath)(`${count} images${browserNote}`, { timeout: 180_000 }, () => {
  let host: ServedHost;
  let browser: Browser;
  let opened: OpenedPage;
  let window: AppWindow;
  let set: Locator;
  let grid: Locator;
  const folder = mkdtempSync(join(tmpdir(), 'engineroom-many-'));

  /** The cell of an image, once its picture has come. */
  const pictureOf = async (name: string) => {
    const cell = grid.getByRole('gridcell').filter({ hasText: name });
    await expect
      .poll(() => cell.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth), {
        timeout: 30_000,
      })
      .toBeGreaterThan(0);
    return cell;
  };

  beforeAll(async () => {
    const maker = join(repository, 'bench', 'window', 'make-images.mjs');
    const made = spawnSync(process.execPath, [maker, String(count), folder], { encoding: 'utf8' });
    expect(made.status, made.stderr).toBe(0);
    host = await serve({ roots: [folder] });
    browser = await launchBrowser();
    opened = await openPage(browser, host.url);
    window = new AppWindow(opened.page);
    set = opened.page.getByRole('region', { name: 'Validation set' });
    grid = opened.page.getByRole('grid', { name: 'Images of the validation set' });
  });
  afterAll(async () => {
    await browser?.close();
    await host?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  it('given a large folder, shows its first pictures', async () => {
    await window.goTo('Images');
    await set.getByRole('button', { name: 'Choose images…' }).click();
    await window.choosePath(folder);
    await pictureOf('image-000000.jpg');
  });

  it('keeps in the page only what is in sight', async () => {
    await set.getByText(/usable images/).waitFor({ timeout: 120_000 });
    expect(await grid.getByRole('gridcell').count()).toBeLessThan(150);
    const columns = Number(await grid.getAttribute('aria-colcount'));
    expect(await grid.getAttribute('aria-rowcount')).toBe(String(Math.ceil(count / columns)));
  });

  it('when End is pressed, goes to the last image, and with Home back to the first', async () => {
    await grid.focus();
    await opened.page.keyboard.press('End');
    const last = await pictureOf('image-009999.jpg');
    expect(await last.getAttribute('aria-selected')).toBe('true');
    expect(await last.getAttribute('id')).toBe(await grid.getAttribute('aria-activedescendant'));
    await opened.page.keyboard.press('Home');
    await pictureOf('image-000000.jpg');
  });

  it('finds images by a part of their names', async () => {
    const filter = opened.page.getByRole('search', { name: 'Filter images' });
    await filter.getByRole('searchbox', { name: 'File name' }).fill('007123');
    await filter.getByText('1 of 10,000', { exact: true }).waitFor();
    await pictureOf('image-007123.jpg');
    expect(await grid.getByRole('gridcell').count()).toBe(1);
    await filter.getByRole('searchbox', { name: 'File name' }).fill('');
    await filter.getByText('10,000', { exact: true }).waitFor();
  });

  it('says which files cannot be read, and why', async () => {
    const { page } = opened;
    await page.getByRole('combobox', { name: 'State' }).click();
    await page.getByRole('option', { name: 'Unreadable (2)' }).click();
    for (const name of ['image-000011.jpg', 'image-005011.jpg']) {
      await grid
        .getByRole('gridcell')
        .filter({ hasText: name })
        .getByText(/Unreadable: \S/)
        .first()
        .waitFor();
    }
  });

  it('made no error that the page noticed', () => {
    expectNoErrors(opened.errors);
  });
});
