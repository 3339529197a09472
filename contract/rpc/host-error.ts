/** Errors on their way between host and client: read from anything that is thrown, thrown again where they arrive. */

import type { ErrorCode } from '../events.ts';
import { type WireError, wireErrorSchema } from './messages.ts';

/** `disconnected`: the connection ended before the answer; `protocol`: the other side speaks another version. */
export type HostErrorCode = ErrorCode | 'disconnected' | 'protocol';

/** What a client's call rejects with. */
export class HostError extends Error {
  readonly code: HostErrorCode;
  readonly remedy: string;

  constructor(code: HostErrorCode, message: string, remedy: string) {
    super(message);
    this.name = 'HostError';
    this.code = code;
    this.remedy = remedy;
  }
}

export const cancelledError: WireError = {
  code: 'cancelled',
  message: 'The request was cancelled.',
  remedy: 'Ask again when you are ready.',
};

/** An expected failure carries code, message and remedy, whatever its class; anything else is a bug of the host. */
export function wireErrorOf(thrown: unknown): WireError {
  if (thrown instanceof Error && 'code' in thrown && 'remedy' in thrown) {
    const { code, message, remedy } = thrown;
    const known = wireErrorSchema.safeParse({ code, message, remedy });
    if (known.success) return known.data;
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return {
    code: 'internal',
    message: `The host made a mistake: ${message.split('\n')[0] ?? ''}`,
    remedy: 'Try again; if it happens again, report it with the log of the host.',
  };
}
