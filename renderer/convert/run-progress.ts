/** Folds a run's events into what is shown of it: its steps with their progress, its notes and its log. */

import { type Verdict, verdictsOf } from '../compare/verdict/verdict.ts';
import type { RunEvent } from './run-types.ts';

export interface StepView {
  readonly id: string;
  readonly title: string;
  /** Share of the whole run expected for it. */
  readonly weight: number;
  readonly state: 'waiting' | 'running' | 'done' | 'skipped' | 'stopped';
  /** 0 to 1. */
  readonly value: number;
  readonly description: string;
  readonly seconds: number | null;
}

export type RunNote = Extract<RunEvent, { type: 'note' }>;
export type RunFailure = Omit<Extract<RunEvent, { type: 'error' }>, 'type'>;

export interface RunProgress {
  readonly steps: readonly StepView[];
  readonly value: number;
  readonly secondsLeft: number | null;
  readonly notes: readonly RunNote[];
  readonly log: readonly string[];
  readonly failure: RunFailure | null;
  readonly finished: boolean;
  /** What the report says in words; null before it. The report itself is large and is not kept. */
  readonly verdicts: readonly Verdict[] | null;
}

export const noProgress: RunProgress = {
  steps: [],
  value: 0,
  secondsLeft: null,
  notes: [],
  log: [],
  failure: null,
  finished: false,
  verdicts: null,
};

function withStep(
  steps: readonly StepView[],
  id: string,
  change: (step: StepView) => StepView,
): readonly StepView[] {
  return steps.map((step) => (step.id === id ? change(step) : step));
}

/** Steps that were passed over: they stand before one that runs and never started. */
function skipBefore(steps: readonly StepView[], id: string): readonly StepView[] {
  const at = steps.findIndex((step) => step.id === id);
  return steps.map((step, i) => (i < at && step.state === 'waiting' ? { ...step, state: 'skipped' } : step));
}

const precisionNames = { fp32: 'FP32', fp16: 'FP16', int8: 'INT8' } as const;

/** `INT8, warning: …` as one line of the log. */
function noteLine({ precision, note }: RunNote): string {
  const about = precision === null ? '' : `${precisionNames[precision]}, `;
  const tip = note.tip === null ? '' : ` ${note.tip}`;
  return `${about}${note.severity}: ${note.message}${tip}`;
}

/** What is known after one more event. */
export function afterEvent(before: RunProgress, event: RunEvent): RunProgress {
  switch (event.type) {
    case 'run-started': {
      const steps = event.steps.map(
        (step): StepView => ({ ...step, state: 'waiting', value: 0, description: '', seconds: null }),
      );
      return { ...noProgress, steps, log: [`run ${event.run} started`] };
    }
    case 'step-started': {
      const steps = withStep(skipBefore(before.steps, event.step), event.step, (step) => ({
        ...step,
        title: event.title,
        state: 'running',
      }));
      return { ...before, steps, log: [...before.log, event.title] };
    }
    case 'progress': {
      const steps = withStep(before.steps, event.step, (step) => ({
        ...step,
        state: 'running',
        value: event.stepValue,
        description: event.description === step.title ? '' : event.description,
      }));
      return { ...before, steps, value: event.value, secondsLeft: event.secondsLeft };
    }
    case 'step-finished': {
      const steps = withStep(before.steps, event.step, (step) => ({
        ...step,
        state: 'done',
        value: 1,
        description: '',
        seconds: event.seconds,
      }));
      return { ...before, steps, log: [...before.log, `  done in ${event.seconds.toFixed(1)} s`] };
    }
    case 'note':
      return { ...before, notes: [...before.notes, event], log: [...before.log, `  ${noteLine(event)}`] };
    case 'error': {
      const { code, message, remedy } = event;
      const steps = before.steps.map(
        (step): StepView => (step.state === 'running' ? { ...step, state: 'stopped' } : step),
      );
      const log = [...before.log, `${code}: ${message}`, `  ${remedy}`];
      return {
        ...before,
        steps,
        failure: { code, message, remedy },
        secondsLeft: null,
        log,
        finished: true,
      };
    }
    case 'report':
      return {
        ...before,
        value: 1,
        secondsLeft: null,
        finished: true,
        verdicts: verdictsOf(event.report),
        steps: before.steps.map((step) => (step.state === 'waiting' ? { ...step, state: 'skipped' } : step)),
        log: [...before.log, `report: ${event.path}`],
      };
  }
}
