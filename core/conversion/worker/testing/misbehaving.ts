/** A worker program for tests: its steps end in every way that a worker can end. */

import { Failure } from '../../../base/failure.ts';
import type { WorkOptions } from '../../../base/work.ts';
import { type StepLoaders, serve } from '../serve.ts';

function forever(): Promise<never> {
  return new Promise(() => setInterval(() => undefined, 1000));
}

/** Tells the process id, since only the parent's helper would know it otherwise. */
function tellPid({ onProgress }: WorkOptions): void {
  onProgress?.({ value: 0, description: String(process.pid) });
}

async function chatter(_input: unknown, { onProgress }: WorkOptions): Promise<number> {
  const end = performance.now() + 500;
  let calls = 0;
  while (performance.now() < end) {
    calls++;
    onProgress?.({ value: calls / 1e9, description: `call ${calls}` });
    await new Promise((resolve) => setImmediate(resolve));
  }
  onProgress?.({ value: 1, description: 'last' });
  return calls;
}

function obey(_input: unknown, { signal }: WorkOptions): Promise<never> {
  return new Promise((_resolve, reject) => {
    const timer = setInterval(() => undefined, 1000);
    signal?.addEventListener('abort', () => {
      clearInterval(timer);
      reject(new Failure('cancelled', 'The run was cancelled.', ''));
    });
  });
}

async function hang(_input: unknown, work: WorkOptions): Promise<never> {
  tellPid(work);
  await new Promise((resolve) => setTimeout(resolve, 100));
  for (;;);
}

/** What V8 does when its heap is full, without filling it. */
function fillHeap(): Promise<never> {
  process.stderr.write('FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n');
  setTimeout(() => process.abort(), 20);
  return forever();
}

const steps: StepLoaders = {
  double: async () => async (input: Float32Array) => input.map((value) => value * 2),
  fail: async () => async () => {
    throw new Failure('bad-input', 'x.onnx is odd.', 'Even it out.');
  },
  break: async () => async () => {
    throw new TypeError('a bug');
  },
  throwLater: async () => () => {
    setTimeout(() => {
      throw new RangeError('a late bug');
    }, 1);
    return forever();
  },
  exit: async () => async () => {
    process.stderr.write('one line\nLoadError: libvendor.so is odd\n');
    process.exit(7);
  },
  crash: async () => async () => process.kill(process.pid, 'SIGSEGV'),
  beKilled: async () => async () => process.kill(process.pid, 'SIGKILL'),
  fillHeap: async () => fillHeap,
  chatter: async () => chatter,
  obey: async () => obey,
  hang: async () => hang,
  idle: async () => (_input: unknown, work: WorkOptions) => {
    tellPid(work);
    return forever();
  },
  environment: async () => async () => ({
    options: process.env.NODE_OPTIONS ?? null,
    arguments: process.execArgv,
    gc: typeof Reflect.get(globalThis, 'gc'),
  }),
};

serve(steps);
