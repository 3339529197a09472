/** Runs: queued, followed, cancelled, repeated; kept in a store that survives the host. */

import { z } from 'zod';
import { eventSchema } from '../events.ts';
import { precisionSchema, reportSchema } from '../report-schema.ts';

const count = z.number().int().nonnegative();

/** The specification as core states it; the host checks it and answers with the option at fault. */
export const specificationSchema = z.record(z.string(), z.unknown());

export const runStateSchema = z.enum(['queued', 'running', 'done', 'failed', 'cancelled', 'interrupted']);

/** One line for each precision, for lists and the scatter over all runs. */
export const runFigureSchema = z.object({
  precision: precisionSchema,
  status: z.enum(['ok', 'detections-lost', 'non-finite', 'dropped']),
  bytes: count,
  p50Ms: z.number(),
  map50: z.number().nullable(),
  map5095: z.number().nullable(),
  matchedShare: z.number().nullable(),
});

export const runSummarySchema = z.object({
  id: z.string(),
  modelName: z.string(),
  modelPath: z.string(),
  out: z.string(),
  state: runStateSchema,
  /** ISO 8601. */
  createdAt: z.string(),
  finishedAt: z.string().nullable(),
  /** Share done, 0 to 1, and what is being done. */
  progress: z.number(),
  step: z.string().nullable(),
  secondsLeft: z.number().nullable(),
  /** Position in the queue, 0 for the run that is next; null when it is not waiting. */
  queuePosition: count.nullable(),
  /** Why it failed; of a run that is `done`: the check that it did not pass (lost detections, a missed target). */
  error: z.object({ code: z.string(), message: z.string(), remedy: z.string() }).nullable(),
  figures: z.array(runFigureSchema),
  /** Set on the last that `runs.watch` tells of a run: it was removed. */
  removed: z.boolean().optional(),
});

export const detectionSchema = z.object({
  classIndex: count,
  score: z.number(),
  x1: z.number(),
  y1: z.number(),
  x2: z.number(),
  y2: z.number(),
});

export const comparedImageSchema = z.object({
  index: count,
  file: z.string(),
  width: count,
  height: count,
  lost: count,
  added: count,
  moved: count,
  difference: z.number(),
});

const run = z.object({ id: z.string() });

export const runProcedures = {
  /** Checks the specification, stores the run and queues it. */
  'runs.submit': { params: z.object({ specification: specificationSchema }), result: runSummarySchema },
  'runs.list': { params: z.object({}), result: z.object({ runs: z.array(runSummarySchema) }) },
  'runs.get': {
    params: run,
    result: z.object({
      summary: runSummarySchema,
      specification: specificationSchema,
      report: reportSchema.nullable(),
      /** The latest events, oldest first, without repeated progress. */
      log: z.array(eventSchema),
    }),
  },
  'runs.cancel': { params: run, result: z.object({}) },
  /** Queues the same specification again (also of an interrupted or failed run). */
  'runs.repeat': { params: run, result: runSummarySchema },
  'runs.remove': { params: run, result: z.object({}) },
  /** The command line that equals a specification. */
  'runs.command': {
    params: z.object({ specification: specificationSchema }),
    result: z.object({ command: z.string() }),
  },
  /** Images of a run's validation set by how much a precision differs from fp32, most first. */
  'runs.images': {
    params: z.object({
      id: z.string(),
      precision: precisionSchema,
      offset: count,
      limit: z.number().int().min(1).max(500),
    }),
    result: z.object({ total: count, items: z.array(comparedImageSchema) }),
  },
  /** All detections (score 0.05 and more) of one image in every precision, and its labels. */
  'runs.detections': {
    params: z.object({ id: z.string(), index: count }),
    result: z.object({
      file: z.string(),
      width: count,
      height: count,
      classNames: z.array(z.string()),
      precisions: z.array(z.object({ precision: precisionSchema, detections: z.array(detectionSchema) })),
      labels: z.array(detectionSchema.omit({ score: true })).nullable(),
    }),
  },
} as const;

export const runStreams = {
  /** Every change of any run's summary, the present state of all runs first. */
  'runs.watch': { params: z.object({}), item: runSummarySchema },
  /** A run's events from its start (so a client that reconnects catches up), then live until it ends. */
  'runs.follow': { params: run, item: eventSchema },
} as const;
