/** A custom protocol answered by one function: `protocol.handle` since Electron 25, `registerStreamProtocol` before. */

import { createReadStream, promises as files } from 'node:fs';
import { Readable } from 'node:stream';

/** What a page asks for. `body` is there where the platform tells it. */
export interface PageRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ReadableStream<Uint8Array> | null;
}

export interface PageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
}

export type PageHandler = (request: PageRequest) => Promise<PageAnswer>;

/** The part of Electron's `protocol` that is used; each version has one of the two. */
export interface ProtocolLike {
  handle?(scheme: string, handler: (request: Request) => Promise<Response>): void;
  registerStreamProtocol?(
    scheme: string,
    handler: (
      request: { method: string; url: string; headers: Record<string, string> },
      answer: (response: {
        statusCode: number;
        headers: Record<string, string>;
        data: NodeJS.ReadableStream;
      }) => void,
    ) => void,
  ): void;
}

/** A short text as an answer, for errors. */
export function textAnswer(status: number, text: string): PageAnswer {
  return {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: Readable.from([Buffer.from(text)]),
  };
}

/** A file as an answer, 404 when it is not there. */
export async function fileAnswer(
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<PageAnswer> {
  const status = await files.stat(path).catch(() => undefined);
  if (!status?.isFile()) return textAnswer(404, 'not found');
  return {
    status: 200,
    headers: { ...headers, 'content-length': String(status.size) },
    body: createReadStream(path),
  };
}

/** A handler that throws answers 500; nothing of the error reaches the page. */
async function answerOf(handler: PageHandler, request: PageRequest): Promise<PageAnswer> {
  try {
    return await handler(request);
  } catch (error) {
    console.error(`${request.method} ${request.url}:`, error);
    return textAnswer(500, 'failed');
  }
}

const statusWithoutBody = (status: number): boolean => status === 204 || status === 304;

/** Answers every address of `scheme` with `handler`, in whichever way this Electron has. */
export function handleProtocol(protocol: ProtocolLike, scheme: string, handler: PageHandler): void {
  if (protocol.handle) {
    protocol.handle(scheme, async (request) => {
      const answer = await answerOf(handler, {
        method: request.method,
        url: request.url,
        headers: Object.fromEntries(request.headers),
        body: request.body,
      });
      const body = statusWithoutBody(answer.status)
        ? null
        : (Readable.toWeb(answer.body) as ReadableStream<Uint8Array>);
      return new Response(body, { status: answer.status, headers: { ...answer.headers } });
    });
    return;
  }
  protocol.registerStreamProtocol?.(scheme, ({ method, url, headers }, reply) => {
    void answerOf(handler, { method, url, headers, body: null }).then((answer) =>
      reply({ statusCode: answer.status, headers: { ...answer.headers }, data: answer.body }),
    );
  });
}
