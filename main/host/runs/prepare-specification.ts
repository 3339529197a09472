/** Checks what a client wants to run, before it is queued: the options, and that every path is there and allowed. */

import { stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { Failure } from '../../../core/base/failure.ts';
import { commandLine } from '../../../core/conversion/command-line.ts';
import { parseSpecification, type Specification } from '../../../core/conversion/specification.ts';
import type { PathPolicy } from '../service.ts';

async function checkModel(path: string, paths: PathPolicy): Promise<string> {
  const real = await paths.check(path);
  if ((await stat(real)).isDirectory()) {
    throw new Failure('bad-input', `${path} is a folder, not a model.`, 'Choose an ONNX file.');
  }
  return real;
}

/**
 * @param out the output folder where the client names none
 * @returns the specification with defaults filled in and real paths; per-image detections are always kept, for the
 *   viewer needs them
 * @throws Failure `bad-usage` naming the option at fault; `bad-input` naming the path
 */
export async function prepareSpecification(
  input: Readonly<Record<string, unknown>>,
  out: string,
  paths: PathPolicy,
): Promise<Specification> {
  const asked = parseSpecification({ ...input, out: input.out ?? out, keepDetections: true });
  const { calibration, validation } = asked;
  return {
    ...asked,
    model: await checkModel(asked.model, paths),
    out: asked.out === out ? out : await paths.checkNew(asked.out),
    calibration: calibration && {
      ...calibration,
      images: await paths.check(calibration.images),
      cache: calibration.cache && (await paths.checkNew(calibration.cache)),
    },
    validation: validation && {
      ...validation,
      images: await paths.check(validation.images),
      labels: validation.labels && (await paths.check(validation.labels)),
    },
  };
}

/**
 * The command line that equals a specification.
 * @param outputFolder where an output folder lies that the client leaves to us
 * @throws Failure `bad-usage` naming the option at fault
 */
export function commandFor(input: Readonly<Record<string, unknown>>, outputFolder: string): string {
  const model = typeof input.model === 'string' ? input.model : '';
  const out = join(outputFolder, basename(model, extname(model)) || 'run');
  return commandLine(parseSpecification({ ...input, out: input.out ?? out }));
}
