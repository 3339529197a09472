/** What a person may drop or open by mistake: always a sentence and a remedy, never a blank page. */

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserNote, chromiumPath, launchBrowser, type OpenedPage, openPage } from '../harness/browser.ts';
import { haveBuild, type ServedHost, serve } from '../harness/served-host.ts';
import { AppWindow, type DroppedFile, samplePaths } from './pages.ts';

const text = (name: string): DroppedFile => ({ name, contents: 'not what its name says' });

describe.skipIf(!haveBuild || !chromiumPath)(`bad input${browserNote}`, () => {
  let host: ServedHost;
  let browser: Browser;
  let opened: OpenedPage;
  let window: AppWindow;
  const folder = mkdtempSync(join(tmpdir(), 'engineroom-bad-'));

  beforeAll(async () => {
    host = await serve({ roots: [join(samplePaths.model, '..'), folder] });
    browser = await launchBrowser();
    opened = await openPage(browser, host.url);
    window = new AppWindow(opened.page);
  });
  afterAll(async () => {
    await browser?.close();
    await host?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ['a PyTorch checkpoint', [text('best.pt')], /best\.pt/, /format=onnx/],
    ['a TensorRT engine', [text('yolo.engine')], /TensorRT/, /ONNX|built/],
    [
      'fifty files of all kinds',
      Array.from({ length: 50 }, (_, i) => text(`f${i}.${['pt', 'txt', 'zip'][i % 3]}`)),
      /50 files/,
      /\.onnx/,
    ],
    ['an empty model', [{ name: 'empty.onnx', contents: '' }], /empty\.onnx/, /./],
    [
      'a file that only claims to be a model',
      [text('fake.onnx')],
      /fake\.onnx is not an ONNX model/,
      /\.onnx/,
    ],
  ] as const)('%s is answered with what it is and what to do', async (_, files, sentence, remedy) => {
    await window.drop(files);
    await window.notice(sentence).waitFor();
    expect(await opened.page.locator('body').innerText()).toMatch(remedy);
    await opened.page.keyboard.press('Escape');
  });

  it('a truncated model is named as damaged', async () => {
    const whole = readFileSync(samplePaths.model);
    await window.drop([{ name: 'half.onnx', contents: whole.subarray(0, whole.length / 2) }]);
    await window.notice(/half\.onnx/).waitFor();
    await window.notice(/damaged|truncated|again/i).waitFor();
  });

  it('a path with spaces and non-Latin letters is as good as any', async () => {
    const path = join(folder, 'детали и 部品', 'parts copy.onnx');
    mkdirSync(join(path, '..'), { recursive: true });
    cpSync(samplePaths.model, path);
    await window.openModel(path);
  });

  it('a folder without images says what was found and what is taken', async () => {
    const empty = join(folder, 'texts');
    mkdirSync(empty);
    writeFileSync(join(empty, 'a.txt'), 'no image');
    await window.goTo('Images');
    const region = opened.page.getByRole('region', { name: 'Calibration set' });
    await region.getByRole('button', { name: 'Choose images…' }).click();
    await window.choosePath(empty);
    await opened.page
      .getByText(/no image/i)
      .first()
      .waitFor();
    expect(await opened.page.locator('body').innerText()).toMatch(/JPEG|PNG/);
  });

  it('a path outside the allowed folders is refused by name', async () => {
    await window.askForModel();
    const dialog = opened.page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: /type the path/ }).fill('/etc/passwd');
    await dialog.getByRole('button', { name: /^(Use|Open)/ }).click();
    await opened.page
      .getByText(/\/etc\/passwd/)
      .first()
      .waitFor();
  });

  it.each(['', '?token=wrong'])(
    'without the right token (%j) nothing is shown, and how to get in is',
    async (query) => {
      const stranger = await openPage(browser, `http://127.0.0.1:${host.port}/${query}`);
      await stranger.page.getByText(/token/i).first().waitFor();
      expect(await stranger.page.getByRole('navigation').count()).toBe(0);
      await stranger.context.close();
    },
  );
});
