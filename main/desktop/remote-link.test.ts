/** A host elsewhere, played by a small server: greeting, refusal, loss and return, pictures fetched with the token. */

import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import type { HostState } from '../../contract/bridge.ts';
import { protocolVersion } from '../../contract/rpc/messages.ts';
import { fetchRemoteFile } from './remote-files.ts';
import { exchangeToken, RemoteLink, socketAddress, tryHost } from './remote-link.ts';

let server: Server;
let sockets: WebSocketServer;
let protocol: number;
let asked: string[];
let url: string;

function serve(port = 0): Promise<void> {
  sockets = new WebSocketServer({ noServer: true });
  server = createServer((request, answer) => {
    if (request.url?.startsWith('/?token=')) {
      if (request.url !== '/?token=right') answer.writeHead(401).end();
      else answer.writeHead(303, { location: '/', 'set-cookie': 'engineroom-1=key; HttpOnly' }).end();
      return;
    }
    void text(request).then((body) => {
      asked.push(`${request.method} ${request.url} [${request.headers.cookie}] ${body}`);
      answer.writeHead(201, { 'content-type': 'image/png', 'set-cookie': 'a=b' }).end('picture');
    });
  });
  server.on('upgrade', (request: IncomingMessage, socket, head) => {
    if (request.headers.cookie !== 'engineroom-1=key') {
      socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.on('message', (data) => {
        const message = JSON.parse(String(data));
        if (message.kind === 'hello') {
          client.send(JSON.stringify({ kind: 'welcome', protocol, version: '9.9', session: 's' }));
        } else client.send(JSON.stringify({ kind: 'end', id: message.id }));
      });
    });
  });
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => {
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      resolve();
    });
  });
}

function silence(): Promise<void> {
  for (const client of sockets.clients) client.terminate();
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

const host = (key = 'engineroom-1=key') => ({ url, key, name: 'box' });

/** Resolves when the link is in this state. */
function until(link: RemoteLink, wanted: HostState['state']): Promise<HostState> {
  return new Promise((resolve) => {
    if (link.state.state === wanted) return resolve(link.state);
    const stop = link.onState((state) => {
      if (state.state !== wanted) return;
      stop();
      resolve(state);
    });
  });
}

beforeEach(async () => {
  protocol = protocolVersion;
  asked = [];
  await serve();
});
afterEach(() => silence());

describe('tryHost', () => {
  it('accepts a host that says welcome', async () => {
    await expect(tryHost(host())).resolves.toBeUndefined();
  });

  it('a wrong key is said to be one', async () => {
    await expect(tryHost(host('wrong'))).rejects.toThrow(/does not let this window in/);
  });

  it('a host of another protocol is named with its version', async () => {
    protocol += 1;
    await expect(tryHost(host())).rejects.toThrow(/Engine Room 9\.9, which speaks another protocol/);
  });

  it('nobody there', async () => {
    await expect(tryHost({ url: 'http://127.0.0.1:9', key: 'x' })).rejects.toThrow(/cannot be reached/);
  });
});

it('a link carries messages, notices the loss and comes back by itself', async () => {
  const link = new RemoteLink(host());
  expect(link.connect()).toBeUndefined();
  await until(link, 'ready');
  const transport = link.connect()!;
  const answered = new Promise((resolve) => transport.onMessage(resolve));
  const closed = new Promise((resolve) => transport.onClose(resolve));
  transport.send({ kind: 'call', id: 4, method: 'x', params: {} });
  expect(await answered).toEqual({ kind: 'end', id: 4 });

  const { port } = server.address() as AddressInfo;
  await silence();
  expect(await until(link, 'failed')).toMatchObject({
    message: 'The connection to box was lost; runs go on there.',
  });
  await closed;
  await serve(port);
  await until(link, 'ready');
  link.close();
});

it('pictures are fetched with the key, and no cookie reaches the page', async () => {
  const answer = await fetchRemoteFile(
    host(),
    { method: 'GET', url: '', headers: { accept: 'image/*', cookie: 'c=d' }, body: null },
    '/files/images/a/1?width=160',
  );
  expect(await text(answer.body)).toBe('picture');
  expect(asked).toEqual(['GET /files/images/a/1?width=160 [engineroom-1=key] ']);
  expect(answer.status).toBe(201);
  expect(Object.keys(answer.headers).sort()).toEqual([
    'content-security-policy',
    'content-type',
    'x-content-type-options',
  ]);
});

it('uploads pass through', async () => {
  await fetchRemoteFile(
    host(),
    { method: 'POST', url: '', headers: {}, body: new Response('model').body },
    '/files/uploads?name=a.onnx&group=g',
  );
  expect(asked).toEqual(['POST /files/uploads?name=a.onnx&group=g [engineroom-1=key] model']);
});

describe('exchangeToken', () => {
  it('brings the key for the token', async () => {
    expect(await exchangeToken({ url, token: 'right' })).toEqual({ url, key: 'engineroom-1=key' });
  });

  it('a wrong token brings none', async () => {
    await expect(exchangeToken({ url, token: 'wrong' })).rejects.toThrow(/does not let this window in/);
  });

  it('something else that answers brings none', async () => {
    await expect(exchangeToken({ url: `${url}/else`, token: 'right' })).rejects.toThrow(
      /not as an Engine Room host/,
    );
  });
});

it('calls go over TLS where the host has it', () => {
  expect(socketAddress('https://box/base')).toBe('wss://box/base/rpc');
});
