/** One suite through both transports: a real WebSocket on loopback, and a MessageChannel. */

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { MessageChannel } from 'node:worker_threads';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { type ClosableHostClient, createHostClient, type Welcome } from './client.ts';
import type { Handlers } from './handlers.ts';
import { messagePortTransport, nodePort } from './message-port.ts';
import { protocolVersion, type Transport } from './messages.ts';
import { serveTransport } from './server.ts';
import { webSocketTransport } from './web-socket.ts';

/** Waits until an expectation holds; long, for the machine may be busy. */
function eventually<T>(expectation: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(expectation, { timeout: 30_000 });
}

const summary = {
  id: 'r1',
  modelName: 'parts.onnx',
  modelPath: '/m/parts.onnx',
  out: '/out',
  state: 'queued',
  createdAt: '2026-01-01T00:00:00Z',
  finishedAt: null,
  progress: 0,
  step: null,
  secondsLeft: null,
  queuePosition: 0,
  error: null,
  figures: [],
} as const;

class Sentence extends Error {
  readonly code = 'bad-input';
  readonly remedy = 'Choose another file.';
}

/** Waits until the signal aborts, and tells that it did. */
function untilAborted(signal: AbortSignal, heard: () => void): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      heard();
      reject(new Error('aborted'));
    });
  });
}

function fakeHost() {
  const aborted = vi.fn();
  const returned = vi.fn();
  const bugs = vi.fn();
  let waiting = 0;
  const part = {
    procedures: {
      'runs.list': async () => ({ runs: [summary] }),
      'runs.cancel': async () => {
        throw new Sentence('The file x.onnx is odd.');
      },
      'runs.remove': async () => {
        throw new TypeError('x is not a function\nat secret place');
      },
      'runs.repeat': async () => ({ ...summary, state: 'odd' }),
      'runs.get': (_: unknown, { signal }: { signal: AbortSignal }) => {
        waiting++;
        return untilAborted(signal, aborted);
      },
      'runs.command': async ({ specification }: { specification: Record<string, unknown> }) => {
        await new Promise((resolve) => setTimeout(resolve, Number(specification.ms)));
        return { command: `${specification.ms}` };
      },
      'images.page': async ({ filter, offset }: { filter: { state: string }; offset: number }) => ({
        total: offset,
        items: [],
        state: filter.state,
      }),
    },
    streams: {
      'runs.watch': async function* () {
        for (let i = 0; i < 3; i++) yield { ...summary, id: `r${i}` };
      },
      'runs.follow': async function* (_: unknown, { signal }: { signal: AbortSignal }) {
        try {
          yield { type: 'step-started', step: 'prepare', title: 'Prepare' };
          await untilAborted(signal, aborted);
        } finally {
          returned();
        }
      },
      'images.watch': async function* () {
        yield { odd: true };
      },
    },
  };
  return { handlers: part as unknown as Handlers, aborted, returned, bugs, waiting: () => waiting };
}

interface Pair {
  readonly client: Transport;
  readonly host: Transport;
  close(): void;
}

async function socketPair(): Promise<Pair> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const client = webSocketTransport(socket);
  const [accept] = await accepted;
  return {
    client,
    host: webSocketTransport(accept),
    close() {
      for (const each of server.clients) each.terminate();
      server.close();
    },
  };
}

async function portPair(): Promise<Pair> {
  const { port1, port2 } = new MessageChannel();
  return {
    client: messagePortTransport(nodePort(port1)),
    host: messagePortTransport(nodePort(port2)),
    close: () => port1.close(),
  };
}

const hasWebSocket = 'WebSocket' in globalThis;
const kinds: readonly (readonly [string, () => Promise<Pair>])[] = [
  ...(hasWebSocket ? [['WebSocket', socketPair] as const] : []),
  ['MessageChannel', portPair],
];

describe.skipIf(hasWebSocket)('WebSocket (skipped: this Node has no WebSocket)', () => {
  it('is tested on Node 22 and later', () => undefined);
});

describe.each(kinds)('a connection over a %s', (_name, connect) => {
  const ends: (() => void)[] = [];
  afterEach(() => {
    for (const end of ends.splice(0).reverse()) end();
  });

  async function start(onWelcome?: (welcome: Welcome) => void) {
    const pair = await connect();
    const host = fakeHost();
    const stop = serveTransport(pair.host, host.handlers, {
      version: '1.2.3',
      session: 's1',
      onBug: host.bugs,
    });
    const client: ClosableHostClient = createHostClient(pair.client, { onWelcome });
    ends.push(
      () => pair.close(),
      stop,
      () => client.close(),
    );
    return { client, host, stop, pair };
  }

  it('greets with version and session', async () => {
    const welcome = await new Promise<Welcome>((resolve) => void start(resolve));
    expect(welcome).toMatchObject({ version: '1.2.3', session: 's1' });
  });

  it('answers calls, each with its own result, in whatever order they finish', async () => {
    const { client } = await start();
    const [slow, quick, list] = await Promise.all([
      client.call('runs.command', { specification: { ms: 60 } }),
      client.call('runs.command', { specification: { ms: 1 } }),
      client.call('runs.list', {}),
    ]);
    expect([slow.command, quick.command]).toEqual(['60', '1']);
    expect(list.runs).toEqual([summary]);
  });

  it('fills in defaults of parameters and drops unknown fields of results', async () => {
    const { client } = await start();
    const page = await client.call('images.page', { set: 'x', offset: 4, limit: 1 });
    expect(page).toEqual({ total: 4, items: [] });
  });

  it('brings back an expected failure with code, message and remedy, and a bug as such', async () => {
    const { client, host } = await start();
    await expect(client.call('runs.cancel', { id: 'r1' })).rejects.toMatchObject({
      name: 'HostError',
      code: 'bad-input',
      message: 'The file x.onnx is odd.',
      remedy: 'Choose another file.',
    });
    expect(host.bugs).not.toHaveBeenCalled();
    await expect(client.call('runs.remove', { id: 'r1' })).rejects.toMatchObject({
      code: 'internal',
      message: 'The host made a mistake: x is not a function',
    });
    expect(host.bugs).toHaveBeenCalledOnce();
  });

  it('refuses parameters that are not as agreed, naming the field', async () => {
    const { client } = await start();
    await expect(client.call('runs.cancel', { id: 7 as never })).rejects.toMatchObject({
      code: 'bad-usage',
      message: expect.stringContaining('runs.cancel: id is not usable'),
    });
    await expect(client.call('toString' as never, {} as never)).rejects.toMatchObject({ code: 'bad-usage' });
  });

  it('refuses a result and an item that are not as agreed', async () => {
    const { client } = await start();
    await expect(client.call('runs.repeat', { id: 'r1' })).rejects.toMatchObject({ code: 'internal' });
    const error = await new Promise((resolve) =>
      client.listen('images.watch', { set: 'x' }, () => undefined, resolve),
    );
    expect(error).toMatchObject({ code: 'internal' });
  });

  it('cancels a call on the host', async () => {
    const { client, host } = await start();
    const controller = new AbortController();
    const call = client.call('runs.get', { id: 'r1' }, { signal: controller.signal });
    await eventually(() => expect(host.waiting()).toBe(1));
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: 'cancelled' });
    await eventually(() => expect(host.aborted).toHaveBeenCalledOnce());
    await expect(client.call('runs.list', {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  it('hands over the items of a stream in order, and its end', async () => {
    const { client } = await start();
    const ids: string[] = [];
    const end = await new Promise((resolve) =>
      client.listen('runs.watch', {}, ({ id }) => ids.push(id), resolve),
    );
    expect(ids).toEqual(['r0', 'r1', 'r2']);
    expect(end).toBeNull();
  });

  it('stops a stream that waits when its listener leaves', async () => {
    const { client, host } = await start();
    const stop = await new Promise<() => void>((resolve) => {
      const leave = client.listen('runs.follow', { id: 'r1' }, () => queueMicrotask(() => resolve(leave)));
    });
    stop();
    await eventually(() => expect(host.returned).toHaveBeenCalledOnce());
  });

  it('ends all calls and streams on both sides when the client goes', async () => {
    const { client, host } = await start();
    const call = client.call('runs.get', { id: 'r1' });
    const end = new Promise((resolve) => {
      client.listen('runs.follow', { id: 'r1' }, () => undefined, resolve);
    });
    await eventually(() => expect(host.waiting()).toBe(1));
    client.close();
    await expect(call).rejects.toMatchObject({ code: 'disconnected' });
    expect(await end).toMatchObject({ code: 'disconnected' });
    await eventually(() => expect(host.aborted).toHaveBeenCalledTimes(2));
  });

  it('rejects what is pending when the host goes, and everything after', async () => {
    const { client, stop, host } = await start();
    const call = client.call('runs.get', { id: 'r1' });
    await eventually(() => expect(host.waiting()).toBe(1));
    stop();
    await expect(call).rejects.toMatchObject({ code: 'disconnected' });
    await expect(client.call('runs.list', {})).rejects.toMatchObject({ code: 'disconnected' });
    const end = await new Promise((resolve) => client.listen('runs.watch', {}, () => undefined, resolve));
    expect(end).toMatchObject({ code: 'disconnected' });
  });

  it('answers nothing before a hello in its protocol', async () => {
    const pair = await connect();
    ends.push(() => pair.close());
    serveTransport(pair.host, fakeHost().handlers, { version: '1', session: 's' });
    const heard: unknown[] = [];
    pair.client.onMessage((message) => heard.push(message));
    pair.client.send({ kind: 'hello', protocol: protocolVersion + 1, client: 'old' });
    pair.client.send({ kind: 'call', id: 1, method: 'runs.list', params: {} });
    await eventually(() => expect(heard).toHaveLength(2));
    expect(heard[0]).toMatchObject({ kind: 'welcome', protocol: protocolVersion });
    expect(heard[1]).toMatchObject({ kind: 'error', id: 1, error: { code: 'bad-usage' } });
  });

  it('refuses to talk to a host of another protocol', async () => {
    const pair = await connect();
    ends.push(() => pair.close());
    pair.host.onMessage(() =>
      pair.host.send({ kind: 'welcome', protocol: protocolVersion + 1, version: '9', session: 's' }),
    );
    const client = createHostClient(pair.client);
    await expect(client.call('runs.list', {})).rejects.toMatchObject({
      code: 'protocol',
      message: expect.stringContaining('Engine Room 9'),
    });
  });

  it('outlives malformed messages, and answers to each', async () => {
    const { client, host, pair } = await start();
    let errors = 0;
    pair.client.onMessage((message) => {
      if (typeof message === 'object' && message !== null && 'kind' in message && message.kind === 'error') {
        errors++;
      }
    });
    const nearMiss = fc.record(
      {
        kind: fc.constantFrom('hello', 'call', 'listen', 'cancel', 'toString', 7),
        id: fc.oneof(fc.constantFrom(-1, 0.5, '1', null), fc.integer({ min: 1000 })),
        method: fc.oneof(fc.constantFrom('__proto__', 'constructor', 'runs.lists'), fc.anything()),
        stream: fc.oneof(fc.constantFrom('hasOwnProperty', 'runs.list'), fc.anything()),
        protocol: fc.anything(),
        params: fc.anything(),
      },
      { requiredKeys: [] },
    );
    const plain = fc.oneof(
      fc.jsonValue(),
      nearMiss.map((value) => JSON.parse(JSON.stringify(value))),
    );
    await fc.assert(
      fc.asyncProperty(plain, async (message) => {
        // A cancel of what is not there is no mistake, and has no answer.
        fc.pre(!isCancelOrHello(message));
        const before = errors;
        pair.client.send(message);
        await client.call('runs.list', {});
        expect(errors).toBe(before + 1);
      }),
      { numRuns: 150 },
    );
    expect(host.bugs).not.toHaveBeenCalled();
  });

  it('does not confuse a request with a second one of the same id', async () => {
    const { client, host, pair } = await start();
    const call = client.call('runs.get', { id: 'r1' });
    await eventually(() => expect(host.waiting()).toBe(1));
    pair.client.send({ kind: 'call', id: 1, method: 'runs.list', params: {} });
    await client.call('runs.list', {});
    await expect(Promise.race([call, Promise.resolve('waiting')])).resolves.toBe('waiting');
    client.close();
    await expect(call).rejects.toMatchObject({ code: 'disconnected' });
  });
});

function isCancelOrHello(message: unknown): boolean {
  return (
    typeof message === 'object' &&
    message !== null &&
    'kind' in message &&
    (message.kind === 'cancel' || message.kind === 'hello')
  );
}
