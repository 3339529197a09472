/**
 * `npm start`: opens the window from source, with the arguments given (`npm start -- path/to/model.onnx`). Builds what
 * is missing or older than its sources, and downloads Electron the first time.
 */

import { spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedElectron, findElectron } from './electron-fetch.mjs';
import { childEnvironment, root, run, say, stop } from './steps.mjs';

function modified(path) {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** When the newest source below these folders was changed; tests do not count. */
function newest(folders) {
  let latest = 0;
  for (const folder of folders) {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (entry.name !== 'node_modules' && entry.name !== 'build')
          latest = Math.max(latest, newest([path]));
      } else if (/\.(?:ts|tsx|css|html|svg)$/.test(entry.name) && !entry.name.includes('.test.')) {
        latest = Math.max(latest, modified(path));
      }
    }
  }
  return latest;
}

const node = (script, ...args) => run(process.execPath, [join(root, ...script.split('/')), ...args]);

/** Builds the window's parts that are older than their sources. True when all are there. */
export function buildWindow() {
  const vite = (...args) => node('node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn', ...args);
  const steps = [
    [
      'host',
      'dist/main/host/entry.js',
      ['contract', 'core', 'native', 'main'],
      () => node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'),
    ],
    [
      'main process',
      'dist/desktop/preload.cjs',
      ['contract', 'main/desktop', 'preload'],
      () => node('scripts/build-desktop.mjs'),
    ],
    ['renderer', 'dist/renderer/index.html', ['contract', 'renderer'], () => vite()],
    [
      'renderer for old Electron',
      'dist/renderer-chrome83/index.html',
      ['contract', 'renderer'],
      () => vite('--mode', 'chrome83'),
    ],
  ];
  return steps.every(([name, output, sources, build]) => {
    if (modified(output) >= newest(sources)) return true;
    say(`building the ${name}`);
    return build();
  });
}

/** Downloads the Electron that npm's package names, where its place of origin can be reached. */
function downloadElectron() {
  say('downloading Electron');
  node('node_modules/electron/install.js');
}

function start() {
  if (!buildWindow()) stop('The window could not be built.', 'Mend the errors above and try again.');
  const known = findElectron();
  if (!known || known.dist === cachedElectron.dist) downloadElectron();
  const electron = findElectron();
  if (!electron) {
    stop(
      'Electron could not be downloaded.',
      'Check the network, or name a folder with one in ELECTRON_OVERRIDE_DIST_PATH.',
    );
  }
  if (electron.dist === cachedElectron.dist) {
    say(
      `no current Electron can be had here; this is ${electron.version}, meant for tests: looks may be off`,
    );
  }
  // Chromium's sandbox does not start for root on Linux.
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
  const args = [...(isRoot ? ['--no-sandbox'] : []), root, ...process.argv.slice(2)];
  const window = spawn(electron.executable, args, { stdio: 'inherit', env: childEnvironment() });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => window.kill(signal));
  window.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) start();
