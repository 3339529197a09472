/** The host over HTTP: the window's files, pictures and downloads, and the WebSocket that carries the contract. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Transport } from '../../../contract/rpc/messages.ts';
import { webSocketTransport } from '../../../contract/rpc/web-socket.ts';
import { Failure } from '../../../core/base/failure.ts';
import { Access, type Refusal } from './access.ts';
import { answerError, answerThrown, type Exchange } from './answers.ts';
import { answerFiles, type FileContext } from './file-routes.ts';
import { answerPage, answerStatic } from './static-files.ts';

export interface HttpOptions {
  /** Address to bind. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
}

export interface HttpContext extends FileContext {
  readonly sessionKey: string;
  readonly rendererFolder: string;
  /** A client has connected. */
  readonly onConnection: (transport: Transport) => void;
  readonly onBug: (error: unknown) => void;
}

export interface HttpServer {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  close(): Promise<void>;
}

/** Messages of clients are requests; nothing that is large comes that way. */
const largestMessage = 4 * 2 ** 20;
/** A connection that does not answer within this time is dead, though nobody has said so. */
const heartbeatMs = 15_000;
/** A client that reads so slowly that this much waits for it is cut off; it reconnects and catches up. */
const largestBacklog = 256 * 2 ** 20;

const tokenInPath = /^\/files\/[\w-]{32}\//;

interface Target {
  /** Decoded parts of the path, without the token. */
  readonly parts: readonly string[];
  readonly path: string;
  readonly query: URLSearchParams;
  /** Where the request brings one. */
  readonly token: string | null;
}

/** Null for what is no address at all. */
function targetOf(request: IncomingMessage): Target | null {
  try {
    const url = new URL(request.url ?? '', 'http://host.invalid');
    const path = decodeURIComponent(url.pathname);
    const parts = url.pathname.split('/').slice(1).map(decodeURIComponent);
    const [first, second] = parts;
    // `/files/TOKEN/...`: for pictures of a client that has no cookie here.
    const hasToken = first === 'files' && second !== undefined && /^[\w-]{32}$/.test(second);
    return {
      parts: hasToken ? [first, ...parts.slice(2)] : parts,
      path,
      query: url.searchParams,
      token: hasToken ? second : url.searchParams.get('token'),
    };
  } catch {
    return null;
  }
}

function listenFailure(error: unknown, { host, port }: HttpOptions): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return new Failure('bad-usage', `Port ${port} of ${host} is in use.`, 'Choose another one with --port.', {
      cause: error,
    });
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new Failure(
      'bad-usage',
      `${host}:${port} cannot be listened on (${code}).`,
      'Choose another address or port with --host and --port.',
      { cause: error },
    );
  }
  return error;
}

/** Refuses an upgrade before it becomes a WebSocket. */
function refuseUpgrade(
  socket: Duplex,
  { status, message }: Pick<Refusal, 'message'> & { status: number },
): void {
  const body = `${message}\n`;
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function watchHeartbeat(sockets: WebSocketServer): NodeJS.Timeout {
  const alive = new WeakSet<WebSocket>();
  sockets.on('connection', (socket) => {
    alive.add(socket);
    socket.on('pong', () => alive.add(socket));
  });
  return setInterval(() => {
    for (const socket of sockets.clients) {
      if (alive.delete(socket) && socket.bufferedAmount < largestBacklog) socket.ping();
      else socket.terminate();
    }
  }, heartbeatMs).unref();
}

async function answerRequest(
  exchange: Exchange,
  access: Access,
  context: HttpContext,
  signal: AbortSignal,
): Promise<void> {
  const { request, response } = exchange;
  const target = targetOf(request);
  const isPage = target?.path === '/' || target?.path === '/index.html';
  const refused =
    target === null
      ? { status: 400, message: 'This is no address.', remedy: 'Load the page again.' }
      : (access.checkOrigin(request) ?? access.checkRight(request, target.token));
  if (target === null || refused !== null) {
    const { status, ...error } = refused ?? { status: 400, message: '', remedy: '' };
    if (isPage) return answerPage(exchange, status, error.message, error.remedy);
    return answerError(exchange, status, error);
  }
  if (isPage && target.token !== null) {
    // The token is exchanged for a cookie and leaves the address, so that it does not stay in the history.
    response.writeHead(303, {
      ...exchange.headers,
      location: '/',
      'set-cookie': access.cookie,
      'cache-control': 'no-store',
    });
    response.end();
    return;
  }
  if (target.parts[0] === 'files') {
    const { parts, query } = target;
    return answerFiles(exchange, { parts: parts.slice(1), query, signal }, context);
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return answerError(exchange, 405, { message: 'This can only be read.', remedy: 'Load the page again.' });
  }
  if (await answerStatic(exchange, context.rendererFolder, target.path)) return;
  if (isPage) {
    return answerPage(
      exchange,
      503,
      'The window is not built.',
      'Run "npm run build" and start the host again.',
    );
  }
  answerError(exchange, 404, {
    message: 'There is nothing under this address.',
    remedy: 'Load the page again.',
  });
}

function headersFor(request: IncomingMessage, access: Access): Exchange['headers'] {
  const foreign = access.foreignOrigin(request);
  return {
    'x-content-type-options': 'nosniff',
    // Pictures of the desktop's window are loaded by a page of another origin, which brings the token. Pages that
    // come with the cookie alone may be of another port of this machine.
    'cross-origin-resource-policy': tokenInPath.test(request.url ?? '') ? 'cross-origin' : 'same-origin',
    ...(foreign === null ? {} : { 'access-control-allow-origin': foreign, vary: 'Origin' }),
  };
}

function serveSockets(server: Server, access: Access, context: HttpContext): WebSocketServer {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: largestMessage });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const target = targetOf(request);
    if (target?.path !== '/rpc')
      return refuseUpgrade(socket, { status: 404, message: 'There is nothing here.' });
    const refused = access.checkOrigin(request) ?? access.checkRight(request, target.token);
    if (refused !== null) return refuseUpgrade(socket, refused);
    sockets.handleUpgrade(request, socket, head, (connection) => {
      connection.on('error', () => connection.terminate());
      sockets.emit('connection', connection, request);
      context.onConnection(webSocketTransport(connection));
    });
  });
  return sockets;
}

/**
 * Starts to listen.
 * @throws Failure `bad-usage` when the address or port cannot be had
 */
export async function startHttpServer(options: HttpOptions, context: HttpContext): Promise<HttpServer> {
  const server = createServer({ requestTimeout: 0, headersTimeout: 10_000 });
  server.listen(options.port, options.host);
  await once(server, 'listening').catch((error: unknown) => {
    throw listenFailure(error, options);
  });
  const { port } = server.address() as AddressInfo;
  const access = new Access({
    boundHost: options.host,
    port,
    allowedHosts: options.allowedHosts,
    allowedOrigins: options.allowedOrigins,
    sessionKey: context.sessionKey,
  });
  server.on('request', (request, response) => {
    const controller = new AbortController();
    response.once('close', () => controller.abort());
    const exchange = { request, response, headers: headersFor(request, access) };
    answerRequest(exchange, access, context, controller.signal)
      // Whoever has left does not wait for an answer.
      .catch((error: unknown) => {
        if (!request.destroyed || request.complete) answerThrown(exchange, error, context.onBug);
      });
  });
  const sockets = serveSockets(server, access, context);
  const heartbeat = watchHeartbeat(sockets);
  return {
    host: options.host,
    port,
    token: access.token,
    async close() {
      clearInterval(heartbeat);
      for (const socket of sockets.clients) socket.close(1001, 'the host ends');
      server.closeAllConnections();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // A client that does not close its side is not waited for.
      const timer = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate();
      }, 200);
      await closed;
      clearTimeout(timer);
      for (const socket of sockets.clients) socket.terminate();
    },
  };
}
