/** One run: how it stands, its steps, its notes, its log, and what can be done with it. */

import { useState } from 'react';
import { formatAgo, formatDuration } from '../design/format.ts';
import { CompareIcon, FileIcon, MoreIcon, RepeatIcon, StopIcon } from '../design/icons.tsx';
import {
  Button,
  ConfirmDialog,
  IconButton,
  Menu,
  Notice,
  PrecisionTag,
  ProgressBar,
} from '../design/index.ts';
import styles from './run-details.module.css';
import { StateTag } from './run-list.tsx';
import { RunLog } from './run-log.tsx';
import type { RunProgress } from './run-progress.ts';
import { RunRemarks } from './run-remarks.tsx';
import { RunSteps } from './run-steps.tsx';
import { isOpen, type RunSummary } from './run-types.ts';
import { figureWords, missedCheck, timeLeftWords } from './run-words.ts';

export interface RunDetailsProps {
  readonly run: RunSummary;
  readonly progress: RunProgress;
  /** False until the host has told anything of this run. */
  readonly heard: boolean;
  readonly stopping: boolean;
  readonly now: number;
  readonly reportUrl: string;
  readonly onCancel: () => void;
  readonly onRepeat: () => void;
  readonly onRemove: () => void;
  readonly onCompare: () => void;
}

/** Stopping early loses little; later it loses what was computed. */
const worthAskingFrom = 0.05;

export function RunDetails(props: RunDetailsProps) {
  const { run, progress, heard, stopping, now, onCancel } = props;
  const [asking, setAsking] = useState(false);
  const cancel = () => {
    if (run.state === 'running' && run.progress >= worthAskingFrom) setAsking(true);
    else onCancel();
  };
  const share = Math.max(run.progress, run.state === 'running' ? progress.value : 0);
  return (
    <article className={styles.run} aria-label={`Run of ${run.modelName}`}>
      <header className={styles.head}>
        <div className={styles.heading}>
          <h2 className={styles.title}>{run.modelName}</h2>
          <StateTag run={run} stopping={stopping} />
        </div>
        <RunActions {...props} onCancel={cancel} />
      </header>
      <p className={styles.facts}>
        <span>{factsOf(run, now)}</span>
        <span className={styles.path} title={run.out}>
          {run.out}
        </span>
      </p>

      {run.state === 'running' && (
        <div className={styles.overall}>
          <div className={styles.overallHead}>
            <strong>{Math.floor(share * 100)} %</strong>
            <span>{stopping ? 'Stopping…' : timeLeftWords(progress.secondsLeft ?? run.secondsLeft)}</span>
          </div>
          <ProgressBar label={`Conversion of ${run.modelName}`} value={share} />
        </div>
      )}
      <Outcome {...props} />

      {run.state === 'queued' ? (
        <p className={styles.waiting}>
          Its steps appear here when it starts. The queue works off one run after another, so that none
          disturbs the measurements of another.
        </p>
      ) : (
        <>
          {!isOpen(run) && <RunRemarks notes={progress.notes} over />}
          <section className={styles.part} aria-label="Steps">
            <RunSteps steps={heard ? progress.steps : []} failed={run.state === 'failed'} />
          </section>
          {isOpen(run) && <RunRemarks notes={progress.notes} over={false} />}
          <RunLog key={run.id} lines={progress.log} openAtFirst={run.state === 'failed'} />
        </>
      )}
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Stop the conversion of ${run.modelName}?`}
        text={`${Math.floor(run.progress * 100)} % of it is done. What was computed so far is thrown away.`}
        confirmLabel="Stop it"
        cancelLabel="Go on"
        danger
        onConfirm={onCancel}
      />
    </article>
  );
}

function factsOf(run: RunSummary, now: number): string {
  if (run.finishedAt === null) return `Submitted ${formatAgo(run.createdAt, now)}`;
  const seconds = (Date.parse(run.finishedAt) - Date.parse(run.createdAt)) / 1000;
  const took =
    Number.isFinite(seconds) && seconds > 0 ? `, ${formatDuration(seconds)} after it was submitted` : '';
  return `Ended ${formatAgo(run.finishedAt, now)}${took}`;
}

function RunActions({ run, stopping, reportUrl, onCancel, onRepeat, onRemove, onCompare }: RunDetailsProps) {
  const [removing, setRemoving] = useState(false);
  if (isOpen(run)) {
    return (
      <div className={styles.actions}>
        <Button icon={<StopIcon />} busy={stopping} onClick={onCancel}>
          {run.state === 'queued' ? 'Take it out of the queue' : 'Stop'}
        </Button>
      </div>
    );
  }
  return (
    <div className={styles.actions}>
      {run.state === 'done' ? (
        <Button variant="primary" icon={<CompareIcon />} onClick={onCompare}>
          Compare
        </Button>
      ) : (
        <Button variant="primary" icon={<RepeatIcon />} onClick={onRepeat}>
          {run.state === 'failed' ? 'Try again' : 'Repeat'}
        </Button>
      )}
      <Menu
        trigger={
          <IconButton label="More for this run">
            <MoreIcon />
          </IconButton>
        }
        items={[
          ...(run.state === 'done'
            ? [
                { label: 'Repeat', icon: <RepeatIcon />, onSelect: onRepeat },
                {
                  label: 'Open the report',
                  icon: <FileIcon />,
                  onSelect: () => window.open(reportUrl, '_blank', 'noopener'),
                },
                'separator' as const,
              ]
            : []),
          { label: 'Remove from the list…', danger: true, onSelect: () => setRemoving(true) },
        ]}
      />
      <ConfirmDialog
        open={removing}
        onOpenChange={setRemoving}
        title={`Remove this run of ${run.modelName}?`}
        text={`It disappears from Convert and Compare, and the engines and reports that it wrote into ${run.out} are deleted. Files that have been changed since, or that are not its own, stay.`}
        confirmLabel="Remove"
        danger
        onConfirm={onRemove}
      />
    </div>
  );
}

/** By the report, which knows the noise of the times; by the summary's figures until it has come. */
function summaryLines(run: RunSummary, { verdicts }: RunProgress) {
  if (verdicts === null) {
    return figureWords(run.figures).map((line) => ({ ...line, unsteady: null }));
  }
  return verdicts.map(({ precision, state, sentence, unsteady }) => ({
    precision,
    good: state === 'measured',
    words: sentence,
    unsteady,
  }));
}

/** What came of a run that is over. */
function Outcome({ run, progress, onCompare }: RunDetailsProps) {
  const failure = run.error ?? progress.failure;
  switch (run.state) {
    case 'done': {
      const missed = missedCheck(run);
      return (
        <>
          {missed !== null && (
            <Notice severity="error" title={missed.message}>
              {missed.remedy}
            </Notice>
          )}
          <DoneSummary run={run} progress={progress} onCompare={onCompare} />
        </>
      );
    }
    case 'failed':
      return (
        <>
          <Notice severity="error" title={failure?.message ?? 'The run failed without saying why.'}>
            {failure?.remedy ?? 'Its log may tell more.'}
          </Notice>
          {run.figures.length > 0 && <DoneSummary run={run} progress={progress} onCompare={onCompare} />}
        </>
      );
    case 'interrupted':
      return (
        <Notice severity="warning" title="The host stopped while this run was under way.">
          {failure?.remedy ?? 'Repeat it: it starts from the beginning, with the same settings.'}
        </Notice>
      );
    case 'cancelled':
      return (
        <Notice severity="info" title="This run was cancelled.">
          Repeat it to get its engines after all.
        </Notice>
      );
    default:
      return null;
  }
}

function DoneSummary({ run, progress, onCompare }: Pick<RunDetailsProps, 'run' | 'progress' | 'onCompare'>) {
  const lines = summaryLines(run, progress);
  return (
    <section className={styles.summary} aria-label="Result">
      {lines.length === 0 ? (
        <p>FP32 was built and measured. Add FP16 or INT8 to have something to compare it with.</p>
      ) : (
        <ul className={styles.lines}>
          {lines.map(({ precision, good, words, unsteady }) => (
            <li key={precision} className={good ? undefined : styles.bad}>
              <PrecisionTag precision={precision} />{' '}
              <span>
                {words}
                {unsteady !== null && <span className={styles.unsteady}>{unsteady}</span>}
              </span>
            </li>
          ))}
        </ul>
      )}
      <p className={styles.hint}>
        <button type="button" className={styles.link} onClick={onCompare}>
          See charts, classes and images side by side
        </button>
      </p>
    </section>
  );
}
