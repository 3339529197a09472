// A worker program for tests: its steps end in every way that a worker can end. Runs on the compiled `serve`.
import { Failure } from '../../../../dist/core/base/failure.js';
import { serve } from '../../../../dist/core/conversion/worker/serve.js';

const forever = () => new Promise(() => setInterval(() => undefined, 1000));

const steps = {
  double: async (input) => input.map((value) => value * 2),
  fail: async () => {
    throw new Failure('bad-input', 'x.onnx is odd.', 'Even it out.');
  },
  break: async () => {
    throw new TypeError('a bug');
  },
  throwLater: () => {
    setTimeout(() => {
      throw new RangeError('a late bug');
    }, 1);
    return forever();
  },
  exit: async () => process.exit(7),
  crash: async () => process.kill(process.pid, 'SIGSEGV'),
  beKilled: async () => process.kill(process.pid, 'SIGKILL'),
  // What V8 does when its heap is full, without filling it.
  fillHeap: () => {
    process.stderr.write(
      'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n',
    );
    setTimeout(() => process.abort(), 20);
    return forever();
  },
  chatter: async (_input, { onProgress }) => {
    const end = performance.now() + 500;
    let calls = 0;
    while (performance.now() < end) {
      calls++;
      onProgress({ value: calls / 1e9, description: `call ${calls}` });
      await new Promise((resolve) => setImmediate(resolve));
    }
    onProgress({ value: 1, description: 'last' });
    return calls;
  },
  obey: (_input, { signal }) =>
    new Promise((_resolve, reject) => {
      const timer = setInterval(() => undefined, 1000);
      signal.addEventListener('abort', () => {
        clearInterval(timer);
        reject(new Failure('cancelled', 'The run was cancelled.', ''));
      });
    }),
  hang: async (_input, { onProgress }) => {
    onProgress({ value: 0, description: String(process.pid) });
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (;;);
  },
  idle: async (_input, { onProgress }) => {
    onProgress({ value: 0, description: String(process.pid) });
    await forever();
  },
  environment: async () => ({
    options: process.env.NODE_OPTIONS ?? null,
    arguments: process.execArgv,
    gc: typeof gc,
  }),
};

serve(Object.fromEntries(Object.entries(steps).map(([name, step]) => [name, async () => step])));
