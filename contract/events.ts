/** The events of a run, one JSON object a line with `--json`, and the codes of its errors. */

import { z } from 'zod';
import { noteSchema, precisionSchema, reportSchema } from './report-schema.ts';

export const errorCodeSchema = z.enum([
  'bad-usage',
  'bad-input',
  'cancelled',
  'stale-cache',
  'out-of-memory',
  'disk-full',
  'not-writable',
  'worker-lost',
  'unsupported',
  'detections-lost',
  'target-missed',
  'internal',
]);

export const stepSchema = z.object({
  /** E.g. `prepare`, `calibrate`, `build:int8`, `evaluate:fp16`, `build:int8-entropy` (of several calibration methods), `benchmark`, `report`. */
  id: z.string(),
  title: z.string(),
  /** Share of the whole run expected for it; the weights of a run add up to 1. */
  weight: z.number().min(0).max(1),
});

export const eventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('run-started'), run: z.string(), steps: z.array(stepSchema) }),
  z.object({ type: z.literal('step-started'), step: z.string(), title: z.string() }),
  z.object({
    type: z.literal('progress'),
    step: z.string(),
    /** Share of the whole run, 0 to 1, never falling. */
    value: z.number().min(0).max(1),
    /** Share of the step, 0 to 1. */
    stepValue: z.number().min(0).max(1),
    description: z.string(),
    /** Estimate for the whole run; null while there is nothing to estimate from. */
    secondsLeft: z.number().nonnegative().nullable(),
  }),
  z.object({ type: z.literal('step-finished'), step: z.string(), seconds: z.number().nonnegative() }),
  z.object({ type: z.literal('note'), precision: precisionSchema.nullable(), note: noteSchema }),
  z.object({
    type: z.literal('error'),
    code: errorCodeSchema,
    message: z.string(),
    remedy: z.string(),
  }),
  z.object({
    type: z.literal('report'),
    /** Paths of report.json and report.html. */
    path: z.string(),
    htmlPath: z.string(),
    report: reportSchema,
  }),
]);

export type RunEvent = z.infer<typeof eventSchema>;
export type ErrorCode = z.infer<typeof errorCodeSchema>;
