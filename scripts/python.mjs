/**
 * The Python packages that golden tests compare with, in an environment of their own under `.cache/python`. Tests
 * work without them: they skip, visibly.
 */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cache, installPackages, isOnPath, runQuietly, say, works } from './steps.mjs';

/** Exact versions, so that a golden test fails for our changes only. All offer wheels for CPython 3.11 to 3.13. */
const packages = [
  'numpy==2.4.6',
  'onnx==1.23.2',
  'onnxruntime==1.32.0',
  'opencv-python-headless==5.0.0.93',
  'pycocotools==2.0.11',
];

const folder = join(cache, 'python');
const stamp = join(folder, 'packages.sha256');
const wanted = createHash('sha256').update(packages.join('\n')).digest('hex');
const venvPython = join(
  folder,
  'venv',
  ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']),
);
const target = join(folder, 'packages');

/** Variables for the tests: which interpreter to use, and where its packages are when it has no venv. */
function environment(python) {
  if (existsSync(venvPython)) return { ENGINEROOM_PYTHON: venvPython };
  const path = [target, process.env.PYTHONPATH].filter(Boolean).join(delimiter);
  return { ENGINEROOM_PYTHON: python, PYTHONPATH: path };
}

function installIntoVenv(python) {
  return (
    runQuietly(python, ['-m', 'venv', join(folder, 'venv')]) &&
    runQuietly(venvPython, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages])
  );
}

function installIntoFolder(python) {
  return runQuietly(python, ['-m', 'pip', 'install', '--quiet', '--target', target, ...packages]);
}

/** Prepares the packages; `{ variables }` for the tests, or `{ problem }` in words when there are none. */
export function preparePython() {
  if (process.env.ENGINEROOM_PYTHON) return { variables: {} };
  const python = ['python3', 'python'].find(isOnPath);
  if (!python) return { problem: 'python3 is not installed' };
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return { variables: environment(python) };

  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  say(`installing ${packages.join(', ')} for the golden tests into .cache/python`);
  // Debian leaves venv and pip out of its python3.
  if (!works(python, ['-c', 'import venv, ensurepip'])) installPackages(['python3-venv']);
  let done = false;
  if (works(python, ['-c', 'import venv, ensurepip'])) done = installIntoVenv(python);
  if (!done) {
    rmSync(join(folder, 'venv'), { recursive: true, force: true });
    if (!works(python, ['-m', 'pip', '--version'])) installPackages(['python3-pip']);
    done = works(python, ['-m', 'pip', '--version']) && installIntoFolder(python);
  }
  if (!done) {
    return {
      problem: 'the Python packages could not be installed (python3-venv or python3-pip, and a network)',
    };
  }
  writeFileSync(stamp, wanted);
  return { variables: environment(python) };
}
