/** The runs of this host beside the one that is looked at. */

import { useEffect } from 'react';
import { useStore } from 'zustand';
import { filePaths } from '../../contract/procedures/index.ts';
import { useNavigation } from '../app/navigation.ts';
import { useRuns } from '../app/runs-store.ts';
import { useHost } from '../connection/index.ts';
import { ConvertIcon } from '../design/icons.tsx';
import { Button, EmptyState, Notice, Skeleton } from '../design/index.ts';
import { createFollowStore } from './follow-store.ts';
import { RunDetails } from './run-details.tsx';
import { RunList } from './run-list.tsx';
import type { RunSummary } from './run-types.ts';
import { inOrder, runWishes } from './run-wishes.ts';
import { announcementOf } from './run-words.ts';
import styles from './runs-view.module.css';
import { useAnnouncement } from './use-announcement.ts';
import { useNow } from './use-now.ts';

const followStore = createFollowStore();

export interface RunsViewProps {
  /** The run that the address names. */
  readonly chosen: string | null;
  readonly onChoose: (id: string | null) => void;
  readonly onSetUp: () => void;
}

export function RunsView({ chosen, onChoose: choose, onSetUp }: RunsViewProps) {
  const { runs, loaded } = useRuns();
  const { client } = useHost();
  const wishes = useStore(runWishes);
  const now = useNow();
  const onChoose = (id: string | null) => {
    runWishes.dismissFailure();
    choose(id);
  };
  const ordered = inOrder(runs);
  const run = ordered.find(({ id }) => id === chosen) ?? ordered[0] ?? null;

  if (!loaded) {
    return (
      <div className={styles.view} aria-busy="true">
        <Skeleton lines={6} height="1.6em" />
        <Skeleton lines={8} />
      </div>
    );
  }
  if (run === null) {
    return (
      <EmptyState
        illustration={<ConvertIcon size={44} />}
        title="Nothing has been converted yet"
        text="A run builds an engine for each precision you ask for, measures size, speed and accuracy, and leaves a report. It appears here with its progress and stays when it is done."
        action={
          <Button variant="primary" onClick={onSetUp}>
            Set one up
          </Button>
        }
      />
    );
  }
  return (
    <div className={styles.view}>
      <RunList
        runs={ordered}
        chosen={run.id}
        stopping={(candidate) => runWishes.isStopping(candidate)}
        onChoose={onChoose}
        now={now}
      />
      <div className={styles.details}>
        {wishes.failure !== null && (
          <Notice
            live
            severity="error"
            title={wishes.failure.message}
            action={
              <Button size="small" variant="quiet" onClick={runWishes.dismissFailure}>
                Close
              </Button>
            }
          >
            {wishes.failure.remedy}
          </Notice>
        )}
        <FollowedRun
          key={run.id}
          run={run}
          stopping={runWishes.isStopping(run)}
          now={now}
          onChoose={onChoose}
          onRemove={async () => {
            if (await runWishes.remove(client, run.id)) {
              useRuns.getState().forget(run.id);
              onChoose(null);
            }
          }}
        />
      </div>
      <Announcer run={run} />
    </div>
  );
}

function Announcer({ run }: { readonly run: RunSummary }) {
  return (
    <div className={styles.spoken} role="status" aria-live="polite">
      {useAnnouncement(announcementOf(run))}
    </div>
  );
}

interface FollowedRunProps {
  readonly run: RunSummary;
  readonly stopping: boolean;
  readonly now: number;
  readonly onChoose: (id: string) => void;
  readonly onRemove: () => void;
}

function FollowedRun({ run, stopping, now, onChoose, onRemove }: FollowedRunProps) {
  const { client, filesUrl } = useHost();
  const go = useNavigation((state) => state.go);
  const followed = useStore(followStore);
  // A queued run has nothing to follow; it is followed from the moment it starts.
  const started = run.state !== 'queued';
  useEffect(() => (started ? followStore.follow(client, run.id) : undefined), [client, run.id, started]);
  const present = followed.run === run.id;
  return (
    <RunDetails
      run={run}
      progress={present ? followed.progress : followStore.getInitialState().progress}
      heard={present && followed.heard}
      stopping={stopping}
      now={now}
      reportUrl={filesUrl(filePaths.report(run.id))}
      onCancel={() => void runWishes.cancel(client, run.id)}
      onRepeat={async () => {
        const again = await runWishes.repeat(client, run.id);
        if (again !== null) onChoose(again.id);
      }}
      onRemove={onRemove}
      onCompare={() => go('compare', { run: run.id })}
    />
  );
}
