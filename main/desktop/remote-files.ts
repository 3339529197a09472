/** Pictures, downloads and uploads of a host elsewhere, fetched for a page that must not hold the key. */

import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Readable } from 'node:stream';
import type { PageAnswer, PageRequest } from './adapters/protocol.ts';
import type { HostKey } from './remote-hosts.ts';

const silenceTimeoutMs = 30_000;

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

/** One request to a host; resolves with the beginning of its answer. */
export function requestRemote(
  url: string,
  pathAndQuery: string,
  { method, headers, body }: Omit<PageRequest, 'url'>,
): Promise<IncomingMessage> {
  const target = new URL(`${url}${pathAndQuery}`);
  return new Promise((resolve, reject) => {
    const send = target.protocol === 'https:' ? requestHttps : requestHttp;
    const request = send(target, { method, headers: { ...headers } }, resolve);
    request.setTimeout(silenceTimeoutMs, () => request.destroy(new Error('it does not answer')));
    request.on('error', reject);
    if (body) Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]).pipe(request);
    else request.end();
  });
}

/** Fetches what a page asked of the host's files; the key goes to the host and nowhere else. */
export async function fetchRemoteFile(
  { url, key }: HostKey,
  { method, headers, body }: PageRequest,
  pathAndQuery: string,
): Promise<PageAnswer> {
  const forwarded = { ...pick(headers, forwardedRequestHeaders), cookie: key };
  const answer = await requestRemote(url, pathAndQuery, { method, headers: forwarded, body });
  return {
    status: answer.statusCode ?? 502,
    headers: {
      ...pick(answer.headers, forwardedAnswerHeaders),
      // A report of a remote host would be a document of ours; it may run nothing here.
      'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
      'x-content-type-options': 'nosniff',
    },
    body: answer,
  };
}
