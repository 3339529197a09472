/** A run that has nothing to compare: why, and what to do. */

import { useNavigation } from '../app/navigation.ts';
import { Button, EmptyState, Notice, ProgressBar } from '../design/index.ts';
import type { RunSummary } from './report-parts.ts';
import styles from './run-without-report.module.css';

export function RunWithoutReport({ run }: { readonly run: RunSummary }) {
  const go = useNavigation((state) => state.go);
  const follow = <Button onClick={() => go('convert', { run: run.id })}>See the run</Button>;
  switch (run.state) {
    case 'queued':
    case 'running':
      return (
        <EmptyState
          title={run.state === 'queued' ? 'This run waits for its turn' : 'This run is being carried out'}
          text={
            <>
              {run.step ?? 'The comparison appears here when it is done.'}
              <div className={styles.progress}>
                <ProgressBar label="Progress of the run" value={run.progress} />
              </div>
            </>
          }
          action={follow}
        />
      );
    case 'done':
      return (
        <Notice severity="error" title="The report of this run is no longer there." action={follow}>
          It was moved or deleted in {run.out}. Repeat the run to measure again.
        </Notice>
      );
    default:
      return (
        <Notice
          severity="error"
          title={run.error?.message ?? `This run was ${run.state} before anything was measured.`}
          action={follow}
        >
          {run.error?.remedy ?? 'Repeat it from Convert, or choose another run above.'}
        </Notice>
      );
  }
}
