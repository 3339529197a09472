/**
 * Makes a clone ready to run: Node packages, build tools, the native addon and the compiled TypeScript. Installs what
 * is missing and says so; does nothing that has been done before.
 */

import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages, isOnPath, root, run, say, stop, works } from './steps.mjs';

/** Programs needed to compile the addon: any one of `programs` will do. */
const buildTools = [
  { purpose: 'a C++17 compiler', programs: ['g++', 'clang++', 'c++', 'cl'], package: 'g++' },
  { purpose: 'cmake 3.15 or newer', programs: ['cmake'], package: 'cmake' },
  { purpose: 'make or ninja', programs: ['make', 'ninja', 'nmake'], package: 'make' },
];

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    stop(
      `Engine Room needs Node 20.19 or newer; this is ${process.versions.node}.`,
      'Install a newer Node from nodejs.org or your system.',
    );
  }
}

function modified(path) {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Runs npm, the one that runs us if there is one. True when it ends with 0. */
function npm(...args) {
  const program = process.env.npm_execpath;
  if (program?.endsWith('.js')) return run(process.execPath, [program, ...args]);
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args);
}

function installNodePackages() {
  // npm writes this file last, so an interrupted installation counts as none.
  if (modified('node_modules/.package-lock.json') >= modified('package-lock.json')) return;
  say('installing Node packages (npm ci)');
  // No package here needs its install script; onnxruntime-node's would fetch CUDA libraries.
  if (!npm('ci', '--ignore-scripts', '--no-fund', '--no-audit', '--loglevel=error')) {
    stop('The Node packages could not be installed.', 'Check the network and run "npm ci" again.');
  }
}

/** The Node that the host runs on. Its package brings the program with an install script, the only one that is run. */
function installHostNode() {
  const program = process.platform === 'win32' ? 'node.exe' : 'node';
  const installed = () => works(join(root, 'node_modules', 'node', 'bin', program), ['--version']);
  if (installed()) return;
  say('installing the Node that the host runs on (npm rebuild node)');
  npm('rebuild', 'node', '--no-fund', '--no-audit', '--loglevel=error');
  if (!installed()) {
    say(
      'it could not be installed: the window does not start, and "engineroom serve" needs Node 22.13 or newer',
    );
  }
}

function checkBuildTools() {
  const missing = buildTools.filter(({ programs }) => !programs.some(isOnPath));
  // On Windows the compiler is found by cmake in its installation, not on PATH.
  if (missing.length === 0 || process.platform === 'win32') return;
  if (installPackages(missing.map((tool) => tool.package))) return;
  stop(
    `To compile the native addon, ${missing.map((tool) => tool.purpose).join(' and ')} must be installed.`,
    process.platform === 'darwin'
      ? 'Run "xcode-select --install" and "brew install cmake", then try again.'
      : `On Debian or Ubuntu: sudo apt-get install ${missing.map((tool) => tool.package).join(' ')}`,
  );
}

function compile() {
  const script = (path) => [join(root, ...path.split('/'))];
  if (!run(process.execPath, script('scripts/build-native.mjs'))) process.exit(1);
  const tsc = spawnSync(
    process.execPath,
    [...script('node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
    { cwd: root, stdio: 'inherit' },
  );
  if (tsc.status !== 0)
    stop('The TypeScript sources do not compile.', 'Mend the errors above and try again.');
}

/** Everything that `engineroom` needs to run from this clone. Ends the program with a sentence when it cannot. */
export function bootstrap() {
  checkNode();
  installNodePackages();
  installHostNode();
  checkBuildTools();
  compile();
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  bootstrap();
  if (!works(process.execPath, [join(root, 'dist', 'main', 'cli', 'engineroom.js'), '--help'])) {
    stop('The compiled command does not start.', 'Run: node dist/main/cli/engineroom.js --help');
  }
  say('ready: node dist/main/cli/engineroom.js --help');
}
