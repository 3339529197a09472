/** A host elsewhere: its token exchanged for a lasting key, connections over WebSocket, and a watch over them. */

import { WebSocket } from 'ws';
import type { HostState } from '../../contract/bridge.ts';
import { hostMessageSchema, protocolVersion, type Transport } from '../../contract/rpc/messages.ts';
import { type WebSocketLike, webSocketTransport } from '../../contract/rpc/web-socket.ts';
import type { HostLink } from './host-link.ts';
import { requestRemote } from './remote-files.ts';
import type { HostAddress, HostKey } from './remote-hosts.ts';

const handshakeTimeoutMs = 10_000;
const firstRetryMs = 1_000;
const longestRetryMs = 30_000;

/** Where a host takes connections. */
export function socketAddress(url: string): string {
  return `${url.replace(/^http/, 'ws')}/rpc`;
}

function openSocket({ url, key }: HostKey): WebSocket {
  return new WebSocket(socketAddress(url), {
    handshakeTimeout: handshakeTimeoutMs,
    headers: { cookie: key },
  });
}

function refusedKey(name: string): Error {
  return new Error(
    `${name} does not let this window in. Add it again with the address that it printed at its latest start.`,
  );
}

/** Why a handshake failed, in words. */
function refusal(name: string, error: Error): Error {
  if (/Unexpected server response: 40[13]/.test(error.message)) return refusedKey(name);
  if (/Unexpected server response/.test(error.message)) {
    return new Error(`${name} answers, but not as an Engine Room host. Check address and port.`);
  }
  return new Error(
    `${name} cannot be reached (${error.message}). Check that "engineroom serve" runs there and its port is open.`,
  );
}

/**
 * A connection on which the host has said who it is; `ended` hears its end.
 * @throws Error with sentence and remedy when the host cannot be reached, refuses or speaks another protocol
 */
function greet(host: HostKey & { name: string }, ended: () => void): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = openSocket(host);
    const timer = setTimeout(() => fail(new Error('no answer')), handshakeTimeoutMs);
    let settled = false;
    let welcomed = false;
    const fail = (error: Error): void => {
      clearTimeout(timer);
      if (settled) return;
      settled = true;
      socket.terminate();
      reject(refusal(host.name, error));
    };
    socket.on('open', () => {
      socket.send(JSON.stringify({ kind: 'hello', protocol: protocolVersion, client: 'desktop' }));
    });
    socket.on('message', (data: Buffer) => {
      if (settled) return;
      let raw: unknown;
      try {
        raw = JSON.parse(data.toString());
      } catch {
        return;
      }
      const message = hostMessageSchema.safeParse(raw);
      if (!message.success || message.data.kind !== 'welcome') return;
      settled = true;
      clearTimeout(timer);
      if (message.data.protocol === protocolVersion) {
        welcomed = true;
        resolve(socket);
        return;
      }
      socket.terminate();
      reject(
        new Error(
          `${host.name} is Engine Room ${message.data.version}, which speaks another protocol. Update the older of the two.`,
        ),
      );
    });
    socket.on('error', fail);
    socket.on('close', () => {
      fail(new Error('the connection was closed'));
      if (welcomed) ended();
    });
  });
}

/** Checks address and key of a host by a short conversation. */
export async function tryHost(key: HostKey): Promise<void> {
  const socket = await greet({ ...key, name: new URL(key.url).host }, () => undefined);
  socket.close();
}

/**
 * The key that a host gives for its token. A token lasts until the host is started anew, the key beyond that.
 * @throws Error with sentence and remedy when the host cannot be reached or refuses the token
 */
export async function exchangeToken({ url, token }: HostAddress): Promise<HostKey> {
  const name = new URL(url).host;
  const path = `/?token=${encodeURIComponent(token)}`;
  const answer = await requestRemote(url, path, { method: 'GET', headers: {}, body: null }).catch(
    (error: Error) => {
      throw refusal(name, error);
    },
  );
  answer.resume();
  if (answer.statusCode === 401 || answer.statusCode === 403) throw refusedKey(name);
  const key = answer.headers['set-cookie']
    ?.map((cookie) => cookie.replace(/;.*$/, ''))
    .find((cookie) => /^engineroom-\d+=/.test(cookie));
  if (!key) throw refusal(name, new Error('Unexpected server response: no cookie'));
  return { url, key };
}

/** Keeps one connection of its own, so that the loss of the host is noticed and mended without the windows' help. */
export class RemoteLink implements HostLink {
  readonly #host: HostKey & { readonly name: string };
  readonly #listeners = new Set<(state: HostState) => void>();
  #state: HostState = { state: 'starting' };
  #watch: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #retryMs = firstRetryMs;
  #closed = false;

  constructor(host: HostKey & { readonly name: string }) {
    this.#host = host;
    void this.#keepWatch();
  }

  get state(): HostState {
    return this.#state;
  }

  onState(listener: (state: HostState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  connect(): Transport | undefined {
    if (this.#state.state !== 'ready') return undefined;
    // Node's typing of the listeners differs from the browser's in what the page never sees.
    return webSocketTransport(openSocket(this.#host) as unknown as WebSocketLike);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#watch?.close();
    this.#listeners.clear();
  }

  async #keepWatch(): Promise<void> {
    try {
      const socket = await greet(this.#host, () => this.#lost(socket));
      if (this.#closed) return socket.close();
      this.#watch = socket;
      this.#retryMs = firstRetryMs;
      this.#change({ state: 'ready' });
    } catch (error) {
      this.#retryLater(error instanceof Error ? error.message : String(error));
    }
  }

  #lost(socket: WebSocket): void {
    if (socket !== this.#watch) return;
    this.#watch = undefined;
    this.#retryLater(`The connection to ${this.#host.name} was lost; runs go on there.`);
  }

  #retryLater(message: string): void {
    if (this.#closed) return;
    this.#change({ state: 'failed', message, remedy: 'It is tried again by itself every few seconds.' });
    this.#timer = setTimeout(() => void this.#keepWatch(), this.#retryMs);
    this.#retryMs = Math.min(longestRetryMs, this.#retryMs * 2);
  }

  #change(state: HostState): void {
    if (this.#closed) return;
    this.#state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }
}
