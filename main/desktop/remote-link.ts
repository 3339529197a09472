/** A host elsewhere: connections over WebSocket, kept watch over, and its pictures and downloads fetched with its token. */

import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Readable } from 'node:stream';
import { WebSocket } from 'ws';
import type { HostState } from '../../contract/bridge.ts';
import { hostMessageSchema, protocolVersion, type Transport } from '../../contract/rpc/messages.ts';
import { type WebSocketLike, webSocketTransport } from '../../contract/rpc/web-socket.ts';
import type { PageAnswer, PageRequest } from './adapters/protocol.ts';
import type { HostLink } from './host-link.ts';
import type { HostAddress } from './remote-hosts.ts';

const handshakeTimeoutMs = 10_000;
const firstRetryMs = 1_000;
const longestRetryMs = 30_000;

/** Where a host takes connections. */
export function socketAddress({ url, token }: HostAddress): string {
  return `${url.replace(/^http/, 'ws')}/rpc?token=${encodeURIComponent(token)}`;
}

function openSocket(address: HostAddress): WebSocket {
  return new WebSocket(socketAddress(address), { handshakeTimeout: handshakeTimeoutMs });
}

/** Why a handshake failed, in words. */
function refusal(name: string, error: Error): Error {
  if (/Unexpected server response: 40[13]/.test(error.message)) {
    return new Error(
      `${name} refuses the token. Copy the address again: the token changes when the host is started.`,
    );
  }
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
function greet(address: HostAddress & { name: string }, ended: () => void): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = openSocket(address);
    const timer = setTimeout(() => fail(new Error('no answer')), handshakeTimeoutMs);
    let settled = false;
    let welcomed = false;
    const fail = (error: Error): void => {
      clearTimeout(timer);
      if (settled) return;
      settled = true;
      socket.terminate();
      reject(refusal(address.name, error));
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
          `${address.name} is Engine Room ${message.data.version}, which speaks another protocol. Update the older of the two.`,
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

/** Checks address and token of a host by a short conversation. */
export async function tryHost(address: HostAddress): Promise<void> {
  const socket = await greet({ ...address, name: new URL(address.url).host }, () => undefined);
  socket.close();
}

/** Keeps one connection of its own, so that the loss of the host is noticed and mended without the windows' help. */
export class RemoteLink implements HostLink {
  readonly #address: HostAddress & { readonly name: string };
  readonly #listeners = new Set<(state: HostState) => void>();
  #state: HostState = { state: 'starting' };
  #watch: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #retryMs = firstRetryMs;
  #closed = false;

  constructor(address: HostAddress & { readonly name: string }) {
    this.#address = address;
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
    return webSocketTransport(openSocket(this.#address) as unknown as WebSocketLike);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#watch?.close();
    this.#listeners.clear();
  }

  async #keepWatch(): Promise<void> {
    try {
      const socket = await greet(this.#address, () => this.#lost(socket));
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
    this.#retryLater(`The connection to ${this.#address.name} was lost; runs go on there.`);
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

const forwardedRequestHeaders = ['content-type', 'content-length', 'range', 'if-none-match'];
const forwardedAnswerHeaders = [
  'content-type',
  'content-length',
  'content-range',
  'content-disposition',
  'cache-control',
  'etag',
];

function pick(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  names: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' && names.includes(name.toLowerCase()) ? [[name.toLowerCase(), value]] : [],
    ),
  );
}

/** Fetches what a page asked of the host's files; the token goes to the host and nowhere else. */
export function fetchRemoteFile(
  { url, token }: HostAddress,
  { method, headers, body }: PageRequest,
  pathAndQuery: string,
): Promise<PageAnswer> {
  const target = new URL(`${url}${pathAndQuery}`);
  target.searchParams.set('token', token);
  return new Promise((resolve, reject) => {
    const send = target.protocol === 'https:' ? requestHttps : requestHttp;
    const request = send(target, { method, headers: pick(headers, forwardedRequestHeaders) }, (answer) =>
      resolve({
        status: answer.statusCode ?? 502,
        headers: {
          ...pick(answer.headers, forwardedAnswerHeaders),
          // A report of a remote host is a document of ours now; it may run nothing here.
          'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
          'x-content-type-options': 'nosniff',
        },
        body: answer,
      }),
    );
    request.on('error', reject);
    if (body) Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]).pipe(request);
    else request.end();
  });
}
