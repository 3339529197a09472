/** Runs one step in a process of its own, so that a crash, a memory kill or a cancel ends that process and no more. */

import { type ChildProcess, fork } from 'node:child_process';
import { totalmem } from 'node:os';
import { Failure } from '../../base/failure.ts';
import { throwIfCancelled, type WorkOptions } from '../../base/work.ts';
import { type FromWorker, fromWorkerSchema, type ToWorker } from './messages.ts';
import { workerEnvironment, workerFlags } from './process-options.ts';

/** How long a worker may take to stop of its own accord after `cancel`. */
const cancelGraceMs = 700;
/** How long one may take to leave after it has handed over its result. */
const leaveGraceMs = 2000;
const keptErrorOutput = 8192;

interface Watched {
  /** Largest resident memory that the worker told of. */
  peakRssBytes: number;
  /** The end of what it wrote to standard error. */
  errorOutput: string;
  ending: Exclude<FromWorker, { type: 'progress' }> | null;
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

/** Why a worker is gone that has said nothing. */
function explainLoss(
  step: string,
  code: number | null,
  signal: NodeJS.Signals | null,
  watched: Watched,
): Failure {
  const heapFull = /heap out of memory|std::bad_alloc/.test(watched.errorOutput);
  // Nobody else sends SIGKILL to a worker as a rule: on Linux it is the kernel's answer to exhausted memory.
  if (heapFull || signal === 'SIGKILL') {
    return new Failure(
      'out-of-memory',
      `The step ${step} ran out of memory: it held ${gibibytes(watched.peakRssBytes)} when last seen, and this machine has ${gibibytes(totalmem())}.`,
      'Close other programs, or try a smaller --size, --batch or --calibration-limit.',
      { cause: watched.errorOutput },
    );
  }
  const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
  const complaint = /^.*error.*$/im.exec(watched.errorOutput)?.[0].trim();
  return new Failure(
    'worker-lost',
    `The process of the step ${step} ended ${how} without a result${complaint ? `; it last said: ${complaint}` : ''}.`,
    'Run it again; if it happens again, report it with the output of --verbose and of "engineroom doctor".',
    { cause: watched.errorOutput },
  );
}

/** Brings an end that the worker told of into this process. */
function outcomeOf(ending: NonNullable<Watched['ending']>): unknown {
  switch (ending.type) {
    case 'done':
      return ending.output;
    case 'failed': {
      const failure = new Failure(ending.code, ending.message, ending.remedy);
      failure.stack = ending.stack;
      throw failure;
    }
    case 'broke': {
      const error = new Error(ending.message);
      error.stack = ending.stack;
      throw error;
    }
  }
}

function send(child: ChildProcess, message: ToWorker): void {
  // The child may be gone already; its exit is what tells.
  child.send(message, () => undefined);
}

/**
 * Forks `entry`, which calls `serve`, and has it run one step.
 * @returns the step's output
 * @throws Failure as the step threw it; `cancelled` within a second of the abort; `out-of-memory` or `worker-lost` when
 *   the process ended without a word
 */
export async function runWorker(
  entry: string,
  step: string,
  input: unknown,
  work: WorkOptions,
): Promise<unknown> {
  throwIfCancelled(work.signal);
  const child = fork(entry, [], {
    execArgv: [...workerFlags],
    env: workerEnvironment(process.env),
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const watched: Watched = { peakRssBytes: 0, errorOutput: '', ending: null };
  let killTimer: NodeJS.Timeout | null = null;
  const killAfter = (milliseconds: number): void => {
    killTimer ??= setTimeout(() => child.kill('SIGKILL'), milliseconds);
  };
  const cancel = (): void => {
    send(child, { type: 'cancel' });
    killAfter(cancelGraceMs);
  };

  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    watched.errorOutput = (watched.errorOutput + text).slice(-keptErrorOutput);
  });
  child.on('message', (raw) => {
    const message = fromWorkerSchema.parse(raw);
    if (message.type === 'progress') {
      watched.peakRssBytes = Math.max(watched.peakRssBytes, message.rssBytes);
      if (!work.signal?.aborted)
        work.onProgress?.({ value: message.value, description: message.description });
    } else {
      watched.ending = message;
      killAfter(leaveGraceMs);
    }
  });
  work.signal?.addEventListener('abort', cancel, { once: true });
  try {
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.once('error', (error) => {
        reject(
          new Failure(
            'worker-lost',
            `No process could be started for the step ${step}: ${error.message}.`,
            'Check the limits on processes and memory of this account.',
            { cause: error },
          ),
        );
      });
      // `close` and not `exit`: by then all messages and all of standard error have arrived.
      child.once('close', (code, signal) => resolve([code, signal]));
      send(child, { type: 'start', step, input });
    });
    throwIfCancelled(work.signal);
    if (watched.ending === null) throw explainLoss(step, code, signal, watched);
    return outcomeOf(watched.ending);
  } finally {
    if (killTimer !== null) clearTimeout(killTimer);
    work.signal?.removeEventListener('abort', cancel);
  }
}
