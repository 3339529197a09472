/**
 * Draws docs/images/report.png from a report: `node scripts/picture-report.mjs [REPORT.html] [PICTURE.png]`.
 * Uses the Chromium or Chrome of this machine (or $CHROME).
 */

import { mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isOnPath, root, runQuietly, stop } from './steps.mjs';

const report = resolve(process.argv[2] ?? join(root, 'out', 'sample', 'report.html'));
const picture = resolve(process.argv[3] ?? join(root, 'docs', 'images', 'report.png'));
const browser =
  process.env.CHROME ?? ['chromium', 'chromium-browser', 'google-chrome', 'chrome'].find(isOnPath);

if (!statSync(report, { throwIfNoEntry: false })) {
  stop(`${report} does not exist.`, 'Run "npm run sample" first.');
}
if (!browser) stop('No Chromium or Chrome is on PATH.', 'Install one, or name it in $CHROME.');
mkdirSync(dirname(picture), { recursive: true });
const drawn = runQuietly(browser, [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--hide-scrollbars',
  '--force-device-scale-factor=1',
  '--window-size=1440,1500',
  `--screenshot=${picture}`,
  pathToFileURL(report).href,
]);
if (!drawn) stop(`${browser} did not draw ${report}.`, 'Its own message is above.');
console.log(picture);
