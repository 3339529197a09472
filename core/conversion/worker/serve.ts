/** The worker's side: waits for one step, runs it, tells its progress and its end, and leaves. */

import { isFailure } from '../../base/failure.ts';
import type { Progress, WorkOptions } from '../../base/work.ts';
import { type FromWorker, toWorkerSchema } from './messages.ts';

// Inputs and outputs differ from step to step; the sender of a `start` message is typed (run-step.ts).
export type AnyStep = (input: never, work: WorkOptions) => Promise<unknown>;
/** Steps by name, each imported when it is asked for. */
export type StepLoaders = Readonly<Record<string, () => Promise<AnyStep>>>;

/** Twenty a second is as much as a person sees. */
const progressIntervalMs = 50;

function send(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    // Without a parent there is nobody to tell, and `disconnect` ends this process.
    if (!process.connected || process.send === undefined) resolve();
    else process.send(message, undefined, {}, () => resolve());
  });
}

/** Passes progress on at most every 50 ms; what comes in between is replaced by what comes later. */
function coalescedProgress(): { report(progress: Progress): void; flush(): Promise<void> } {
  let latest: Progress | null = null;
  let sentAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | null = null;
  const flush = async (): Promise<void> => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (latest === null) return;
    const { value, description } = latest;
    latest = null;
    sentAt = performance.now();
    await send({ type: 'progress', value, description, rssBytes: process.memoryUsage.rss() });
  };
  return {
    report(progress) {
      latest = progress;
      const wait = sentAt + progressIntervalMs - performance.now();
      if (wait <= 0) void flush();
      else timer ??= setTimeout(() => void flush(), wait);
    },
    flush,
  };
}

function ending(error: unknown): FromWorker {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  if (isFailure(error)) {
    return { type: 'failed', code: error.code, message: error.message, remedy: error.remedy, stack };
  }
  return { type: 'broke', message: error instanceof Error ? error.message : String(error), stack };
}

/** Serves one step to the process that forked this one. */
export function serve(steps: StepLoaders): void {
  const controller = new AbortController();
  const progress = coalescedProgress();
  let started = false;

  const leave = async (message: FromWorker): Promise<void> => {
    await progress.flush();
    await send(message);
    process.exit(0);
  };
  const start = async (name: string, input: unknown): Promise<void> => {
    try {
      const load = Object.hasOwn(steps, name) ? steps[name] : undefined;
      if (load === undefined) throw new Error(`there is no step ${name}`);
      const step = await load();
      const output = await step(input as never, { signal: controller.signal, onProgress: progress.report });
      await leave({ type: 'done', output });
    } catch (error) {
      await leave(ending(error));
    }
  };

  // The parent is gone, by a crash or by SIGKILL: nobody wants the result, and an orphan would hold memory and files.
  process.on('disconnect', () => process.exit(1));
  // Ctrl-C reaches the whole process group; the parent decides and sends `cancel`.
  process.on('SIGINT', () => undefined);
  process.on('uncaughtException', (error) => void leave(ending(error)));
  process.on('unhandledRejection', (reason) => void leave(ending(reason)));
  process.on('message', (raw) => {
    const message = toWorkerSchema.parse(raw);
    if (message.type === 'cancel') controller.abort();
    else if (!started) {
      started = true;
      void start(message.step, message.input);
    }
  });
}
