/** Runs the compiled command as a user would, for tests. */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const root = dirname(dirname(dirname(import.meta.dirname)));
export const sample = join(root, 'assets', 'sample');
const entry = join(root, 'dist', 'main', 'cli', 'engineroom.js');

export const built = existsSync(entry);
/** For the name of a test that is skipped. */
export const whyNotBuilt = built ? '' : ' (skipped: run "npm run build:ts" first)';

export interface CliResult {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Lines of standard output as JSON objects, where they are. */
  readonly events: readonly Record<string, unknown>[];
  /** Seconds from the moment that `interrupt` was called to the end; NaN without it. */
  readonly secondsToEnd: number;
}

export interface CliOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Called with all of standard error and output so far whenever something was written. */
  readonly onOutput?: (text: string, child: ChildProcess) => void;
}

function parseLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

export function runCli(words: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [entry, ...words], {
      cwd: options.cwd ?? root,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    let killed = Number.NaN;
    const kill = child.kill.bind(child);
    child.kill = (signal) => {
      killed = performance.now();
      return kill(signal);
    };
    const hear = () => options.onOutput?.(stderr + stdout, child);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      hear();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      hear();
    });
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({
        code,
        stdout,
        stderr,
        events: parseLines(stdout),
        secondsToEnd: (performance.now() - killed) / 1000,
      }),
    );
  });
}

/** Live processes whose environment holds `marker`, which children inherit; Linux only, elsewhere none. */
export function workersAlive(marker: string): readonly number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
        const state = /^State:\s+(\S)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
        return state !== 'Z' && environment.includes(marker);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Options that make a conversion of the sample short. */
export const shortConversion: readonly string[] = [
  '--calibration',
  join(sample, 'images', 'calibration'),
  '--calibration-limit',
  '4',
  '--method',
  'minmax',
  '--validation',
  join(sample, 'images', 'validation'),
  '--validation-limit',
  '4',
  '--warmup',
  '1',
  '--runs',
  '3',
  '--batches',
  '1',
  '--end-to-end-images',
  '2',
];
