/**
 * What travels between the desktop's main process and the host process it started: many client connections over the
 * one channel that a child process has. `message` carries contract/rpc/messages.ts unchanged.
 */

import { z } from 'zod';

const connection = z.number().int().positive();

/** From the desktop to the host. */
export const hostCommandSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('open'), connection }),
  z.object({ kind: z.literal('message'), connection, message: z.unknown() }),
  z.object({ kind: z.literal('close'), connection }),
  /** Finish what must be written and exit; the desktop ends the process when it takes longer than two seconds. */
  z.object({ kind: z.literal('shut-down') }),
]);

/** From the host to the desktop. */
export const hostNoticeSchema = z.discriminatedUnion('kind', [
  /** Sent once, when connections are welcome. */
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('message'), connection, message: z.unknown() }),
  /** The host ended this connection. */
  z.object({ kind: z.literal('close'), connection }),
]);

export type HostCommand = z.infer<typeof hostCommandSchema>;
export type HostNotice = z.infer<typeof hostNoticeSchema>;
