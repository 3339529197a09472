/** Answers over HTTP: files, bytes, and failures as JSON. */

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { WireError } from '../../../contract/rpc/messages.ts';
import { isFailure } from '../../../core/base/failure.ts';
import { fileFailure } from '../../../core/base/files.ts';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

export function contentTypeOf(path: string): string {
  return contentTypes[extname(path).toLowerCase()] ?? 'application/octet-stream';
}

const statuses: Readonly<Partial<Record<string, number>>> = {
  'bad-usage': 400,
  'bad-input': 404,
  cancelled: 499,
  'disk-full': 507,
};

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Headers of every answer to this request. */
  readonly headers: OutgoingHttpHeaders;
}

export function answerBytes(
  { request, response, headers }: Exchange,
  status: number,
  body: string | Uint8Array,
  more: OutgoingHttpHeaders,
): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body), ...more });
  response.end(request.method === 'HEAD' ? undefined : body);
}

export function answerError(exchange: Exchange, status: number, error: Omit<WireError, 'code'>): void {
  answerBytes(exchange, status, JSON.stringify(error), {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
}

/** Turns what was thrown into an answer, or ends the connection when half of one is out already. */
export function answerThrown(exchange: Exchange, thrown: unknown, onBug: (error: unknown) => void): void {
  const { response } = exchange;
  if (!isFailure(thrown)) onBug(thrown);
  if (response.headersSent) {
    response.destroy();
  } else if (isFailure(thrown)) {
    const { code, message, remedy } = thrown;
    answerBytes(exchange, statuses[code] ?? 500, JSON.stringify({ code, message, remedy }), {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
    });
  } else {
    answerError(exchange, 500, {
      message: 'The host made a mistake.',
      remedy: 'Try again; if it happens again, report it with the log of the host.',
    });
  }
}

/**
 * Sends a file as it is.
 * @throws Failure `bad-input` when it cannot be read
 */
export async function answerFile(
  { request, response, headers }: Exchange,
  path: string,
  more: OutgoingHttpHeaders,
): Promise<void> {
  const info = await stat(path).catch((error: unknown) => {
    throw fileFailure(error, path, 'read');
  });
  if (!info.isFile()) throw fileFailure(Object.assign(new Error(), { code: 'EISDIR' }), path, 'read');
  const length = { 'content-type': contentTypeOf(path), 'content-length': info.size };
  if (request.method === 'HEAD') {
    response.writeHead(200, { ...headers, ...length, ...more }).end();
    return;
  }
  const stream = createReadStream(path, { end: Math.max(0, info.size - 1) });
  response.writeHead(200, { ...headers, ...length, ...more });
  if (info.size === 0) {
    stream.destroy();
    response.end();
    return;
  }
  // Whoever leaves in the middle of a download is no news.
  await pipeline(stream, response).catch(() => response.destroy());
}
