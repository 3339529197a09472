/** Takes one engine of a finished run away, with everything that describes it, hashes checked before and after. */

import { constants } from 'node:fs';
import { copyFile, mkdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { Failure } from '../base/failure.ts';
import { fileFailure, hashFile } from '../base/files.ts';
import { throwIfCancelled, type WorkOptions } from '../base/work.ts';
import type { Precision } from '../targets/target.ts';
import { engineDataName } from './manifest.ts';
import type { Report } from './report.ts';
import { precisionLabels } from './report-html/figures.ts';

/** The part of a report that says which files belong to an engine. */
export interface ExportableReport {
  readonly calibration: Pick<NonNullable<Report['calibration']>, 'cachePath' | 'tensorRtCache'> | null;
  readonly results: readonly Pick<
    Report['results'][number],
    'precision' | 'engine' | 'manifest' | 'sha256' | 'status'
  >[];
}

export interface ExportedFile {
  readonly name: string;
  readonly sha256: string;
}

export interface ExportOptions extends Pick<WorkOptions, 'signal'> {
  /** Overwrite files that are there. */
  readonly force: boolean;
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
  report: ExportableReport,
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
  // The data of large weights goes first, as it does when an engine is put in place.
  const files: [string, string | null][] = [
    [engineDataName(result.engine), null],
    [result.engine, result.sha256],
  ];
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
          'Choose another folder, or overwrite with --force.',
        )
      : fileFailure(error, to, 'write');
  });
  if ((await hashFile(to)) !== before) {
    await rm(to, { force: true });
    throw new Failure('internal', `The copy ${to} differs from ${from}.`, 'Check the disk and try again.');
  }
  return before;
}

/**
 * Copies an engine with its manifest, calibration caches and the report from the output folder of its run.
 * @param to made where it is missing; as it shall be named in messages
 * @returns the files in `to`, with the hashes that both sides have
 * @throws Failure `bad-input` for an engine that is not there, was changed or does not fit its manifest;
 *   `detections-lost` for one that is not usable; `not-writable` where a file is there already; nothing is left then
 */
export async function exportEngine(
  report: ExportableReport,
  runFolder: string,
  precision: Precision,
  to: string,
  options: ExportOptions,
): Promise<readonly ExportedFile[]> {
  const files = await filesOf(report, runFolder, precision);
  await mkdir(to, { recursive: true }).catch((error: unknown) => {
    throw fileFailure(error, to, 'write');
  });
  const exported: ExportedFile[] = [];
  try {
    for (const [name, expected] of files) {
      throwIfCancelled(options.signal);
      const source = insideRun(runFolder, name);
      // The calibration cache may lie elsewhere (--cache); the manifest still names its key.
      if (expected === null && !(await stat(source).catch(() => null))) continue;
      const sha256 = await copyVerified(source, join(to, name), expected, options.force);
      exported.push({ name, sha256 });
    }
  } catch (error) {
    if (!options.force) {
      for (const { name } of exported) await rm(join(to, name), { force: true });
    }
    throw error;
  }
  return exported;
}
