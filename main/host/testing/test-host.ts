/** A host in this process and clients of it over both transports, for tests. */

import { once } from 'node:events';
import { cp, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { WebSocket } from 'ws';
import type { RunEvent } from '../../../contract/events.ts';
import { type ClosableHostClient, createHostClient } from '../../../contract/rpc/client.ts';
import { messagePortTransport, nodePort } from '../../../contract/rpc/message-port.ts';
import { type WebSocketLike, webSocketTransport } from '../../../contract/rpc/web-socket.ts';
import { hasSqlite } from '../../cli/newer-node.ts';
import type { Host, HostOptions } from '../host.ts';

export const root = dirname(dirname(dirname(import.meta.dirname)));
export const sample = join(root, 'assets', 'sample');

/** For tests of the host: the store needs a Node that brings SQLite. */
export const noStore = hasSqlite() ? '' : ' (skipped: this Node has no node:sqlite)';

export interface TestHost {
  readonly host: Host;
  /** Everything of the test lies here: `data`, and `work` as the only root besides the sample. */
  readonly folder: string;
  readonly work: string;
  /** Of the HTTP server, without token. */
  readonly base: string;
  readonly token: string;
  readonly problems: unknown[];
  client(transport?: 'socket' | 'port'): Promise<ClosableHostClient>;
  /** Ends the host and starts one over the same data. */
  restart(): Promise<TestHost>;
  end(): Promise<void>;
}

export async function startTestHost(
  options: Partial<HostOptions> = {},
  inFolder?: string,
): Promise<TestHost> {
  // Imported late: a Node without SQLite cannot load it, and then its tests are skipped.
  const { startHost } = await import('../host.ts');
  const folder = inFolder ?? (await realpath(await mkdtemp(join(tmpdir(), 'engineroom-host-'))));
  const work = join(folder, 'work');
  await mkdir(work, { recursive: true });
  const problems: unknown[] = [];
  const host = await startHost({
    dataFolder: join(folder, 'data'),
    roots: [work, sample],
    http: { host: '127.0.0.1', port: 0, allowedHosts: [], allowedOrigins: [] },
    onProblem: (error) => problems.push(error),
    ...options,
  });
  const url = new URL(host.url);
  const token = url.searchParams.get('token') ?? '';
  const clients: ClosableHostClient[] = [];
  const leave = async () => {
    for (const client of clients.splice(0)) client.close();
    await host.close();
  };
  return {
    host,
    folder,
    work,
    base: url.origin,
    token,
    problems,
    async client(transport = 'socket') {
      let client: ClosableHostClient;
      if (transport === 'socket') {
        const socket = new WebSocket(`ws://${url.host}/rpc?token=${token}`);
        await once(socket, 'open');
        client = createHostClient(webSocketTransport(socket as WebSocketLike));
      } else {
        const { port1, port2 } = new MessageChannel();
        host.serve(messagePortTransport(nodePort(port2)));
        client = createHostClient(messagePortTransport(nodePort(port1)));
      }
      clients.push(client);
      return client;
    },
    async restart() {
      await leave();
      return startTestHost(options, folder);
    },
    async end() {
      await leave();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** All events of a run until it ends. */
export function follow(client: ClosableHostClient, id: string): Promise<RunEvent[]> {
  return new Promise((resolve, reject) => {
    const events: RunEvent[] = [];
    client.listen(
      'runs.follow',
      { id },
      (event) => events.push(event),
      (error) => (error === null ? resolve(events) : reject(Object.assign(new Error(error.message), error))),
    );
  });
}

/** A conversion of the sample that takes seconds. */
export function shortSpecification(more: Readonly<Record<string, unknown>> = {}) {
  return {
    model: join(sample, 'parts.onnx'),
    preprocessing: { width: 224, height: 224 },
    calibration: { images: join(sample, 'images/calibration'), limit: 4, method: 'minmax' },
    validation: {
      images: join(sample, 'images/validation'),
      labels: join(sample, 'annotations/validation.json'),
      limit: 4,
    },
    benchmark: { warmup: 0, runs: 3, batches: [1], endToEndImages: 2 },
    ...more,
  };
}

/** A copy of the sample's model under another name and place. */
export async function copyModel(to: string): Promise<string> {
  await mkdir(dirname(to), { recursive: true });
  await cp(join(sample, 'parts.onnx'), to);
  return to;
}
