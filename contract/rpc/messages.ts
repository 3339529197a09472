/**
 * What travels between a client and the host, over a MessagePort or a WebSocket alike. A call ends with exactly one
 * `result` or `error`; a stream (a `listen`) yields any number of `item`s and ends with `end` or `error`. Either is
 * stopped by `cancel` of the same id; a cancelled call answers with an error of code `cancelled`.
 */

import { z } from 'zod';
import { errorCodeSchema } from '../events.ts';

/** Raised when a message of either side changes its meaning; both sides refuse to talk across a difference. */
export const protocolVersion = 1;

const id = z.number().int().nonnegative();

export const clientMessageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('hello'), protocol: z.number().int(), client: z.string().max(200) }),
  z.object({ kind: z.literal('call'), id, method: z.string().max(100), params: z.unknown() }),
  z.object({ kind: z.literal('listen'), id, stream: z.string().max(100), params: z.unknown() }),
  z.object({ kind: z.literal('cancel'), id }),
]);

/** An error as the user shall read it: what was wrong, and what to do next. */
export const wireErrorSchema = z.object({ code: errorCodeSchema, message: z.string(), remedy: z.string() });

export const hostMessageSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('welcome'),
    protocol: z.number().int(),
    /** Version of Engine Room on the host. */
    version: z.string(),
    /** Changes with every start of the host, so that a client that reconnects knows whether state survived. */
    session: z.string(),
  }),
  z.object({ kind: z.literal('result'), id, value: z.unknown() }),
  z.object({ kind: z.literal('item'), id, value: z.unknown() }),
  z.object({ kind: z.literal('end'), id }),
  z.object({ kind: z.literal('error'), id: id.nullable(), error: wireErrorSchema }),
]);

export type ClientMessage = z.infer<typeof clientMessageSchema>;
export type HostMessage = z.infer<typeof hostMessageSchema>;
export type WireError = z.infer<typeof wireErrorSchema>;

/** One connection, whatever carries it. Messages are plain JSON values. */
export interface Transport {
  send(message: unknown): void;
  /** The listener gets every message, already decoded from JSON or structured clone, unchecked. */
  onMessage(listener: (message: unknown) => void): void;
  onClose(listener: (reason: string) => void): void;
  close(): void;
}
