/** What a run and the worker process of one of its steps say to each other. */

import { z } from 'zod';
import { failureCodes } from '../../base/failure.ts';

export const toWorkerSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start'), step: z.string(), input: z.unknown() }),
  z.object({ type: z.literal('cancel') }),
]);

export const fromWorkerSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('progress'),
    value: z.number(),
    description: z.string(),
    /** Resident memory of the worker, so that something can be said of it should the system kill it. */
    rssBytes: z.number(),
  }),
  z.object({ type: z.literal('done'), output: z.unknown() }),
  /** An expected failure, with the stack for --verbose. */
  z.object({
    type: z.literal('failed'),
    code: z.enum(failureCodes),
    message: z.string(),
    remedy: z.string(),
    stack: z.string(),
  }),
  /** A bug. */
  z.object({ type: z.literal('broke'), message: z.string(), stack: z.string() }),
]);

export type ToWorker = z.infer<typeof toWorkerSchema>;
export type FromWorker = z.infer<typeof fromWorkerSchema>;
