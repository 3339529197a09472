/// <reference lib="dom" />

/** The window as a person sees it: places, dialogs and what is done in them. Tests say what, these say how. */

import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Locator, Page } from 'playwright';
import { expect } from 'vitest';
import { sample } from '../harness/served-host.ts';

export const samplePaths = {
  model: join(sample, 'parts.onnx'),
  calibration: join(sample, 'images', 'calibration'),
  validation: join(sample, 'images', 'validation'),
  labels: join(sample, 'annotations', 'validation.json'),
} as const;

export type PlaceName = 'Models' | 'Images' | 'Convert' | 'Compare' | 'Engines' | 'Settings';

/** A file as it is dropped: its name, and bytes or the path of a file that has them. */
export interface DroppedFile {
  readonly name: string;
  readonly contents: Buffer | string;
}

export function fileAt(path: string): DroppedFile {
  return { name: basename(path), contents: readFileSync(path) };
}

export class AppWindow {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(30_000);
  }

  async goTo(place: PlaceName): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: place }).click();
    await this.page.getByRole('main', { name: place }).waitFor();
  }

  /** Drops files onto the middle of the window, as from a file manager. */
  async drop(files: readonly DroppedFile[]): Promise<void> {
    const encoded = files.map(({ name, contents }) => ({
      name,
      base64: Buffer.from(contents).toString('base64'),
    }));
    const transfer = await this.page.evaluateHandle((list) => {
      const data = new DataTransfer();
      for (const { name, base64 } of list) {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        data.items.add(new File([bytes], name));
      }
      return data;
    }, encoded);
    for (const type of ['dragenter', 'dragover', 'drop']) {
      await this.page.locator('body').dispatchEvent(type, { dataTransfer: transfer });
    }
  }

  /** Answers the dialog that asks for a path on the host. */
  async choosePath(path: string): Promise<void> {
    const dialog = this.page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: /type the path/ }).fill(path);
    await dialog.getByRole('button', { name: /^(Use|Open)/ }).click();
    await dialog.waitFor({ state: 'hidden' });
  }

  /** The newest notice in the corner or an alert in the page, as one text. */
  notice(text: string | RegExp): Locator {
    return this.page.getByText(text).first();
  }

  /** Opens the dialog that asks for a model, from whichever state the place is in. */
  async askForModel(): Promise<void> {
    await this.goTo('Models');
    const main = this.page.getByRole('main');
    const button = main.getByRole('button', { name: /^(Choose|Open) (a|another) model…$/ });
    const menu = main.getByRole('button', { name: 'More about this model' });
    await button.or(menu).first().waitFor();
    if (await menu.isVisible()) {
      await menu.click();
      await this.page.getByRole('menuitem', { name: 'Open another model…' }).click();
    } else {
      await button.click();
    }
  }

  async openModel(path: string): Promise<void> {
    await this.askForModel();
    await this.choosePath(path);
    await this.page.getByRole('heading', { name: basename(path), level: 1 }).waitFor();
  }

  async chooseImages(slot: 'Calibration' | 'Validation', path: string): Promise<void> {
    await this.goTo('Images');
    const region = this.page.getByRole('region', { name: `${slot} set` });
    await region.getByRole('button', { name: 'Choose images…' }).click();
    await this.choosePath(path);
    await region.getByText(/\d+ usable images/).waitFor();
  }

  async addLabels(path: string): Promise<void> {
    await this.goTo('Images');
    const region = this.page.getByRole('region', { name: 'Validation set' });
    await region.getByRole('button', { name: 'Add labels…' }).click();
    await this.choosePath(path);
    await region.getByText(/labels: /).waitFor();
  }

  /** Model, both sets and labels of the sample. */
  async openSample(): Promise<void> {
    await this.openModel(samplePaths.model);
    await this.chooseImages('Calibration', samplePaths.calibration);
    await this.chooseImages('Validation', samplePaths.validation);
    await this.addLabels(samplePaths.labels);
  }
}

export class ConvertPlace {
  readonly window: AppWindow;
  readonly #main: Locator;

  constructor(window: AppWindow) {
    this.window = window;
    this.#main = window.page.getByRole('main', { name: 'Convert' });
  }

  /** Few images and calls: the way through counts here, not the figures. */
  async keepItShort(measuredCalls = 5): Promise<void> {
    await this.window.goTo('Convert');
    await this.set('Images at most', '16');
    await this.#main.getByRole('button', { name: /^Measuring/ }).click();
    await this.set('Measured calls', String(measuredCalls));
    await this.set('Warm-up calls', '1');
    await this.set('Images end to end', '2');
    await this.set('Validation images at most', '16');
  }

  async set(field: string, value: string): Promise<void> {
    await this.#main.getByRole('spinbutton', { name: field }).fill(value);
  }

  command(): Promise<string> {
    return this.#main.getByRole('region', { name: 'The same on the command line' }).innerText();
  }

  async start(): Promise<void> {
    await this.#main.getByRole('button', { name: 'Start the conversion' }).click();
    await this.run().waitFor();
  }

  /** What is shown of the chosen run. */
  run(): Locator {
    return this.#main.getByRole('article', { name: /^Run of / });
  }

  async waitForState(state: string, timeout = 120_000): Promise<void> {
    await this.run().getByText(state, { exact: true }).first().waitFor({ timeout });
  }

  async stop(): Promise<void> {
    await this.run().getByRole('button', { name: 'Stop' }).click();
    // Asked only when something would be lost.
    const confirm = this.window.page.getByRole('alertdialog').getByRole('button', { name: /^Stop/ });
    if (await confirm.isVisible({ timeout: 500 }).catch(() => false)) await confirm.click();
  }
}

/** What every scenario ends with: nothing that the page itself calls an error. */
export function expectNoErrors(errors: readonly string[]): void {
  expect(errors.filter((error) => !/net::ERR_|WebSocket connection/.test(error))).toEqual([]);
}
