/** One Chromium for a test file, at the sizes that the window is designed for. */

import { type Browser, type BrowserContext, chromium, type Page } from 'playwright';

export const chromiumPath = process.env.ENGINEROOM_CHROMIUM;
export const browserNote = chromiumPath ? '' : ' (skipped: ENGINEROOM_CHROMIUM names no Chromium)';

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export interface Look {
  readonly width: number;
  readonly height: number;
  readonly theme: 'light' | 'dark';
}

export const looks: readonly Look[] = [
  { width: 1440, height: 900, theme: 'light' },
  { width: 1440, height: 900, theme: 'dark' },
  { width: 1024, height: 700, theme: 'light' },
  { width: 1024, height: 700, theme: 'dark' },
];

export interface OpenedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page's console called an error, and uncaught exceptions; a test ends by expecting none. */
  readonly errors: string[];
}

export async function openPage(
  browser: Browser,
  url: string,
  look: Look = looks[0] as Look,
): Promise<OpenedPage> {
  const context = await browser.newContext({
    viewport: { width: look.width, height: look.height },
    colorScheme: look.theme,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(url);
  return { page, context, errors };
}
