/** `engineroom export`: takes one engine of a finished run away, with everything that describes it. */

import { constants } from 'node:fs';
import { copyFile, mkdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { type Report, reportSchema } from '../../../contract/report-schema.ts';
import { Failure } from '../../../core/base/failure.ts';
import { fileFailure, hashFile } from '../../../core/base/files.ts';
import { throwIfCancelled } from '../../../core/base/work.ts';
import { precisionLabels } from '../../../core/conversion/report-html/figures.ts';
import type { Precision } from '../../../core/targets/target.ts';
import { addOutputOptions, type CommandContext, type RunCommand } from '../command-context.ts';
import { parsePrecisions } from '../command-line.ts';

interface ExportOptions {
  readonly precision: Precision[];
  readonly to: string;
  readonly force?: boolean;
}

interface ExportedFile {
  readonly name: string;
  readonly sha256: string;
}

async function readReport(folder: string): Promise<Report> {
  const path = join(folder, 'report.json');
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fileFailure(error, path, 'read');
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Failure('bad-input', `${path} is not JSON.`, 'Name the output folder of a finished run.', {
      cause: error,
    });
  }
  const parsed = reportSchema.safeParse(json);
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.map(String).join('.') || 'the file';
    throw new Failure(
      'bad-input',
      `${path} is not a report that this version reads: ${field} is not as expected.`,
      'Name the output folder of a run of this version.',
    );
  }
  return parsed.data;
}

const manifestSchema = z.object({ engine: z.object({ sha256: z.string() }) });

/** The manifest must speak of the engine that it travels with. */
async function checkManifest(path: string, engineSha256: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fileFailure(error, path, 'read');
  });
  let stated: string | undefined;
  try {
    stated = manifestSchema.parse(JSON.parse(text)).engine.sha256;
  } catch {
    // Named below like any other manifest that does not fit.
  }
  if (stated !== engineSha256) {
    throw new Failure(
      'bad-input',
      `The manifest ${path} does not describe the engine beside it.`,
      'Run convert again.',
    );
  }
}

/** Names in a report come from outside: only a plain name in the run's folder is followed. */
function insideRun(folder: string, name: string): string {
  if (name !== basename(name) || name === '' || name.startsWith('.')) {
    throw new Failure(
      'bad-input',
      `The report names the file ${name}, which is not inside ${folder}.`,
      'Run convert again.',
    );
  }
  return join(folder, name);
}

/** Name and expected hash (null: not stated) of what belongs to the precision. */
async function filesOf(
  report: Report,
  folder: string,
  precision: Precision,
): Promise<readonly (readonly [string, string | null])[]> {
  const result = report.results.find((candidate) => candidate.precision === precision);
  const label = precisionLabels[precision];
  if (!result) {
    const has = report.results.map((candidate) => candidate.precision).join(', ');
    throw new Failure(
      'bad-input',
      `The run in ${folder} has no ${label} engine, only ${has}.`,
      'Choose one of these with --precision.',
    );
  }
  if (result.engine === null) {
    throw new Failure(
      'bad-input',
      `The ${label} engine of ${folder} was not kept.`,
      'Run convert again without --keep-only-if-faster.',
    );
  }
  if (result.status !== 'ok') {
    throw new Failure(
      'detections-lost',
      `The ${label} engine of ${folder} is not usable (${result.status}) and is not exported.`,
      'Look at report.html for the reason.',
    );
  }
  const files: [string, string | null][] = [[result.engine, result.sha256]];
  if (result.manifest) {
    await checkManifest(insideRun(folder, result.manifest), result.sha256);
    files.push([result.manifest, null]);
  }
  if (precision === 'int8' && report.calibration) {
    files.push([basename(report.calibration.cachePath), null]);
    if (report.calibration.tensorRtCache !== undefined) files.push([report.calibration.tensorRtCache, null]);
  }
  files.push(['report.json', null], ['report.html', null]);
  return files;
}

async function copyVerified(
  from: string,
  to: string,
  expected: string | null,
  force: boolean,
): Promise<string> {
  const before = await hashFile(from);
  if (expected !== null && before !== expected) {
    throw new Failure(
      'bad-input',
      `${from} is not the file that the report describes: its SHA-256 is ${before}, not ${expected}.`,
      'It was changed or damaged after the run; run convert again.',
    );
  }
  await copyFile(from, to, force ? 0 : constants.COPYFILE_EXCL).catch((error: unknown) => {
    throw error instanceof Error && 'code' in error && error.code === 'EEXIST'
      ? new Failure(
          'not-writable',
          `${to} exists already.`,
          'Choose another folder with --to, or overwrite with --force.',
        )
      : fileFailure(error, to, 'write');
  });
  if ((await hashFile(to)) !== before) {
    await rm(to, { force: true });
    throw new Failure('internal', `The copy ${to} differs from ${from}.`, 'Check the disk and try again.');
  }
  return before;
}

async function runExport(
  runFolder: string,
  options: ExportOptions,
  context: CommandContext,
): Promise<number> {
  const [precision, ...others] = options.precision;
  if (precision === undefined || others.length > 0) {
    throw new Failure('bad-usage', '--precision names more than one engine.', 'Export one engine at a time.');
  }
  const report = await readReport(runFolder);
  const files = await filesOf(report, runFolder, precision);
  const target = resolve(options.to);
  await mkdir(target, { recursive: true }).catch((error: unknown) => {
    throw fileFailure(error, options.to, 'write');
  });
  const exported: ExportedFile[] = [];
  try {
    for (const [name, expected] of files) {
      throwIfCancelled(context.signal);
      const source = insideRun(runFolder, name);
      // The calibration cache may lie elsewhere (--cache); the manifest still names its key.
      if (expected === null && !(await stat(source).catch(() => null))) continue;
      const sha256 = await copyVerified(source, join(target, name), expected, options.force ?? false);
      exported.push({ name, sha256 });
    }
  } catch (error) {
    if (!options.force) {
      for (const { name } of exported) await rm(join(target, name), { force: true });
    }
    throw error;
  }
  context.output.report({ command: 'export', folder: target, precision, files: exported }, [
    `${precisionLabels[precision]} engine exported to ${options.to}, hashes verified:`,
    ...exported.map(({ name, sha256 }) => `  ${sha256.slice(0, 12)}  ${name}`),
  ]);
  return 0;
}

export function addExport(program: Command, run: RunCommand): void {
  const command = program
    .command('export')
    .summary('copy an engine of a run with its manifest and report')
    .description(
      'Copies one engine of a finished run with its manifest, calibration cache and report, and verifies hashes before and after. An engine that lost its detections is refused.',
    )
    .argument('<run>', 'output folder of engineroom convert')
    .requiredOption('--precision <name>', 'which engine: fp32, fp16 or int8', parsePrecisions)
    .requiredOption('--to <folder>', 'where it goes')
    .option('--force', 'overwrite files that are there');
  addOutputOptions(command).action((folder: string, options: ExportOptions) =>
    run((context) => runExport(folder, options, context)),
  );
}
