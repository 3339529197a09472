/** `engineroom export`: takes one engine of a finished run away, with everything that describes it. */

import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { type Report, reportSchema } from '../../../contract/report-schema.ts';
import { Failure } from '../../../core/base/failure.ts';
import { fileFailure } from '../../../core/base/files.ts';
import { exportEngine } from '../../../core/conversion/export-engine.ts';
import { precisionLabels } from '../../../core/conversion/report-html/figures.ts';
import type { Precision } from '../../../core/targets/target.ts';
import { addOutputOptions, type CommandContext, type RunCommand } from '../command-context.ts';
import { parsePrecisions } from '../command-line.ts';

interface ExportOptions {
  readonly precision: Precision[];
  readonly to: string;
  readonly force?: boolean;
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
  const files = await exportEngine(report, runFolder, precision, resolve(options.to), {
    signal: context.signal,
    force: options.force ?? false,
  });
  context.output.report({ command: 'export', folder: resolve(options.to), precision, files }, [
    `${precisionLabels[precision]} engine exported to ${options.to}, hashes verified:`,
    ...files.map(({ name, sha256 }) => `  ${sha256.slice(0, 12)}  ${name}`),
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
