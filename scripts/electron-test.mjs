/**
 * `npm run test:electron`: the smoke test in a real Electron window, from source and from the packaged folder, on a
 * virtual screen where there is none. Where no Electron can be had it is skipped, with one line that says so.
 * Arguments go to vitest.
 */

import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareElectron, screenPrefix } from './electron-fetch.mjs';
import { packageDesktop, packagedApp } from './electron-package.mjs';
import { cache, root, run, say } from './steps.mjs';

/** Where vitest writes its counts. */
export const electronResults = join(cache, 'vitest-electron.json');

/**
 * Runs the smoke test. `{ passed }`, or `{ problem }` with one sentence when there is no Electron.
 * @param args for vitest
 */
export function testElectron(args = []) {
  rmSync(electronResults, { force: true });
  const { electron, problem } = prepareElectron();
  if (problem) return { problem };
  say(`testing the window in Electron ${electron.version}`);
  const packaged = packageDesktop(['--dir'], { forTests: true });
  if (!packaged) say('the desktop app could not be packaged');
  mkdirSync(cache, { recursive: true });
  const [program, ...rest] = [
    ...screenPrefix(),
    process.execPath,
    join(root, 'node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--config=e2e/electron/vitest.config.ts',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${electronResults}`,
    ...args,
  ];
  const env = {
    ENGINEROOM_ELECTRON: electron.executable,
    ...(packaged ? { ENGINEROOM_PACKAGED: packagedApp().executable } : {}),
  };
  return { passed: run(program, rest, { env }) && packaged };
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { passed, problem } = testElectron(process.argv.slice(2));
  if (problem) say(`the smoke test in Electron is SKIPPED: ${problem}`);
  else if (!passed) process.exitCode = 1;
}
