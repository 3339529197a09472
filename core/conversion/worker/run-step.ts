/** Runs a step of a run by its name, with the types of its input and output, in a worker process. */

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '../../base/failure.ts';
import type { WorkOptions } from '../../base/work.ts';
import type { StepInput, StepName, StepOutput } from '../steps/registry.ts';
import { runWorker } from './run-worker.ts';

/** The compiled entry: beside this file when this file is compiled, in dist/ when it is the source. */
function findEntry(): string {
  const beside = join(import.meta.dirname, 'entry.js');
  if (existsSync(beside)) return beside;
  const root = dirname(dirname(dirname(import.meta.dirname)));
  const compiled = join(root, 'dist', 'core', 'conversion', 'worker', 'entry.js');
  if (existsSync(compiled)) return compiled;
  throw new Failure(
    'internal',
    `The worker program ${compiled} is not built.`,
    'Run "npm run build:ts" first.',
  );
}

/**
 * @param input plain data that survives the structured clone
 * @throws see `runWorker`
 */
export async function runStep<S extends StepName>(
  step: S,
  input: StepInput<S>,
  work: WorkOptions,
): Promise<StepOutput<S>> {
  // Worker and parent are one build of one program, so the output has the type that the step's function has.
  return (await runWorker(findEntry(), step, input, work)) as StepOutput<S>;
}
