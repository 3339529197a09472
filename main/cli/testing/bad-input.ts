/** What the tests of bad input share: short conversions of the sample whose output is held to be words for people. */

import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { type Report, reportSchema } from '../../../contract/report-schema.ts';
import { type CliOptions, type CliResult, runCli, sample } from './run-cli.ts';

export const model = join(sample, 'parts.onnx');
export const calibrationImages = join(sample, 'images', 'calibration');
export const validationImages = join(sample, 'images', 'validation');
export const labels = join(sample, 'annotations', 'validation.json');

/** Small and few, so that a conversion takes seconds. */
export const quick = [
  '--size',
  '128x128',
  '--calibration-limit',
  '3',
  '--method',
  'minmax',
  '--warmup',
  '0',
  '--runs',
  '3',
  '--batches',
  '1',
  '--end-to-end-images',
  '0',
];
export const quickFloat = [
  '--size',
  '128x128',
  '--precision',
  'fp32',
  '--warmup',
  '0',
  '--runs',
  '3',
  '--batches',
  '1',
  '--end-to-end-images',
  '0',
];

const folder = mkdtempSync(join(tmpdir(), 'engineroom-bad-'));
chmodSync(folder, 0o755);
let nextOut = 0;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Path of a file or folder in this test file's own folder, which is gone afterwards. */
export function inFolder(name: string): string {
  return join(folder, name);
}

/** An output folder that no other conversion uses. */
export function newOut(): string {
  return inFolder(`out-${nextOut++}`);
}

/** Runs `convert`; whatever comes must be words for people, and no run may leave work files behind. */
export async function convert(
  modelPath: string,
  out: string,
  words: readonly string[],
  options: CliOptions = {},
): Promise<CliResult> {
  const result = await runCli(['convert', modelPath, '--out', out, ...words], options);
  expect(result.stdout).toBe('');
  expect(result.stderr).not.toMatch(/\n\s+at .*:\d+/);
  expect(result.stderr).not.toContain('Engine Room made a mistake');
  if (existsSync(out)) {
    expect(readdirSync(out).filter((name) => name.startsWith('.'))).toEqual([]);
  }
  return result;
}

export function readReport(out: string): Report {
  return reportSchema.parse(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')));
}

export function makeFolder(name: string): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  return path;
}

export function write(name: string, contents: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, contents);
  return path;
}
