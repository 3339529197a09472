/** What the host and a process that works on images say to each other: any number of tasks at the same time, by id. */

import { z } from 'zod';
import { failureCodes } from '../../../../core/base/failure.ts';

const id = z.number().int();

export const toProcessSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start'), id, task: z.string(), input: z.unknown() }),
  z.object({ type: z.literal('cancel'), id }),
]);

export const fromProcessSchema = z.discriminatedUnion('type', [
  /** A part of the result that does not wait for the rest. */
  z.object({ type: z.literal('item'), id, value: z.unknown() }),
  z.object({ type: z.literal('done'), id, output: z.unknown() }),
  /** An expected failure. */
  z.object({
    type: z.literal('failed'),
    id,
    code: z.enum(failureCodes),
    message: z.string(),
    remedy: z.string(),
  }),
  /** A bug. */
  z.object({ type: z.literal('broke'), id, message: z.string(), stack: z.string() }),
]);

export type ToProcess = z.infer<typeof toProcessSchema>;
export type FromProcess = z.infer<typeof fromProcessSchema>;
