/**
 * Lets Playwright drive a Chromium older than it supports: what its injected code misses there is added to every
 * script context as it comes into being, the page's and Playwright's own.
 */

import type { ElectronApplication, Page } from 'playwright';

/** Runs in the page; must stand on its own and use only what Chromium 83 has. */
const additions = `(() => {
  const add = (owner, name, value) => {
    if (!(name in owner)) Object.defineProperty(owner, name, { value, writable: true, configurable: true });
  };
  add(Object, 'hasOwn', (object, key) => Object.prototype.hasOwnProperty.call(object, key));
  for (const type of [Array, String]) {
    add(type.prototype, 'at', function (index) {
      const whole = Math.trunc(index) || 0;
      return this[whole < 0 ? this.length + whole : whole];
    });
  }
  add(String.prototype, 'replaceAll', function (what, by) {
    return what instanceof RegExp ? this.replace(what, by) : this.split(what).join(by);
  });
  if (typeof Element !== 'undefined') {
    add(Element.prototype, 'replaceChildren', function (...children) {
      this.textContent = '';
      this.append(...children);
    });
    add(Element.prototype, 'checkVisibility', function () {
      let element = this;
      while (element) {
        if (getComputedStyle(element).display === 'none') return false;
        const above = element.parentElement || element.getRootNode().host;
        element = above instanceof Element ? above : null;
      }
      return this.isConnected;
    });
  }
})()`;

/** Chromium's version from which Playwright needs no help. */
const firstGoodChromium = 105;

export async function chromiumVersion(app: ElectronApplication): Promise<number> {
  return Number.parseInt(await app.evaluate(() => process.versions.chrome ?? '0'), 10);
}

/** Call before the first locator of a page. */
export async function helpOldChromium(app: ElectronApplication, page: Page): Promise<void> {
  if ((await chromiumVersion(app)) >= firstGoodChromium) return;
  const session = await app.context().newCDPSession(page);
  session.on('Runtime.executionContextCreated', ({ context }) => {
    // A context may be gone again before it is reached.
    session.send('Runtime.evaluate', { contextId: context.id, expression: additions }).catch(() => undefined);
  });
  await session.send('Runtime.enable');
}
