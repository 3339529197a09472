/**
 * Finds a Chromium for the browser tests: ENGINEROOM_CHROMIUM, one on the machine, or Debian's package, which root
 * installs when it is missing. Tests that need it skip, and say so, where none can be had.
 */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { say } from './steps.mjs';

const places = [
  process.env.ENGINEROOM_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

function installed() {
  return places.find((path) => path !== undefined && existsSync(path));
}

/** Path of a Chromium, or why there is none. */
export function prepareChromium() {
  const found = installed();
  if (found !== undefined) return { path: found };
  const isDebian = process.platform === 'linux' && existsSync('/usr/bin/apt-get');
  if (!isDebian || process.getuid?.() !== 0) {
    return { problem: 'no Chromium on this machine; set ENGINEROOM_CHROMIUM to one' };
  }
  say('installing Chromium for the browser tests (apt-get)');
  const options = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  spawnSync('apt-get', ['update'], options);
  spawnSync(
    'apt-get',
    ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'],
    options,
  );
  const path = installed();
  return path === undefined ? { problem: 'apt-get could not install chromium' } : { path };
}
