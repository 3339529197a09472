/** A connection over message ports: those of the DOM, of Node's workers, of Electron's main, and of child processes. */

import type { Transport } from './messages.ts';

/** Whatever posts messages; one small adapter for each kind makes it. */
export interface PortLike {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** A kind of port that does not tell of its end never calls it. */
  onClose(listener: (reason: string) => void): void;
  close(): void;
}

/** A port's last message: DOM ports of older browsers do not tell the other side that they were closed. */
const farewell = { kind: 'port-closed' } as const;

function isFarewell(message: unknown): boolean {
  return (
    typeof message === 'object' && message !== null && 'kind' in message && message.kind === farewell.kind
  );
}

export function messagePortTransport(port: PortLike): Transport {
  const closeListeners: ((reason: string) => void)[] = [];
  let closed = false;
  const end = (reason: string): void => {
    if (closed) return;
    closed = true;
    for (const listener of closeListeners) listener(reason);
  };
  const messageListeners: ((message: unknown) => void)[] = [];
  port.onMessage((message) => {
    if (closed) return;
    if (isFarewell(message)) {
      end('the other side closed the port');
      port.close();
      return;
    }
    for (const listener of messageListeners) listener(message);
  });
  port.onClose(end);
  return {
    send(message) {
      if (!closed) port.post(message);
    },
    onMessage(listener) {
      messageListeners.push(listener);
    },
    onClose(listener) {
      closeListeners.push(listener);
    },
    close() {
      if (closed) return;
      port.post(farewell);
      end('the port was closed');
      port.close();
    },
  };
}

/** The part of the DOM's MessagePort that is used. */
interface DomPort {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: () => void): void;
  start(): void;
  close(): void;
}

export function domPort(port: DomPort): PortLike {
  return {
    post: (message) => port.postMessage(message),
    onMessage(listener) {
      port.addEventListener('message', ({ data }) => listener(data));
      port.start();
    },
    onClose: (listener) => port.addEventListener('close', () => listener('the port was closed')),
    close: () => port.close(),
  };
}

/** The part of Node's MessagePort (worker_threads) that is used. */
interface NodePort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  close(): void;
}

export function nodePort(port: NodePort): PortLike {
  return {
    post: (message) => port.postMessage(message),
    onMessage: (listener) => port.on('message', listener),
    onClose: (listener) => port.on('close', () => listener('the port was closed')),
    close: () => port.close(),
  };
}

/** The part of Electron's MessagePortMain that is used. */
interface ElectronPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
  close(): void;
}

export function electronPort(port: ElectronPort): PortLike {
  return {
    post: (message) => port.postMessage(message),
    onMessage(listener) {
      port.on('message', ({ data }) => listener(data));
      port.start();
    },
    onClose: (listener) => port.on('close', () => listener('the port was closed')),
    close: () => port.close(),
  };
}

/** A child process as its parent sees it, or `process` as a child sees its parent. */
interface ProcessPort {
  send?: ((message: unknown, callback: (error: Error | null) => void) => unknown) | undefined;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
  disconnect?: (() => void) | undefined;
  readonly connected?: boolean | undefined;
}

export function processPort(process: ProcessPort): PortLike {
  return {
    post(message) {
      // The other process may be gone already; `disconnect` tells.
      if (process.connected) process.send?.(message, () => undefined);
    },
    onMessage: (listener) => process.on('message', listener),
    onClose: (listener) => process.on('disconnect', () => listener('the other process ended')),
    close() {
      if (process.connected) process.disconnect?.();
    },
  };
}
