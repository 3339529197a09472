/**
 * Seconds from the start of the desktop until it can be used: the window is shown, the host has answered and the first
 * place is there. Each start has fresh settings and an empty run store; the demand is 1.5 seconds.
 *
 *   npm run build && npm run bench:window
 *
 * which runs, on a virtual screen where there is none, for the source and for the packaged folder:
 *
 *   node dist/bench/window/window-start.js NAME STARTS PROGRAM [ARGUMENT...]
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { z } from 'zod';

const demandSeconds = 1.5;
const pageList = z.array(z.object({ type: z.string(), url: z.string(), webSocketDebuggerUrl: z.string() }));
const evaluated = z.object({
  id: z.literal(1),
  result: z.object({ result: z.object({ value: z.number() }) }),
});

/** Evaluates to the time at which the rail and the first place were painted; looked for before every frame. */
const whenUsable = `new Promise((resolve) => {
  const look = () => document.querySelector('nav[aria-label="Places"]') && document.querySelector('main h1, main h2')
    ? requestAnimationFrame(() => resolve(Date.now()))
    : requestAnimationFrame(look);
  look();
})`;

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Address of the page's debugger, as soon as Chromium tells. */
async function pageDebugger(settings: string): Promise<string> {
  for (;;) {
    try {
      const [port] = (await readFile(join(settings, 'DevToolsActivePort'), 'utf8')).split('\n');
      const pages = pageList.parse(await (await fetch(`http://127.0.0.1:${port}/json/list`)).json());
      const page = pages.find(({ type, url }) => type === 'page' && url.startsWith('app:'));
      if (page) return page.webSocketDebuggerUrl;
    } catch {
      // Not there yet.
    }
    await pause(10);
  }
}

/** Milliseconds since the epoch at which the page could be used. */
async function usableAt(address: string): Promise<number> {
  const socket = new WebSocket(address);
  await once(socket, 'open');
  const params = { expression: whenUsable, awaitPromise: true, returnByValue: true };
  for (;;) {
    socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params }));
    const [text] = await once(socket, 'message');
    const answer = evaluated.safeParse(JSON.parse(String(text)));
    // An error means that the page was still being loaded; the question went with the page before it.
    if (!answer.success) continue;
    socket.close();
    return answer.data.result.result.value;
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

/** Seconds of one start. */
async function measureStart(program: string, args: readonly string[]): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'engineroom-start-'));
  const settings = join(folder, 'settings');
  const switches = ['--no-sandbox', '--disable-gpu', '--remote-debugging-port=0'];
  const startedAt = Date.now();
  const child = spawn(program, [...switches, `--user-data-dir=${settings}`, ...args], {
    env: { ...process.env, ENGINEROOM_DATA: join(folder, 'data') },
    stdio: 'ignore',
  });
  try {
    return ((await usableAt(await pageDebugger(settings))) - startedAt) / 1000;
  } finally {
    await stop(child);
    await rm(folder, { recursive: true, force: true });
  }
}

const [name = '', startsText = '', program, ...args] = process.argv.slice(2);
const starts = Number(startsText);
if (!program || !Number.isInteger(starts) || starts < 1) {
  console.error('usage: window-start.js NAME STARTS PROGRAM [ARGUMENT...]');
  process.exit(2);
}
const seconds: number[] = [];
for (let start = 0; start < starts; start++) seconds.push(await measureStart(program, args));
const [first = Number.NaN] = seconds;
const sorted = [...seconds].sort((a, b) => a - b);
const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
const worst = sorted.at(-1) ?? Number.NaN;
const figures = `median ${median.toFixed(2)} s, first ${first.toFixed(2)} s, worst ${worst.toFixed(2)} s of ${starts}`;
const ratio = (median / demandSeconds).toFixed(2);
console.log(
  `window usable, ${name}: ${figures}; ${ratio} of the ${demandSeconds} s demanded; ${cpus().length} cores`,
);
