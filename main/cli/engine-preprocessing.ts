/** What the manifest beside an engine says of its preprocessing, so that an engine is judged as it was built. */

import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { preprocessingSchema } from '../../contract/report-schema.ts';
import { manifestName } from '../../core/conversion/manifest.ts';
import { parseSpecification, type Specification } from '../../core/conversion/specification.ts';
import { defined } from './command-line.ts';
import { type DetectionOptions, detectionFields, type ModelOptions, modelFields } from './model-options.ts';

const manifestSchema = z.object({
  preprocessing: preprocessingSchema.omit({ interpolation: true }),
});

/** Fields of the manifest's preprocessing; none without a manifest of ours. */
async function preprocessingBeside(enginePath: string): Promise<object> {
  const path = join(dirname(enginePath), manifestName(basename(enginePath)));
  try {
    return manifestSchema.parse(JSON.parse(await readFile(path, 'utf8'))).preprocessing;
  } catch {
    // Engines of other makers have none, and then the model and the options must say it all.
    return {};
  }
}

/** The parts of a specification that decide how a model or engine is run: options first, then manifest, then model. */
export async function engineSpecification(
  path: string,
  options: ModelOptions & DetectionOptions,
): Promise<Pick<Specification, 'layout' | 'preprocessing' | 'threads' | 'detection'>> {
  const { preprocessing, layout, threads } = modelFields(options);
  const detection = detectionFields(options);
  return parseSpecification({
    model: path,
    // Nothing is built here; the specification wants these all the same.
    out: '.',
    precisions: ['fp32'],
    preprocessing: { ...(await preprocessingBeside(path)), ...preprocessing },
    ...(layout === undefined ? {} : { layout }),
    ...(threads === undefined ? {} : { threads }),
    detection: defined(detection),
  });
}
