/** The steps of a run, each with how far it is. */

import { formatDuration } from '../design/format.ts';
import { CheckIcon, ErrorIcon, StopIcon } from '../design/icons.tsx';
import { classNames, ProgressBar, Skeleton } from '../design/index.ts';
import type { StepView } from './run-progress.ts';
import styles from './run-steps.module.css';

const stateWords: Readonly<Record<StepView['state'], string>> = {
  waiting: 'not begun',
  running: 'under way',
  done: 'done',
  skipped: 'left out',
  stopped: 'stopped here',
};

function StepMark({ state, failed }: { readonly state: StepView['state']; readonly failed: boolean }) {
  return (
    <span
      className={classNames(styles.mark, styles[state], state === 'stopped' && failed && styles.failed)}
      aria-hidden="true"
    >
      {state === 'done' && <CheckIcon size={12} />}
      {state === 'stopped' && (failed ? <ErrorIcon size={14} /> : <StopIcon size={10} />)}
    </span>
  );
}

export interface RunStepsProps {
  readonly steps: readonly StepView[];
  /** The run failed at the step that stopped; else it was stopped from outside. */
  readonly failed: boolean;
}

export function RunSteps({ steps, failed }: RunStepsProps) {
  if (steps.length === 0) {
    return (
      <div aria-busy="true">
        <Skeleton lines={4} height="1.1em" />
      </div>
    );
  }
  return (
    <ol className={styles.steps}>
      {steps.map((step) => (
        <li
          key={step.id}
          className={classNames(styles.step, step.state === 'waiting' && styles.later)}
          aria-current={step.state === 'running' ? 'step' : undefined}
        >
          <StepMark state={step.state} failed={failed} />
          <div className={styles.texts}>
            <div className={styles.head}>
              <span className={styles.title}>{step.title}</span>
              <span className={styles.time}>
                {step.state === 'done' && step.seconds !== null
                  ? formatDuration(step.seconds)
                  : step.state === 'running'
                    ? `${Math.floor(step.value * 100)} %`
                    : step.state === 'waiting'
                      ? ''
                      : stateWords[step.state]}
                <span className={styles.spoken}>, {stateWords[step.state]}</span>
              </span>
            </div>
            {step.state === 'running' && (
              <>
                <ProgressBar label={step.title} value={step.value} />
                <div className={styles.description}>{step.description === '' ? ' ' : step.description}</div>
              </>
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}
