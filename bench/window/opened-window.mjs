/** A real `engineroom serve` and its window in Chromium, for the benchmarks: with scroll bars, and a way to trace. */

import { chromium } from 'playwright';
import { prepareChromium } from '../../scripts/chromium.mjs';
import { stop } from '../../scripts/steps.mjs';

// The harness of the tests is TypeScript.
if (!process.features.typescript) {
  stop(
    `Node ${process.versions.node} does not read TypeScript.`,
    'Use the one in node_modules/.bin/node, for example by "npm exec -- node bench/window/...".',
  );
}
const { haveBuild, serve } = await import('../../e2e/harness/served-host.ts');
const { AppWindow } = await import('../../e2e/browser/pages.ts');

/** @param onPage what is run in the page before anything of its own */
export async function openWindow({ roots, onPage }) {
  if (!haveBuild) stop('The window has not been built.', 'Run "npm run build" first.');
  const { path, problem } = prepareChromium();
  if (problem) stop(`There is no browser to measure in: ${problem}.`, 'Install one.');
  const host = await serve({ roots });
  const browser = await chromium.launch({
    executablePath: path,
    args: ['--no-sandbox', '--disable-gpu', '--enable-precise-memory-info'],
    ignoreDefaultArgs: ['--hide-scrollbars'],
  });
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  if (onPage) await page.addInitScript(onPage);
  await page.goto(host.url);
  return {
    page,
    window: new AppWindow(page),
    devtools: await context.newCDPSession(page),
    async [Symbol.asyncDispose]() {
      await browser.close();
      await host[Symbol.asyncDispose]();
    },
  };
}

/** Tasks of the page's main thread, in milliseconds: how long on the clock, how long on the processor, and from when. */
function mainTasks(events) {
  const mains = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid}/${tid}`),
  );
  const tasks = events.filter(
    ({ name, ph, pid, tid }) => name === 'RunTask' && ph === 'X' && mains.has(`${pid}/${tid}`),
  );
  // Other renderers, such as the one that Chromium keeps in store, do next to nothing.
  const time = new Map();
  for (const { pid, dur } of tasks) time.set(pid, (time.get(pid) ?? 0) + dur);
  const [busiest] = [...time].sort((a, b) => b[1] - a[1])[0] ?? [];
  return tasks
    .filter(({ pid }) => pid === busiest)
    .map(({ ts, dur, tdur }) => ({ at: ts / 1000, wall: dur / 1000, cpu: (tdur ?? dur) / 1000 }));
}

/** Tasks of the page's main thread while `work` goes on. */
export async function tracedTasks(page, work) {
  const browser = page.context().browser();
  await browser.startTracing(page, { categories: ['disabled-by-default-devtools.timeline'] });
  let trace;
  try {
    await work();
  } finally {
    trace = await browser.stopTracing();
  }
  return mainTasks(JSON.parse(trace.toString()).traceEvents);
}
