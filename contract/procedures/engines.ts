/** Engines: what has been built, whether it is still whole, and how it leaves for its user. */

import { z } from 'zod';
import { precisionSchema, targetNameSchema } from '../report-schema.ts';

export const engineSchema = z.object({
  /** `<run>:<precision>`. */
  id: z.string(),
  run: z.string(),
  modelName: z.string(),
  precision: precisionSchema,
  target: targetNameSchema,
  path: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  builtAt: z.string(),
  p50Ms: z.number().nullable(),
  map5095: z.number().nullable(),
  /** The manifest's JSON, for reading. */
  manifest: z.record(z.string(), z.unknown()).nullable(),
  present: z.boolean(),
});

const engine = z.object({ id: z.string() });

export const engineProcedures = {
  'engines.list': { params: z.object({}), result: z.object({ engines: z.array(engineSchema) }) },
  /** Hashes engine, data file and manifest against what was recorded. */
  'engines.verify': {
    params: engine,
    result: z.object({
      whole: z.boolean(),
      files: z.array(z.object({ file: z.string(), state: z.enum(['same', 'changed', 'missing']) })),
    }),
  },
  /** Copies engine, manifest, calibration cache and report into a folder, hashes verified. */
  'engines.export': {
    params: z.object({ id: z.string(), to: z.string().min(1) }),
    result: z.object({ folder: z.string(), files: z.array(z.string()) }),
  },
  /** Moves the engine's files aside; `engines.restore` brings them back until the host forgets them after a day. */
  'engines.remove': { params: engine, result: z.object({}) },
  'engines.restore': { params: engine, result: z.object({}) },
} as const;
