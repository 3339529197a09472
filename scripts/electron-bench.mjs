/** `npm run bench:window [-- STARTS]`: how fast the desktop starts, from source and packaged if it has been packaged. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { prepareElectron, screenPrefix } from './electron-fetch.mjs';
import { packagedApp } from './electron-package.mjs';
import { buildWindow } from './electron-start.mjs';
import { root, run, say, stop } from './steps.mjs';

const starts = process.argv[2] ?? '7';
const { electron, problem } = prepareElectron();
if (problem) stop(`There is no Electron to measure: ${problem}.`, 'Name one in ELECTRON_OVERRIDE_DIST_PATH.');
if (!buildWindow()) stop('The window could not be built.', 'Mend the errors above and try again.');

function measure(name, ...command) {
  const script = join(root, 'dist', 'bench', 'window', 'window-start.js');
  const [program, ...args] = [...screenPrefix(), process.execPath, script, name, starts, ...command];
  if (!run(program, args)) process.exitCode = 1;
}

say(`Electron ${electron.version}`);
measure('from source', electron.executable, root);
const { executable } = packagedApp();
if (existsSync(executable)) measure('packaged', executable);
