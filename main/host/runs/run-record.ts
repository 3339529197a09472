/** A run as the store keeps it, and what clients see of it. */

import { z } from 'zod';
import { runFigureSchema, runStateSchema, type runSummarySchema } from '../../../contract/procedures/runs.ts';
import type { DeepReadonly } from '../../../contract/rpc/handlers.ts';
import { wireErrorSchema } from '../../../contract/rpc/messages.ts';

export type RunState = z.infer<typeof runStateSchema>;
export type RunSummary = DeepReadonly<z.infer<typeof runSummarySchema>>;
export type RunFigure = z.infer<typeof runFigureSchema>;

/** A file that the run put into its output folder. */
export const runFileSchema = z
  .object({
    name: z.string(),
    /** Null until the run is done. */
    sha256: z.string().nullable(),
  })
  .readonly();
export type RunFile = z.infer<typeof runFileSchema>;

export const runRecordSchema = z
  .object({
    id: z.string(),
    state: runStateSchema,
    createdAt: z.string(),
    finishedAt: z.string().nullable(),
    modelName: z.string(),
    modelPath: z.string(),
    out: z.string(),
    /** As it was submitted, paths resolved, defaults filled in. */
    specification: z.record(z.string(), z.unknown()),
    progress: z.number(),
    step: z.string().nullable(),
    secondsLeft: z.number().nullable(),
    error: wireErrorSchema.nullable(),
    figures: z.array(runFigureSchema).readonly(),
    files: z.array(runFileSchema).readonly(),
  })
  .readonly();
export type RunRecord = z.infer<typeof runRecordSchema>;

export function summaryOf(record: RunRecord, queuePosition: number | null): RunSummary {
  const { specification: _specification, files: _files, ...summary } = record;
  return { ...summary, queuePosition };
}
