/** Runs the same command line on the Node that comes with Engine Room, where the one at hand is too old for a command. */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { Failure } from '../../core/base/failure.ts';

const interruptMessage = 'interrupt';

/** Whether this Node has the SQLite that the run store needs: from 22.13 on without a flag. */
export function hasSqlite(): boolean {
  return isBuiltin('node:sqlite');
}

/** The Node of the package `node`, in the nearest node_modules above this file. */
function findNode(): string | null {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const path = join(folder, 'node_modules', 'node', 'bin', name);
    if (existsSync(path)) return path;
    if (dirname(folder) === folder) return null;
  }
}

/**
 * Starts this very command line again and waits for its end.
 * @param signal interrupts it
 * @returns its exit code
 * @throws Failure `unsupported` when no newer Node is there
 */
export async function runOnNewerNode(signal: AbortSignal): Promise<number> {
  const node = findNode();
  if (node === null) {
    throw new Failure(
      'unsupported',
      `Node ${process.versions.node} is too old for this command, which needs 22.13.`,
      'Install a newer Node, or run "npm ci" to install the one that comes with Engine Room.',
    );
  }
  // With a channel between them the second process ends also when this one is killed.
  const child = spawn(node, process.argv.slice(1), { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  // A message and no signal: Ctrl-C has reached both processes already, and a second signal would not ask.
  const interrupt = (): void => {
    child.send(interruptMessage, () => undefined);
  };
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? 130));
    });
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
}

/** In the second process: aborts when the first one is interrupted, and ends at once when it is gone. */
export function interruptionByParent(): AbortSignal {
  const controller = new AbortController();
  if (process.send !== undefined) {
    process.on('message', (message) => {
      if (message === interruptMessage) controller.abort();
    });
    process.once('disconnect', () => process.exit(1));
  }
  return controller.signal;
}
