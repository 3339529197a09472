/** A connection over a WebSocket, the browser's or that of the package ws: each message is one JSON text. */

import type { Transport } from './messages.ts';

/** What the browser's WebSocket and that of ws have in common. */
export interface WebSocketLike {
  readonly readyState: number;
  send(data: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'open', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(
    type: 'close',
    listener: (event: { readonly code: number; readonly reason: string }) => void,
  ): void;
  addEventListener(type: 'error', listener: () => void): void;
}

const connecting = 0;
const open = 1;

/** What stands for a text that is no JSON: no message, so that whoever checks messages answers to it. */
const unreadable = undefined;

function parse(data: unknown): unknown {
  if (typeof data !== 'string') return unreadable;
  try {
    return JSON.parse(data);
  } catch {
    return unreadable;
  }
}

/** Messages sent before the socket is open wait until it is; those after its end are dropped. */
export function webSocketTransport(socket: WebSocketLike): Transport {
  const waiting: string[] = [];
  socket.addEventListener('open', () => {
    for (const text of waiting.splice(0)) socket.send(text);
  });
  return {
    send(message) {
      const text = JSON.stringify(message);
      if (socket.readyState === open) socket.send(text);
      else if (socket.readyState === connecting) waiting.push(text);
    },
    onMessage(listener) {
      socket.addEventListener('message', ({ data }) => listener(parse(data)));
    },
    onClose(listener) {
      // An error is always followed by a close, which says more.
      socket.addEventListener('error', () => undefined);
      socket.addEventListener('close', ({ code, reason }) =>
        listener(reason === '' ? `the socket closed with code ${code}` : reason),
      );
    },
    close() {
      socket.close();
    },
  };
}
