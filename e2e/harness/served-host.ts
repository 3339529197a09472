/** A real `engineroom serve` for one test file: its own data folder, an ephemeral port, ended with the test. */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const sample = join(repository, 'assets', 'sample');
const command = join(repository, 'dist', 'main', 'cli', 'engineroom.js');

export const haveBuild =
  existsSync(command) && existsSync(join(repository, 'dist', 'renderer', 'index.html'));

export interface ServedHost {
  /** With the token, as printed. */
  readonly url: string;
  readonly port: number;
  readonly dataFolder: string;
  readonly process: ChildProcess;
  /** Ends the host as `kill -9` would and waits until it is gone. */
  kill(): Promise<void>;
  /** Ends it politely. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

/** Waits for the line with the URL; everything printed until then is in the error when it does not come. */
function urlOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const hear = (chunk: Buffer) => {
      output += chunk.toString();
      const url = /https?:\/\/\S+token=\S+/.exec(output)?.[0];
      if (url !== undefined) resolve(url);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('exit', (code) =>
      reject(new Error(`serve ended with ${code} before it was ready:\n${output}`)),
    );
  });
}

export interface ServeOptions {
  /** Keep and reuse this folder, e.g. after a kill; a fresh one by default. */
  readonly dataFolder?: string;
  readonly port?: number;
  readonly roots?: readonly string[];
}

export async function serve(options: ServeOptions = {}): Promise<ServedHost> {
  const ownFolder = options.dataFolder === undefined;
  const dataFolder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'engineroom-e2e-'));
  const roots = (options.roots ?? [sample]).flatMap((root) => ['--root', root]);
  const child = spawn(
    process.execPath,
    [command, 'serve', '--port', String(options.port ?? 0), '--data-dir', dataFolder, ...roots],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const url = await urlOf(child);
  const stop = async () => {
    child.kill('SIGTERM');
    await ended(child);
  };
  return {
    url,
    port: Number(new URL(url).port),
    dataFolder,
    process: child,
    async kill() {
      child.kill('SIGKILL');
      await ended(child);
    },
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      if (ownFolder) rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}
