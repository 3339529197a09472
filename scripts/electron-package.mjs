/**
 * `npm run package`: builds the desktop app for this system into out/desktop. Arguments go to electron-builder, e.g.
 * `npm run package -- --linux AppImage`; without any it makes the unpacked folder.
 */

import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { findElectron, prepareElectron } from './electron-fetch.mjs';
import { buildWindow } from './electron-start.mjs';
import { cache, root, run, runQuietly, say, stop, works } from './steps.mjs';

const stage = join(cache, 'package');
const stagedHost = join(stage, 'host');
const stagedNode = join(stage, 'node');
const firstElectronWithFuses = 12;
const compiledRooms = ['contract', 'core', 'main', 'native'];
const nodeProgram = process.platform === 'win32' ? 'node.exe' : 'node';

/** Compiled parts that only tests use. */
const testFolder = /[\\/]dist[\\/][\w\\/]*[\\/]testing(?:[\\/]|$)/;

/** An import of a package, not of a file or of a part of Node (`node:fs`). */
const packageImport = /\b(?:from|import|require\(|import\()\s*['"]((?:@[\w.-]+\/)?[\w-][\w.-]*)(?=['"/])/g;

/** Names of the packages that the compiled files below a folder import. */
function importedPackages(folder) {
  const names = new Set();
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.js') || testFolder.test(entry.parentPath)) continue;
    const text = readFileSync(join(entry.parentPath, entry.name), 'utf8');
    for (const [, name] of text.matchAll(packageImport)) names.add(name);
  }
  return names;
}

/** Folder of a package as a file in `from` would find it; undefined for what is not installed or comes with Node. */
function packageFolder(name, from) {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (folder === root || dirname(folder) === folder) return undefined;
  }
}

/** Folders of packages and all that they need at run time, relative to the root. */
function closure(names) {
  const found = new Set();
  const visit = (name, from) => {
    const folder = packageFolder(name, from);
    if (!folder || found.has(folder)) return;
    found.add(folder);
    const { dependencies = {}, optionalDependencies = {} } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    );
    for (const needed of Object.keys({ ...dependencies, ...optionalDependencies })) visit(needed, folder);
  };
  for (const name of names) visit(name, root);
  return [...found].map((folder) => relative(root, folder)).sort();
}

/** False for what nothing needs to run: types, maps, parts of tests, and ONNX Runtime for other systems. */
function isNeeded(path) {
  if (/\.(?:map|d\.[cm]?ts)$/.test(path) || testFolder.test(path)) return false;
  const binary = /onnxruntime-node\/bin\/napi-v\d+\/([^/]+)(?:\/([^/]+))?/.exec(path.split(sep).join('/'));
  if (!binary) return true;
  const [, platform, arch] = binary;
  return platform === process.platform && (arch === undefined || arch === process.arch);
}

/** Lays out what goes beside the app: the compiled host with its packages, and the Node that it runs on. */
function stageHost() {
  rmSync(stage, { recursive: true, force: true });
  const names = new Set();
  for (const room of compiledRooms) {
    const from = join(root, 'dist', room);
    for (const name of importedPackages(from)) names.add(name);
    cpSync(from, join(stagedHost, 'dist', room), {
      recursive: true,
      filter: isNeeded,
    });
  }
  names.delete('electron');
  for (const folder of closure(names)) {
    cpSync(join(root, folder), join(stagedHost, folder), {
      recursive: true,
      // Packages inside a package are in the closure themselves, where they are needed.
      filter: (path) => isNeeded(path) && !(basename(path) === 'node_modules' && path !== join(root, folder)),
    });
  }
  const addon = join('native', 'build', 'Release', 'engineroom.node');
  mkdirSync(dirname(join(stagedHost, addon)), { recursive: true });
  copyFileSync(join(root, addon), join(stagedHost, addon));
  copyFileSync(join(root, 'package.json'), join(stagedHost, 'package.json'));

  mkdirSync(stagedNode, { recursive: true });
  copyFileSync(join(root, 'node_modules', 'node', 'bin', nodeProgram), join(stagedNode, nodeProgram));
  chmodSync(join(stagedNode, nodeProgram), 0o755);
}

/** The staged host must run by itself, or the package would not. */
function checkStagedHost() {
  const command = join(stagedHost, 'dist', 'main', 'cli', 'engineroom.js');
  if (!works(join(stagedNode, nodeProgram), [command, 'doctor', '--json'])) {
    stop('The staged host does not run.', `Try: ${join(stagedNode, nodeProgram)} ${command} doctor`);
  }
}

/**
 * The configuration for the Electron at hand, written beside the staged parts; its path. An Electron that is not there
 * is left to electron-builder, which downloads the one that package.json names.
 */
function writeConfiguration(forTests) {
  const configuration = parse(readFileSync(join(root, 'electron-builder.yml'), 'utf8'));
  const electron = findElectron() ?? prepareElectron().electron;
  if (electron) {
    configuration.electronDist = electron.dist;
    configuration.electronVersion = electron.version;
  }
  // The tests drive the app through Node's inspector.
  if (forTests) configuration.electronFuses.enableNodeCliInspectArguments = true;
  if (electron && Number.parseInt(electron.version, 10) < firstElectronWithFuses) {
    say(`packaging with Electron ${electron.version}, for tests only`);
    delete configuration.electronFuses;
    configuration.files = configuration.files.map((pattern) =>
      pattern === 'dist/renderer/**' ? 'dist/renderer-chrome83/**' : pattern,
    );
  }
  const path = join(stage, 'electron-builder.json');
  writeFileSync(path, JSON.stringify(configuration, null, 2));
  return path;
}

/** Where the unpacked app lies afterwards, and its program. */
export function packagedApp() {
  const folders = {
    linux: ['linux-unpacked', 'engineroom'],
    win32: ['win-unpacked', 'Engine Room.exe'],
    darwin: ['mac', join('Engine Room.app', 'Contents', 'MacOS', 'Engine Room')],
  };
  const [folder, program] = folders[process.platform] ?? folders.linux;
  const base = join(
    root,
    'out',
    'desktop',
    process.arch === 'x64' ? folder : folder.replace('-', `-${process.arch}-`),
  );
  return { folder: base, executable: join(base, program) };
}

/**
 * Builds, stages and packages. True when electron-builder is content.
 * @param args for electron-builder
 * @param forTests leaves the door open through which tests drive the app
 */
export function packageDesktop(args, { forTests = false } = {}) {
  if (!buildWindow()) stop('The window could not be built.', 'Mend the errors above and try again.');
  say('staging the host');
  stageHost();
  checkStagedHost();
  say('packaging');
  const builder = join(root, 'node_modules', 'electron-builder', 'cli.js');
  const targets = args.length > 0 ? args : ['--dir'];
  const configuration = writeConfiguration(forTests);
  // Its notes on the renderer's packages, which are not shipped, fill pages.
  const start = forTests ? runQuietly : run;
  return start(process.execPath, [builder, ...targets, '--publish', 'never', '--config', configuration]);
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  if (!packageDesktop(process.argv.slice(2))) process.exit(1);
  console.log(packagedApp().folder);
}
