/** Runs a step of a run by its name, with the types of its input and output, in a worker process. */

import type { WorkOptions } from '../../base/work.ts';
import type { StepInput, StepName, StepOutput } from '../steps/registry.ts';
import { compiledProgram } from './compiled-program.ts';
import { runWorker } from './run-worker.ts';

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
  return (await runWorker(
    compiledProgram(import.meta.dirname, 'entry.js'),
    step,
    input,
    work,
  )) as StepOutput<S>;
}
