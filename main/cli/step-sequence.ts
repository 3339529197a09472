/** Runs single steps of a conversion in worker processes, in a work folder that is gone afterwards. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileFailure } from '../../core/base/files.ts';
import type { PlannedStep } from '../../core/conversion/events.ts';
import { trackProgress } from '../../core/conversion/run-progress.ts';
import type { StepInput, StepName, StepOutput } from '../../core/conversion/steps/registry.ts';
import { runStep } from '../../core/conversion/worker/run-step.ts';
import type { CommandContext } from './command-context.ts';

export interface StepSequence {
  /** Path of a work file. */
  file(name: string): string;
  /** Runs the planned step `id` as the step function `name`. */
  run<S extends StepName>(id: string, name: S, input: StepInput<S>): Promise<StepOutput<S>>;
}

/** @param plan titles and relative costs of the steps; the costs need not add up to anything */
export async function runSteps<T>(
  { output, signal }: CommandContext,
  plan: readonly { readonly id: string; readonly title: string; readonly cost: number }[],
  work: (sequence: StepSequence) => Promise<T>,
): Promise<T> {
  const total = plan.reduce((sum, { cost }) => sum + cost, 0);
  const steps = plan.map(({ id, title, cost }): PlannedStep => ({ id, title, weight: cost / total }));
  const progress = trackProgress(steps, (event) => output.event(event));
  const folder = await mkdtemp(join(tmpdir(), 'engineroom-')).catch((error: unknown) => {
    throw fileFailure(error, tmpdir(), 'write');
  });
  try {
    return await work({
      file: (name) => join(folder, name),
      run: (id, name, input) =>
        progress.step(id, (onProgress) => runStep(name, input, { signal, onProgress })),
    });
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
