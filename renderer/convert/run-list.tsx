/** All runs in a list: the one under way, those that wait, those that are over. */

import { formatAgo } from '../design/format.ts';
import { classNames, ProgressBar, Tag, type Tone } from '../design/index.ts';
import styles from './run-list.module.css';
import type { RunState, RunSummary } from './run-types.ts';
import { missedCheck, standingWords, stateName } from './run-words.ts';

export interface RunListProps {
  readonly runs: readonly RunSummary[];
  readonly chosen: string | null;
  readonly stopping: (run: RunSummary) => boolean;
  readonly onChoose: (id: string) => void;
  readonly now: number;
}

const tones: Readonly<Record<RunState, Tone>> = {
  queued: 'neutral',
  running: 'neutral',
  done: 'ok',
  failed: 'error',
  cancelled: 'neutral',
  interrupted: 'warning',
};

export function StateTag({ run, stopping }: { readonly run: RunSummary; readonly stopping: boolean }) {
  const tone = missedCheck(run) === null ? tones[run.state] : 'error';
  return <Tag tone={tone}>{stopping ? 'Stopping…' : stateName(run)}</Tag>;
}

export function RunList({ runs, chosen, stopping, onChoose, now }: RunListProps) {
  return (
    <ul className={styles.list} aria-label="Runs">
      {runs.map((run) => (
        <li key={run.id}>
          <button
            type="button"
            className={classNames(styles.run, run.id === chosen && styles.chosen)}
            aria-current={run.id === chosen ? 'true' : undefined}
            onClick={() => onChoose(run.id)}
          >
            <span className={styles.head}>
              <span className={styles.name}>{run.modelName}</span>
              <StateTag run={run} stopping={stopping(run)} />
            </span>
            <span className={styles.standing}>{standingWords(run)}</span>
            {run.state === 'running' ? (
              <ProgressBar label={`${run.modelName}, progress`} value={run.progress} />
            ) : (
              <span className={styles.when}>{formatAgo(run.finishedAt ?? run.createdAt, now)}</span>
            )}
          </button>
        </li>
      ))}
    </ul>
  );
}
