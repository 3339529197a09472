/** Adds the progress of the steps up to that of the run, with an estimate of the time left. */

import type { Progress } from '../base/work.ts';
import type { PlannedStep, RunEvent } from './events.ts';

/** Before this share is done an estimate would be a guess. */
const enoughToEstimate = 0.03;

export interface RunProgress {
  /** Runs `work` as the step `id`: tells its start, its progress and its end. */
  step<T>(id: string, work: (onProgress: (progress: Progress) => void) => Promise<T>): Promise<T>;
}

/**
 * @param now seconds of a steady clock
 */
export function trackProgress(
  plan: readonly PlannedStep[],
  onEvent: (event: RunEvent) => void,
  now: () => number = () => performance.now() / 1000,
): RunProgress {
  const runStarted = now();
  let reached = 0;

  function progress(step: string, before: number, weight: number, { value, description }: Progress): void {
    const stepValue = Math.min(1, Math.max(0, value));
    // A step that counts its parts again (a second pass) must not move the bar back.
    reached = Math.min(1, Math.max(reached, before + weight * stepValue));
    const elapsed = now() - runStarted;
    const secondsLeft = reached < enoughToEstimate ? null : (elapsed * (1 - reached)) / reached;
    onEvent({ type: 'progress', step, value: reached, stepValue, description, secondsLeft });
  }

  return {
    async step(id, work) {
      const index = plan.findIndex((step) => step.id === id);
      const planned = plan[index];
      if (planned === undefined) throw new Error(`the step ${id} is not in the plan`);
      // Steps that were left out count as done.
      const before = plan.slice(0, index).reduce((sum, step) => sum + step.weight, 0);
      const started = now();
      onEvent({ type: 'step-started', step: id, title: planned.title });
      progress(id, before, planned.weight, { value: 0, description: planned.title });
      const result = await work((p) => progress(id, before, planned.weight, p));
      progress(id, before, planned.weight, { value: 1, description: planned.title });
      onEvent({ type: 'step-finished', step: id, seconds: now() - started });
      return result;
    },
  };
}

/**
 * Progress of a step whose parts are steps themselves and not known beforehand, so that the plan has one entry for them.
 * @param part which of `parts` equal parts this is, counted from 0
 * @param title what the part is about, told before each description
 */
export function progressOfPart(
  report: (progress: Progress) => void,
  part: number,
  parts: number,
  title: string,
): RunProgress {
  return {
    step(_id, work) {
      return work(({ value, description }) =>
        report({
          value: (part + Math.min(1, Math.max(0, value))) / parts,
          description: `${title}: ${description}`,
        }),
      );
    },
  };
}
