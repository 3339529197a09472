/** The host's side of a connection: checks every message, answers calls and streams, and outlives any nonsense. */

import type { z } from 'zod';
import { procedures, streams } from '../procedures/index.ts';
import type { CallContext, Handlers } from './handlers.ts';
import { cancelledError, wireErrorOf } from './host-error.ts';
import {
  type ClientMessage,
  clientMessageSchema,
  type HostMessage,
  protocolVersion,
  type Transport,
  type WireError,
} from './messages.ts';

export interface ServerInfo {
  readonly version: string;
  readonly session: string;
  /** Hears of what was thrown and is no expected failure. */
  readonly onBug?: ((error: unknown) => void) | undefined;
}

/** As many requests of one connection as may be under way; a page has a few dozen. */
const requestLimit = 1000;

type Request = Extract<ClientMessage, { kind: 'call' | 'listen' }>;

/** A handler whose parameters have been checked against the schema of its name. */
type AnyHandler = (params: unknown, call: CallContext) => unknown;

function badUsage(message: string): WireError {
  return { code: 'bad-usage', message, remedy: 'Update host and window to the same version.' };
}

/** The id that an unreadable message seems to have, so that a caller waiting for it hears of it. */
function idOf(message: unknown): number | null {
  if (typeof message !== 'object' || message === null || !('id' in message)) return null;
  const { id } = message;
  return typeof id === 'number' && Number.isSafeInteger(id) && id >= 0 ? id : null;
}

interface Found {
  readonly params: z.ZodType;
  readonly handler: AnyHandler;
}

function find(request: Request, handlers: Handlers): Found | null {
  const name = request.kind === 'call' ? request.method : request.stream;
  const [schemas, functions] =
    request.kind === 'call' ? [procedures, handlers.procedures] : [streams, handlers.streams];
  if (!Object.hasOwn(schemas, name) || !Object.hasOwn(functions, name)) return null;
  // Both maps have the same names; the schema beside the handler is what makes its parameters right.
  const { params } = (schemas as Record<string, { params: z.ZodType }>)[name] as { params: z.ZodType };
  return { params, handler: (functions as Record<string, unknown>)[name] as AnyHandler };
}

/**
 * Serves one connection until it closes.
 * @returns a function that ends all that is under way and closes the connection
 */
export function serveTransport(transport: Transport, handlers: Handlers, info: ServerInfo): () => void {
  const running = new Map<number, AbortController>();
  let closed = false;
  let greeted = false;

  const send = (message: HostMessage): void => {
    if (closed) return;
    try {
      transport.send(message);
    } catch (error) {
      // A value that the transport cannot carry; the caller must not wait for it.
      info.onBug?.(error);
    }
  };
  const fail = (id: number | null, error: WireError): void => send({ kind: 'error', id, error });
  const stopAll = (): void => {
    closed = true;
    for (const controller of running.values()) controller.abort();
    running.clear();
  };

  const answer = async (request: Request, { params, handler }: Found, signal: AbortSignal): Promise<void> => {
    const { id } = request;
    const checked = params.safeParse(request.params);
    if (!checked.success) {
      const issue = checked.error.issues[0];
      const field = issue?.path.map(String).join('.') || 'the parameters';
      const name = request.kind === 'call' ? request.method : request.stream;
      return fail(id, badUsage(`${name}: ${field} is not usable: ${issue?.message ?? 'unknown problem'}.`));
    }
    if (request.kind === 'call') {
      const value = await handler(checked.data, { signal });
      if (signal.aborted) fail(id, cancelledError);
      else send({ kind: 'result', id, value });
      return;
    }
    const items = (handler(checked.data, { signal }) as AsyncIterable<unknown>)[Symbol.asyncIterator]();
    // A stream that waits for its next item does not look at the signal by itself.
    const aborted = new Promise<'aborted'>((resolve) => {
      signal.addEventListener('abort', () => resolve('aborted'), { once: true });
    });
    try {
      for (;;) {
        const next = await Promise.race([items.next(), aborted]);
        if (next === 'aborted' || signal.aborted) return fail(id, cancelledError);
        if (next.done) return send({ kind: 'end', id });
        send({ kind: 'item', id, value: next.value });
      }
    } finally {
      // Not awaited: a generator in the middle of a step ends when that step does.
      items.return?.()?.then(undefined, () => undefined);
    }
  };

  /** Why a request cannot begin, with the id that hears of it; that of a request under way must not. */
  const refusal = ({ id }: Request, found: Found | null): readonly [number | null, string] | null => {
    if (running.has(id)) return [null, `The id ${id} is in use.`];
    if (running.size >= requestLimit) return [id, `More than ${requestLimit} requests are under way.`];
    return found === null ? [id, 'This host knows no procedure or stream of that name.'] : null;
  };

  const begin = (request: Request): void => {
    const { id } = request;
    const found = find(request, handlers);
    const refused = refusal(request, found);
    if (refused !== null || found === null) {
      if (refused !== null) fail(refused[0], badUsage(refused[1]));
      return;
    }
    const controller = new AbortController();
    running.set(id, controller);
    answer(request, found, controller.signal)
      .catch((error: unknown) => {
        if (controller.signal.aborted) return fail(id, cancelledError);
        const wire = wireErrorOf(error);
        if (wire.code === 'internal') info.onBug?.(error);
        fail(id, wire);
      })
      .finally(() => running.delete(id));
  };

  const receive = (message: ClientMessage): void => {
    if (message.kind === 'hello') {
      send({ kind: 'welcome', protocol: protocolVersion, version: info.version, session: info.session });
      greeted = message.protocol === protocolVersion;
    } else if (message.kind === 'cancel') {
      running.get(message.id)?.abort();
    } else if (!greeted) {
      fail(
        message.id,
        badUsage(`This host speaks protocol ${protocolVersion}, and nobody has said hello in it.`),
      );
    } else begin(message);
  };

  transport.onMessage((raw) => {
    const message = clientMessageSchema.safeParse(raw);
    if (message.success) receive(message.data);
    else fail(idOf(raw), badUsage('A message is not as agreed.'));
  });
  transport.onClose(stopAll);
  return () => {
    stopAll();
    transport.close();
  };
}
