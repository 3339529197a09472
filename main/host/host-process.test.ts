/** The host as a process: `engineroom serve` killed in the middle of a run, and the desktop's child over its channel. */

import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { type ClosableHostClient, createHostClient } from '../../contract/rpc/client.ts';
import { type HostNotice, hostNoticeSchema } from '../../contract/rpc/host-channel.ts';
import type { Transport } from '../../contract/rpc/messages.ts';
import { type WebSocketLike, webSocketTransport } from '../../contract/rpc/web-socket.ts';
import { workersAlive } from '../cli/testing/run-cli.ts';
import { eventually } from './testing/eventually.ts';
import { follow, noStore, root, sample, shortSpecification } from './testing/test-host.ts';

const entry = join(root, 'dist/main/host/entry.js');
const command = join(root, 'dist/main/cli/engineroom.js');
const skipped = noStore || (existsSync(entry) ? '' : ' (skipped: run "npm run build:ts" first)');

vi.setConfig({ testTimeout: 240_000 });

let folder: string;
const children: ChildProcess[] = [];
const environment = (marker: string) => ({ ...process.env, ENGINEROOM_TEST: marker });
const gone = (marker: string) => eventually(() => expect(workersAlive(marker)).toEqual([]));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engineroom-process-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

async function serve(data: string, marker: string, more: readonly string[] = []) {
  const child = spawn(
    process.execPath,
    [command, 'serve', '--port', '0', '--data-dir', data, '--root', sample, ...more],
    { stdio: ['ignore', 'pipe', 'pipe'], env: environment(marker) },
  );
  children.push(child);
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  await eventually(() => expect(output).toMatch(/token=\S+\n/));
  const url = new URL(/http:\S+/.exec(output)?.[0] ?? '');
  const connect = async (): Promise<ClosableHostClient> => {
    const socket = new WebSocket(`ws://${url.host}/rpc${url.search}`);
    await once(socket, 'open');
    return createHostClient(webSocketTransport(socket as WebSocketLike));
  };
  return { child, url, connect, output: () => output };
}

/** Long enough to be caught in the middle. */
const longSpecification = () => shortSpecification({ benchmark: { warmup: 0, runs: 20_000 } });

/** Resolves in the middle of the first build. */
function building(client: ClosableHostClient, id: string): Promise<void> {
  return new Promise((resolve) => {
    client.listen('runs.follow', { id }, (event) => {
      if (event.type === 'step-started' && event.step.startsWith('build')) resolve();
    });
  });
}

describe.skipIf(skipped !== '')(`engineroom serve${skipped}`, () => {
  it('prints one line, and ends on Ctrl-C with its workers', async () => {
    const { child, connect, output } = await serve(join(folder, 'ctrl-c'), 'ctrl-c');
    expect(output()).toMatch(/^Engine Room is at http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32}\n$/);
    const client = await connect();
    const { id } = await client.call('runs.submit', { specification: longSpecification() });
    await building(client, id);
    child.kill('SIGINT');
    const [code] = await once(child, 'close');
    expect(code).toBe(0);
    await gone('ctrl-c');
  });

  it('killed in the middle of a run: the run is interrupted, leaves nothing, and can be repeated', async () => {
    const data = join(folder, 'killed');
    const first = await serve(data, 'killed');
    const client = await first.connect();
    const { id, out } = await client.call('runs.submit', { specification: longSpecification() });
    const waiting = await client.call('runs.submit', {
      specification: { ...shortSpecification(), precisions: ['fp32'], calibration: null, validation: null },
    });
    await building(client, id);
    first.child.kill('SIGKILL');
    await once(first.child, 'close');
    await gone('killed');
    expect((await readdir(out)).some((name) => name.startsWith('.engineroom-run-'))).toBe(true);

    const second = await serve(data, 'killed');
    const again = await second.connect();
    const { summary, log } = await again.call('runs.get', { id });
    expect(summary).toMatchObject({ state: 'interrupted', error: { remedy: expect.any(String) } });
    expect(log.at(-1)).toMatchObject({ type: 'error', code: 'worker-lost' });
    // The ranges were whole, and are what makes the repetition quick.
    expect(await readdir(out)).toEqual(['parts-ranges.json']);
    // What was waiting goes on by itself.
    expect((await follow(again, waiting.id)).at(-1)).toMatchObject({ type: 'report' });

    const repeated = await again.call('runs.repeat', { id });
    expect(repeated.out).toBe(out);
    const reused = await new Promise((resolve) => {
      again.listen('runs.follow', { id: repeated.id }, (event) => {
        if (event.type === 'note' && event.note.code === 'cache-reused') resolve(true);
        if (event.type === 'step-started' && event.step === 'benchmark') resolve(false);
      });
    });
    expect(reused).toBe(true);
    await again.call('runs.cancel', { id: repeated.id });
    expect((await again.call('runs.get', { id: repeated.id })).summary.state).toBe('cancelled');
    second.child.kill('SIGTERM');
    await once(second.child, 'close');
    await gone('killed');
  });

  it('warns in plain words when it listens to everybody', async () => {
    const { output, child } = await serve(join(folder, 'open'), 'open', ['--host', '0.0.0.0']);
    expect(output()).toMatch(/^warning: Everybody who reaches 0\.0\.0\.0/);
    child.kill('SIGTERM');
    await once(child, 'close');
  });

  it('says that its folder is in use by another, and that a port is', async () => {
    const { url, child } = await serve(join(folder, 'twice'), 'twice');
    const words = (data: string) =>
      new Promise<string>((resolve) => {
        const second = spawn(
          process.execPath,
          [command, 'serve', '--port', url.port, '--data-dir', data, '--root', sample],
          { stdio: ['ignore', 'ignore', 'pipe'] },
        );
        let text = '';
        second.stderr.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        second.on('close', (code) => resolve(`${code} ${text}`));
      });
    expect(await words(join(folder, 'twice'))).toMatch(
      /^1 The run store .* is in use by another Engine Room\./,
    );
    expect(await words(join(folder, 'third'))).toMatch(/^2 Port \d+ of 127\.0\.0\.1 is in use\./);
    child.kill('SIGTERM');
    await once(child, 'close');
  });
});

describe.skipIf(skipped !== '')(`the desktop's host process${skipped}`, () => {
  async function start(marker: string) {
    const child = fork(entry, ['--data-dir', join(folder, marker)], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: environment(marker),
    });
    children.push(child);
    const notices: HostNotice[] = [];
    const listeners = new Map<number, (message: unknown) => void>();
    child.on('message', (raw) => {
      const notice = hostNoticeSchema.parse(raw);
      notices.push(notice);
      if (notice.kind === 'message') listeners.get(notice.connection)?.(notice.message);
    });
    await eventually(() => expect(notices[0]).toEqual({ kind: 'ready' }));
    const connect = (connection: number): ClosableHostClient => {
      child.send({ kind: 'open', connection });
      const transport: Transport = {
        send: (message) => child.connected && child.send({ kind: 'message', connection, message }),
        onMessage: (listener) => listeners.set(connection, listener),
        onClose: () => undefined,
        close: () => child.connected && child.send({ kind: 'close', connection }),
      };
      return createHostClient(transport);
    };
    return { child, connect, notices };
  }

  it('serves two windows, with pictures over HTTP, and shuts down when told to', async () => {
    const { child, connect } = await start('windows');
    const [one, two] = [connect(1), connect(2)];
    const { filesUrl, roots } = await one.call('host.info', {});
    expect(roots).toEqual([]);
    expect(filesUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/files\/[\w-]{32}$/);
    expect((await fetch(`${filesUrl}/runs/x/csv/summary`)).status).toBe(404);
    expect((await fetch(filesUrl.replace(/.$/, '*'))).status).toBe(401);
    const foreign = { headers: { origin: 'app://engineroom' } };
    const answer = await fetch(`${filesUrl}/runs/x/csv/summary`, foreign);
    expect(answer.headers.get('access-control-allow-origin')).toBe('app://engineroom');

    const seen = new Promise((resolve) => {
      two.listen('runs.watch', {}, ({ state }) => state === 'cancelled' && resolve(state));
    });
    const { id } = await one.call('runs.submit', { specification: longSpecification() });
    await building(one, id);
    one.close();
    await two.call('runs.cancel', { id });
    expect(await seen).toBe('cancelled');
    const { entries } = await two.call('host.listFolder', { path: sample });
    expect(entries).toContainEqual(expect.objectContaining({ name: 'parts.onnx', kind: 'model' }));
    child.send({ kind: 'shut-down' });
    expect(await once(child, 'exit')).toEqual([0, null]);
    await gone('windows');
  });

  it('outlives nonsense on its channel, and ends with its parent', async () => {
    const { child, connect } = await start('parent');
    for (const nonsense of [
      null,
      7,
      'x',
      {},
      { kind: 'open' },
      { kind: 'message', connection: 99, message: {} },
    ]) {
      child.send(nonsense as never);
    }
    const client = connect(1);
    const { id } = await client.call('runs.submit', { specification: longSpecification() });
    await building(client, id);
    // What a killed parent looks like from here.
    child.disconnect();
    expect(await once(child, 'exit')).toEqual([0, null]);
    await gone('parent');
  });
});
