/**
 * `npm test`: prepares a bare clone, then formatter, linter, layer rule, types and all tests. The last line says how
 * many tests passed, failed and were skipped; the exit code is 0 only when nothing failed.
 */

import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { prepareChromium } from './chromium.mjs';
import { preparePython } from './python.mjs';
import { cache, root, run, say } from './steps.mjs';

/** Counts of two reports together. */
function sum(one, other) {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
  };
}

/** Counts from vitest's JSON report; a test file that could not be loaded counts as one failed test. */
function countTests(path) {
  try {
    const report = JSON.parse(readFileSync(path, 'utf8'));
    const broken = report.testResults.filter(
      (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
    );
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests + broken.length,
      skipped: report.numPendingTests + (report.numTodoTests ?? 0),
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

function node(script, ...args) {
  return run(process.execPath, [join(root, ...script.split('/')), ...args]);
}

bootstrap();

const failures = [];
const check = (name, passed) => {
  if (!passed) failures.push(name);
};

say('checking format, lint, layers and types');
check('format and lint', node('node_modules/@biomejs/biome/bin/biome', 'check', '.'));
check('layer rule', node('scripts/lint-layers.mjs'));
for (const project of ['tsconfig.json', 'renderer/tsconfig.json', 'preload/tsconfig.json']) {
  check(`types of ${project}`, node('node_modules/typescript/bin/tsc', '-p', project, '--noEmit'));
}

say('building the window');
check('the build of the window', node('node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn'));
const chromium = prepareChromium();
if (chromium.problem) say(`the tests in a browser are SKIPPED: ${chromium.problem}`);

const python = preparePython();
if (python.problem) say(`golden tests against Python packages are SKIPPED: ${python.problem}`);

mkdirSync(cache, { recursive: true });

/** Runs vitest on a given Node and counts what it ran. */
function testOn(program, name, words) {
  const results = join(cache, `${name}.json`);
  rmSync(results, { force: true });
  const passed = run(
    program,
    [
      join(root, 'node_modules', 'vitest', 'vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${results}`,
      ...words,
    ],
    {
      env: {
        ...python.variables,
        ...(chromium.path ? { ENGINEROOM_CHROMIUM: chromium.path } : {}),
      },
    },
  );
  const found = countTests(results);
  check(`tests (${name})`, passed && found.failed === 0);
  return found;
}

const chosen = process.argv.slice(2);
const hostNode = join(
  root,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);
// The host's store needs node:sqlite: on an older Node its tests run on the one that the host runs on, too.
const hostElsewhere = !isBuiltin('node:sqlite') && chosen.length === 0 && existsSync(hostNode);

say('running the tests');
let counts = testOn(process.execPath, 'vitest', hostElsewhere ? ['--exclude', 'main/host/**'] : chosen);
if (hostElsewhere) {
  say('running the tests of the host on its own Node');
  counts = sum(counts, testOn(hostNode, 'vitest-host', ['main/host']));
}

// Arguments choose tests of the first kind.
if (chosen.length === 0) {
  // Needs packages that a bare clone has only now.
  const { electronResults, testElectron } = await import('./electron-test.mjs');
  const electron = testElectron();
  if (electron.problem) say(`the smoke test in Electron is SKIPPED: ${electron.problem}`);
  else {
    const ofElectron = countTests(electronResults);
    check('the window in Electron', electron.passed && ofElectron.failed === 0);
    counts = sum(counts, ofElectron);
  }
}

for (const name of failures) console.log(`FAILED: ${name}`);
process.exitCode = failures.length > 0 ? 1 : 0;
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
