/**
 * The same conversion from the window and from the command line: `npm exec -- node bench/window/conversion.mjs [PAIRS]`.
 *
 * The host is asked over the WebSocket that the window uses, and follows the run as the window does; the command line
 * is the one that the window shows for it. They take turns, and each pair begins with the other one.
 */

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { WebSocket } from 'ws';
import { figure, printLoad, quantile, settle } from './figures.mjs';
// Ends with a remedy where TypeScript or the build is missing.
import './opened-window.mjs';

const { repository, serve } = await import('../../e2e/harness/served-host.ts');
const { samplePaths } = await import('../../e2e/browser/pages.ts');
const { createHostClient } = await import('../../contract/rpc/client.ts');
const { webSocketTransport } = await import('../../contract/rpc/web-socket.ts');

const limit = 1.05;
const pairs = Number(process.argv[2] ?? 3);
const outputs = mkdtempSync(join(tmpdir(), 'engineroom-conversion-'));
const command = join(repository, 'dist', 'main', 'cli', 'engineroom.js');

await using host = await serve({ roots: [join(samplePaths.model, '..'), outputs] });
const { searchParams } = new URL(host.url);
const socket = new WebSocket(`ws://127.0.0.1:${host.port}/rpc?token=${searchParams.get('token')}`);
const client = createHostClient(webSocketTransport(socket), { name: 'bench' });

const specification = (out) => ({
  model: samplePaths.model,
  out: join(outputs, out),
  calibration: { images: samplePaths.calibration },
  validation: { images: samplePaths.validation, labels: samplePaths.labels },
});

/** Seconds from the order until the host says that the run is done. */
async function fromHost(out) {
  const from = performance.now();
  const { id } = await client.call('runs.submit', { specification: specification(out) });
  let unfollow = () => undefined;
  const last = await new Promise((resolve, reject) => {
    const unwatch = client.listen('runs.watch', {}, (run) => {
      if (run.id !== id || run.state === 'queued' || run.state === 'running') return;
      unwatch();
      resolve(run);
    });
    unfollow = client.listen('runs.follow', { id }, () => undefined);
    setTimeout(() => reject(new Error('The run took longer than ten minutes.')), 600_000).unref();
  });
  const seconds = (performance.now() - from) / 1000;
  unfollow();
  if (last.state !== 'done') throw new Error(`The run ended ${last.state}: ${last.error?.message}`);
  return seconds;
}

/** Seconds from the start of the command until it has ended. */
async function fromCommandLine(out) {
  const { command: text } = await client.call('runs.command', { specification: specification(out) });
  const script = `engineroom() { "$ENGINEROOM_NODE" "$ENGINEROOM_COMMAND" "$@"; }\n${text}`;
  const from = performance.now();
  // Not waited for in a way that holds up this process: the host ends connections that do not answer.
  await promisify(execFile)('sh', ['-c', script], {
    env: { ...process.env, ENGINEROOM_NODE: process.execPath, ENGINEROOM_COMMAND: command },
  });
  return (performance.now() - from) / 1000;
}

printLoad('at the start');
const ratios = [];
for (let pair = 0; pair < pairs; pair++) {
  const ways = [
    ['host', fromHost],
    ['command line', fromCommandLine],
  ];
  const seconds = {};
  for (const [name, way] of pair % 2 === 0 ? ways : ways.reverse()) {
    seconds[name] = await way(`${name.replace(' ', '-')}-${pair}`);
  }
  ratios.push(seconds.host / seconds['command line']);
  console.log(
    `pair ${pair + 1}: host ${seconds.host.toFixed(1)} s, command line ${seconds['command line'].toFixed(1)} s, ratio ${ratios[pair].toFixed(3)}`,
  );
}
figure('host against command line, median of the ratios', quantile(ratios, 0.5), '', { limit, digits: 3 });
printLoad('at the end');
client.close();
rmSync(outputs, { recursive: true, force: true });
settle();
