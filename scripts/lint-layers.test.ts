/** The layer rule must fail on each kind of planted violation, and pass on what is allowed and on this repository. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const scripts = dirname(fileURLToPath(import.meta.url));
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'layers-'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function plant(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

function lint(folder: string): { readonly status: number | null; readonly lines: readonly string[] } {
  const result = spawnSync(process.execPath, [join(scripts, 'lint-layers.mjs'), folder], {
    encoding: 'utf8',
  });
  return { status: result.status, lines: result.stderr.trim().split('\n').filter(Boolean) };
}

const target = 'export const a = 1;\nexport type A = number;\nexport { a as b };\n';

describe('a planted violation fails the lint', () => {
  const cases: readonly [name: string, from: string, text: string, to: string, message: string][] = [
    [
      'core imports contract',
      'core/conversion/x.ts',
      "import { a } from '../../contract/a.ts';",
      'contract/a.ts',
      ':1: core/conversion may not import contract',
    ],
    [
      'core imports main',
      'core/base/x.ts',
      "import { a } from '../../main/cli/a.ts';",
      'main/cli/a.ts',
      ':1: core/base may not import main/cli',
    ],
    [
      'a room of core imports to its right',
      'core/images/x.ts',
      "import { a } from '../detection/a.ts';",
      'core/detection/a.ts',
      ':1: core/images may not import core/detection',
    ],
    [
      'neighbours of one group',
      'core/evaluation/x.ts',
      "import { a } from '../benchmark/a.ts';",
      'core/benchmark/a.ts',
      ':1: core/evaluation may not import core/benchmark',
    ],
    [
      'base imports another room',
      'core/base/x.ts',
      "import { a } from '../onnx/a.ts';",
      'core/onnx/a.ts',
      ':1: core/base may not import core/onnx',
    ],
    [
      'main imports native',
      'main/cli/x.ts',
      "import { a } from '../../native/a.ts';",
      'native/a.ts',
      ':1: main/cli may not import native',
    ],
    [
      'renderer imports core',
      'renderer/x.tsx',
      "import { a } from '../core/base/a.ts';",
      'core/base/a.ts',
      ':1: renderer may not import core/base',
    ],
    [
      'contract imports core by type only',
      'contract/x.ts',
      "import type { A } from '../core/base/a.ts';",
      'core/base/a.ts',
      ':1: contract may not import core/base',
    ],
    [
      'native imports core',
      'native/x.ts',
      "import { a } from '../core/base/a.ts';",
      'core/base/a.ts',
      ':1: native may not import core/base',
    ],
    [
      're-export',
      'contract/x.ts',
      "\nexport * from '../native/a.ts';",
      'native/a.ts',
      ':2: contract may not import native',
    ],
    [
      'dynamic import',
      'preload/x.ts',
      "\n\nawait import('../renderer/a.ts');",
      'renderer/a.ts',
      ':3: preload may not import renderer',
    ],
    [
      'import type expression',
      'contract/x.ts',
      "export type B = import('../native/a.ts').A;",
      'native/a.ts',
      ':1: contract may not import native',
    ],
    [
      'require',
      'contract/x.ts',
      "require('../native/a.ts');",
      'native/a.ts',
      ':1: contract may not import native',
    ],
    [
      'product imports a script',
      'main/cli/x.ts',
      "import { a } from '../../scripts/a.ts';",
      'scripts/a.ts',
      ':1: main/cli may not import scripts',
    ],
    [
      'js extension for a ts file',
      'core/images/x.ts',
      "import { a } from '../labels/a.js';",
      'core/labels/a.ts',
      ':1: core/images may not import core/labels',
    ],
  ];
  it.each(cases)('%s', (_name, from, text, to, message) => {
    plant({ [from]: text, [to]: target });
    expect(lint(root)).toEqual({ status: 1, lines: [`${from}${message}`] });
  });

  it('Electron IPC outside its two files', () => {
    plant({
      'main/desktop/ipc.ts': "import { ipcMain } from 'electron';",
      'main/desktop/x.ts': "import { app, ipcMain } from 'electron';",
      'main/desktop/y.ts': "import * as electron from 'electron';",
      'main/desktop/z.ts': "import { app } from 'electron';",
      'preload/ipc.ts': "import { ipcRenderer } from 'electron';",
      'preload/x.ts': "import { ipcRenderer as r } from 'electron';",
      'preload/y.ts': "export const e = () => import('electron');",
    });
    const message = "Electron's IPC belongs to main/desktop/ipc.ts and preload/ipc.ts alone";
    expect(lint(root)).toEqual({
      status: 1,
      lines: ['main/desktop/x.ts', 'main/desktop/y.ts', 'preload/x.ts', 'preload/y.ts'].map(
        (file) => `${file}:1: ${message}`,
      ),
    });
  });

  it('electron outside main/desktop and preload', () => {
    plant({
      'main/host/x.ts': "import { app } from 'electron';",
      'main/desktop/y.ts': "import { app } from 'electron';",
    });
    expect(lint(root)).toEqual({ status: 1, lines: ['main/host/x.ts:1: main/host may not import electron'] });
  });

  it('a path outside the repository', () => {
    plant({ 'core/base/x.ts': "import '../../../elsewhere.ts';" });
    expect(lint(root).lines).toEqual([
      'core/base/x.ts:1: core/base may not import ../../../elsewhere.ts, outside the repository',
    ]);
  });

  it('a folder of core that has no place in the order', () => {
    plant({ 'core/odds/x.ts': 'export const a = 1;' });
    expect(lint(root).lines).toEqual([
      'core/odds/x.ts:1: core/odds is not a room of core: give it a place in the layer rule',
    ]);
  });

  it('a cycle of three files within one room', () => {
    plant({
      'core/onnx/a.ts': "import './b.ts';",
      'core/onnx/b.ts': "import './c.ts';",
      'core/onnx/c.ts': "\nimport './a.ts';",
    });
    expect(lint(root)).toEqual({
      status: 1,
      lines: [
        'core/onnx/c.ts:2: files import each other: core/onnx/a.ts -> core/onnx/b.ts -> core/onnx/c.ts -> core/onnx/a.ts',
      ],
    });
  });
});

describe('what the rule allows passes', () => {
  it('imports downwards', () => {
    plant({
      'native/a.ts': target,
      'contract/a.ts': target,
      'core/base/a.ts': target,
      'core/images/a.ts': "import '../base/a.ts';\nimport '../../native/a.ts';",
      'core/conversion/a.ts': "import '../images/a.ts';\nimport '../base/a.ts';",
      'main/cli/a.ts':
        "import '../../core/conversion/a.ts';\nimport '../../contract/a.ts';\nimport 'commander';",
      'bench/a.ts': "import '../native/a.ts';\nimport '../main/cli/a.ts';",
    });
    expect(lint(root)).toEqual({ status: 0, lines: [] });
  });

  it('this repository', () => {
    expect(lint(dirname(scripts))).toEqual({ status: 0, lines: [] });
  });
});
