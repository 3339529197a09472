/** Beside the form: what is missing, the command line that equals it, and the start. */

import { Button, CopyButton, Notice, Skeleton } from '../design/index.ts';
import type { CommandState } from './form-store.ts';
import type { ReadinessPoint, ReadinessStep } from './readiness.ts';
import type { WireFailure } from './run-wishes.ts';
import styles from './start-panel.module.css';

export interface StartPanelProps {
  readonly points: readonly ReadinessPoint[];
  /** How many fields of the form are wrong. */
  readonly wrongFields: number;
  readonly command: CommandState;
  readonly submitting: boolean;
  readonly refusal: WireFailure | null;
  /** Runs that are under way or wait already. */
  readonly openRuns: number;
  readonly onStep: (step: ReadinessStep) => void;
  readonly onStart: () => void;
}

/** What was not chosen yet is no error. */
const severities = { blocker: 'error', missing: 'warning', advice: 'info' } as const;

const stepTexts: Readonly<Record<ReadinessStep, string>> = {
  model: 'Go to Models',
  'calibration-set': 'Choose a calibration set',
  'validation-set': 'Choose a validation set',
  labels: 'Add labels',
  'without-int8': 'Leave INT8 out',
  size: 'Give the size',
};

export function StartPanel({
  points,
  wrongFields,
  command,
  submitting,
  refusal,
  openRuns,
  onStep,
  onStart,
}: StartPanelProps) {
  const blockers = points.filter(({ kind }) => kind !== 'advice');
  const ready = blockers.length === 0 && wrongFields === 0;
  return (
    <aside className={styles.panel} aria-label="Start">
      <Button
        variant="primary"
        size="large"
        className={styles.start}
        disabled={!ready}
        busy={submitting}
        aria-describedby="start-note"
        onClick={onStart}
      >
        {openRuns > 0 ? 'Add to the queue' : 'Start the conversion'}
      </Button>
      <p id="start-note" className={styles.note}>
        {refusal === null ? standing(blockers, wrongFields, openRuns) : 'The host did not take it.'}
      </p>
      {refusal !== null && (
        <Notice live severity="error" title={refusal.message}>
          {refusal.remedy}
        </Notice>
      )}
      {points.length > 0 && (
        <ul className={styles.points}>
          {points.map((point) => (
            <li key={`${point.code} ${point.message}`}>
              <Notice severity={severities[point.kind]} title={point.message}>
                {point.tip}
                <span className={styles.steps}>
                  {point.steps.map((step) => (
                    <Button key={step} size="small" onClick={() => onStep(step)}>
                      {stepTexts[step]}
                    </Button>
                  ))}
                </span>
              </Notice>
            </li>
          ))}
        </ul>
      )}
      <CommandLine command={command} />
    </aside>
  );
}

function standing(blockers: readonly ReadinessPoint[], wrongFields: number, openRuns: number): string {
  const only = blockers.length === 1;
  if (blockers.some(({ kind }) => kind === 'blocker')) {
    return only ? 'One thing stands in the way:' : `${blockers.length} things stand in the way:`;
  }
  if (blockers.length > 0) return only ? 'One thing is missing:' : `${blockers.length} things are missing:`;
  if (wrongFields > 0) {
    return wrongFields === 1
      ? 'One field cannot be used as it stands.'
      : `${wrongFields} fields cannot be used as they stand.`;
  }
  if (openRuns > 0) {
    return `It starts when the ${openRuns === 1 ? 'run' : `${openRuns} runs`} before it ${openRuns === 1 ? 'is' : 'are'} done.`;
  }
  return 'Everything is there.';
}

function CommandLine({ command }: { readonly command: CommandState }) {
  const text = command.state === 'ready' || command.state === 'asking' ? command.text : null;
  return (
    <section className={styles.command} aria-labelledby="command-title">
      <header className={styles.commandHead}>
        <h2 id="command-title" className={styles.commandTitle}>
          The same on the command line
        </h2>
        {text !== null && <CopyButton text={text} label="Copy the command" iconOnly />}
      </header>
      {command.state === 'failed' ? (
        <p className={styles.note}>
          {command.failure.message} {command.failure.remedy}
        </p>
      ) : text === null ? (
        command.state === 'asking' ? (
          <div aria-busy="true">
            <Skeleton lines={3} />
          </div>
        ) : (
          <p className={styles.note}>
            It appears here as soon as a model is chosen and every field is usable.
          </p>
        )
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <pre className={styles.text} data-old={command.state === 'asking' || undefined} tabIndex={0}>
          {brokenBeforeOptions(text)}
        </pre>
      )}
    </section>
  );
}

/** One option a line, as one would write it down: what is quoted stays whole, so it can be pasted as it is. */
export function brokenBeforeOptions(command: string): string {
  const words = command.match(/(?:'[^']*'|\\.|[^\s'\\])+/g) ?? [];
  return words
    .map((word, i) => (i === 0 ? word : word.startsWith('--') ? ` \\\n  ${word}` : ` ${word}`))
    .join('');
}
