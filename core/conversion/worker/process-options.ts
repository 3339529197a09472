/** How a worker's process is started: its environment and its flags for Node. */

/** Variables that would make the worker load code which this program did not choose. */
const strippedVariables: readonly string[] = [
  'NODE_OPTIONS',
  'NODE_REPL_EXTERNAL_MODULE',
  'NODE_V8_COVERAGE',
  'ELECTRON_RUN_AS_NODE',
  'LD_PRELOAD',
  'DYLD_INSERT_LIBRARIES',
];

/**
 * glibc gives threads heaps of their own, up to eight a core, and returns little of them: with decoders and ONNX
 * Runtime at work memory then grows with the number of images. Other C libraries do not read the variable.
 */
const heapsOfAllThreads = '2';

/** The variables of a worker, given those of its parent; a number of heaps that the user has chosen stays. */
export function workerEnvironment(parent: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(parent).filter(([name]) => !strippedVariables.includes(name));
  return { MALLOC_ARENA_MAX: heapsOfAllThreads, ...Object.fromEntries(kept) };
}

/** The parent's own flags (a debugger port, a test runner's loader) are not for its workers. */
export const workerFlags: readonly string[] = ['--expose-gc', '--enable-source-maps'];
