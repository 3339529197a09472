/** Where the test models lie and which Python checks what we write; both may be absent, and tests then skip by name. */

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const shared = join(repository, '..', 'shared');

export const fixtureFolder = join(shared, 'fixtures', 'models');

export const haveFixtures = existsSync(join(fixtureFolder, 'cells-yolov5n.onnx'));

/** Appended to a suite's name, so that a skipped one says why. */
export const fixtureNote = haveFixtures ? '' : ' (skipped: ../shared/fixtures is absent)';

export const fixtureModels = [
  'cells-yolov5n-416-static',
  'cells-yolov5n',
  'cells-yolov5n-external',
  'cells-yolov5n-v8layout',
  'cells-yolov5n-nms',
] as const;

export function fixturePath(name: string): string {
  return name === 'parts' ? join(shared, 'sample', 'parts.onnx') : join(fixtureFolder, `${name}.onnx`);
}

/** The Python interpreter named by ENGINEROOM_PYTHON, when it can import the packages. */
function pythonWith(...packages: string[]): string | undefined {
  const interpreter = process.env.ENGINEROOM_PYTHON;
  if (!interpreter) return undefined;
  try {
    execFileSync(interpreter, ['-c', `import ${packages.join(', ')}`], { stdio: 'ignore' });
    return interpreter;
  } catch {
    return undefined;
  }
}

export const onnxPython = pythonWith('onnx');

export const pythonNote = onnxPython
  ? ''
  : ' (skipped: ENGINEROOM_PYTHON names no Python with the onnx package)';

/** Throws with the checker's words when onnx finds a fault in the file; shapes are inferred strictly too. */
export function checkWithOnnx(path: string): void {
  if (!onnxPython) throw new Error('no Python with onnx');
  const program = 'import sys, onnx; onnx.checker.check_model(sys.argv[1], full_check=True)';
  execFileSync(onnxPython, ['-c', program, path], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
