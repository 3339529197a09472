/** The client's side of a connection: calls as promises, streams as callbacks, everything that arrives checked. */

import { z } from 'zod';
import {
  type HostClient,
  type ItemOf,
  type ParamsOf,
  type ProcedureName,
  procedures,
  type ResultOf,
  type StreamName,
  type StreamParamsOf,
  streams,
} from '../procedures/index.ts';
import { cancelledError, HostError } from './host-error.ts';
import { type HostMessage, hostMessageSchema, protocolVersion, type Transport } from './messages.ts';

export interface Welcome {
  readonly version: string;
  /** Another one than before means that the host was started anew. */
  readonly session: string;
}

export interface ClientOptions {
  readonly onWelcome?: ((welcome: Welcome) => void) | undefined;
  /** The connection ended; every pending call has been rejected. */
  readonly onClose?: ((error: HostError) => void) | undefined;
  /** Who is calling, for the host's log. */
  readonly name?: string | undefined;
}

export type ClosableHostClient = HostClient & { close(): void };

/** What is waiting for an answer. */
interface Pending {
  readonly onValue: (value: unknown) => void;
  /** Null: the stream ended by itself. */
  readonly onEnd: (error: HostError | null) => void;
}

function unexpected(name: string): HostError {
  return new HostError(
    'internal',
    `The host's answer to ${name} is not as agreed.`,
    'Host and window are of different versions; update the older one.',
  );
}

/**
 * Speaks with a host over one connection. Calls may be made at once: what the transport cannot send yet it keeps.
 * @throws HostError from calls: the host's code, message and remedy; `cancelled` after an abort; `disconnected` when
 *   the connection ends first; `protocol` when the host is of another version
 */
export function createHostClient(transport: Transport, options: ClientOptions = {}): ClosableHostClient {
  // A page under a strict content security policy may not compile code, and zod would try.
  z.config({ jitless: true });
  const pending = new Map<number, Pending>();
  let nextId = 1;
  let ended: HostError | null = null;

  const end = (error: HostError): void => {
    if (ended !== null) return;
    ended = error;
    const waiting = [...pending.values()];
    pending.clear();
    for (const { onEnd } of waiting) onEnd(error);
    options.onClose?.(error);
  };

  const settle = (id: number, error: HostError | null): void => {
    const waiting = pending.get(id);
    pending.delete(id);
    waiting?.onEnd(error);
  };

  const receive = (message: HostMessage): void => {
    switch (message.kind) {
      case 'welcome':
        if (message.protocol === protocolVersion) options.onWelcome?.(message);
        else {
          end(
            new HostError(
              'protocol',
              `The host is Engine Room ${message.version}, which speaks protocol ${message.protocol}; this window speaks ${protocolVersion}.`,
              'Update the older of the two.',
            ),
          );
          transport.close();
        }
        return;
      case 'result':
      case 'item':
        pending.get(message.id)?.onValue(message.value);
        return;
      case 'end':
        settle(message.id, null);
        return;
      case 'error': {
        const { code, message: sentence, remedy } = message.error;
        // Without an id the host speaks of the connection; what it could not read was not one of our calls.
        if (message.id !== null) settle(message.id, new HostError(code, sentence, remedy));
        return;
      }
    }
  };

  transport.onMessage((raw) => {
    const message = hostMessageSchema.safeParse(raw);
    if (message.success) receive(message.data);
  });
  transport.onClose((reason) => {
    end(
      new HostError(
        'disconnected',
        `The connection to the host ended: ${reason}.`,
        'It is tried again by itself; runs go on meanwhile.',
      ),
    );
  });
  transport.send({ kind: 'hello', protocol: protocolVersion, client: options.name ?? 'client' });

  /** Sends a request and registers who hears its answers; the id names it in `cancel`. */
  const begin = (request: object, waiting: Pending): number => {
    const id = nextId++;
    pending.set(id, waiting);
    transport.send({ ...request, id });
    return id;
  };
  const cancel = (id: number): void => {
    if (pending.delete(id) && ended === null) transport.send({ kind: 'cancel', id });
  };

  return {
    call<N extends ProcedureName>(
      name: N,
      params: ParamsOf<N>,
      { signal }: { readonly signal?: AbortSignal } = {},
    ): Promise<ResultOf<N>> {
      return new Promise<ResultOf<N>>((resolve, reject) => {
        const { code, message, remedy } = cancelledError;
        if (ended !== null) return reject(ended);
        if (signal?.aborted) return reject(new HostError(code, message, remedy));
        const onAbort = (): void => {
          cancel(id);
          reject(new HostError(code, message, remedy));
        };
        const id = begin(
          { kind: 'call', method: name, params },
          {
            onValue(value) {
              pending.delete(id);
              signal?.removeEventListener('abort', onAbort);
              const result = procedures[name].result.safeParse(value);
              // The schema is the one of `name`, which the compiler cannot follow through the index.
              if (result.success) resolve(result.data as ResultOf<N>);
              else reject(unexpected(name));
            },
            onEnd(error) {
              signal?.removeEventListener('abort', onAbort);
              reject(error ?? unexpected(name));
            },
          },
        );
        signal?.addEventListener('abort', onAbort, { once: true });
      });
    },

    listen<N extends StreamName>(
      name: N,
      params: StreamParamsOf<N>,
      onItem: (item: ItemOf<N>) => void,
      onEnd?: (error: HostError | null) => void,
    ): () => void {
      if (ended !== null) {
        const error = ended;
        let wanted = true;
        queueMicrotask(() => wanted && onEnd?.(error));
        return () => {
          wanted = false;
        };
      }
      const id = begin(
        { kind: 'listen', stream: name, params },
        {
          onValue(value) {
            const item = streams[name].item.safeParse(value);
            if (item.success) onItem(item.data as ItemOf<N>);
            else {
              cancel(id);
              onEnd?.(unexpected(name));
            }
          },
          onEnd: (error) => onEnd?.(error),
        },
      );
      return () => cancel(id);
    },

    close(): void {
      end(new HostError('disconnected', 'The connection was closed.', 'Connect again.'));
      transport.close();
    },
  };
}
