/** The top bar: what is being worked on, the run in progress, the command palette and the host. */

import type { ReactNode } from 'react';
import { useHost } from '../connection/index.ts';
import { formatCount, formatDuration } from '../design/format.ts';
import { HostIcon, ImagesIcon, ModelIcon, SearchIcon } from '../design/icons.tsx';
import { classNames, ProgressBar, Tooltip } from '../design/index.ts';
import { useCommands } from './commands.ts';
import { type Params, type Place, useNavigation } from './navigation.ts';
import { lastPart } from './paths/path-words.ts';
import { type ProjectSet, type SetRole, useProject } from './project-store.ts';
import { activeRun, type RunSummary, useRuns } from './runs-store.ts';
import { formatShortcut, isMac } from './shortcuts.ts';
import styles from './top-bar.module.css';

interface ChipProps {
  readonly icon: ReactNode;
  readonly label: string;
  readonly value: string;
  readonly state: 'none' | 'busy' | 'open' | 'failed';
  readonly place: Place;
  readonly params?: Params;
}

function Chip({ icon, label, value, state, place, params }: ChipProps) {
  const go = useNavigation((navigation) => navigation.go);
  return (
    <button
      type="button"
      className={classNames(styles.chip, styles[state])}
      onClick={() => go(place, params)}
    >
      <span className={styles.chipIcon}>{icon}</span>
      <span className={styles.chipLabel}>{label}</span>
      <span className={styles.chipValue} title={value}>
        {value}
      </span>
    </button>
  );
}

function ModelChip() {
  const model = useProject((state) => state.model);
  if (model === null)
    return <Chip icon={<ModelIcon />} label="Model" value="none" state="none" place="models" params={{}} />;
  const name = model.details?.name ?? lastPart(model.path);
  const state = model.failure !== null ? 'failed' : model.details === null ? 'busy' : 'open';
  return <Chip icon={<ModelIcon />} label="Model" value={name} state={state} place="models" />;
}

function setWords({ source, set }: ProjectSet): string {
  return set === null ? lastPart(source) : `${lastPart(source)} (${formatCount(set.files)})`;
}

function SetChip({ of: role }: { readonly of: SetRole }) {
  const present = useProject((state) => state[role]);
  const label = role === 'calibration' ? 'Calibration' : 'Validation';
  const shared = { icon: <ImagesIcon />, label, place: 'images' as const, params: { set: role } };
  if (present === null) return <Chip {...shared} value="none" state="none" />;
  const state = present.failure !== null ? 'failed' : present.set === null ? 'busy' : 'open';
  return <Chip {...shared} value={setWords(present)} state={state} />;
}

function runWords(run: RunSummary): string {
  if (run.state === 'queued') return 'queued';
  const percent = `${Math.round(run.progress * 100)} %`;
  return run.secondsLeft === null ? percent : `${percent}, ${formatDuration(run.secondsLeft)} left`;
}

function RunChip() {
  const runs = useRuns((state) => state.runs);
  const go = useNavigation((state) => state.go);
  const run = activeRun(runs);
  if (run === undefined) return null;
  return (
    <button type="button" className={styles.run} onClick={() => go('convert', { run: run.id })}>
      <span className={styles.runWords}>
        <span className={styles.runName}>Converting {run.modelName}</span>
        <span className={styles.runShare}>{runWords(run)}</span>
      </span>
      <ProgressBar
        label={`Conversion of ${run.modelName}`}
        value={run.state === 'queued' ? 0 : run.progress}
      />
    </button>
  );
}

function HostButton() {
  const { info, state } = useHost();
  const go = useNavigation((navigation) => navigation.go);
  const away = state.phase !== 'ready';
  return (
    <Tooltip
      content={
        away ? `${info.hostName} is not reachable` : `Host: ${info.hostName}, Engine Room ${info.version}`
      }
    >
      <button type="button" className={styles.host} onClick={() => go('settings', { section: 'host' })}>
        <HostIcon />
        <span className={styles.hostName}>{info.hostName}</span>
        <span className={classNames(styles.dot, away && styles.away)} aria-hidden="true" />
      </button>
    </Tooltip>
  );
}

export function TopBar() {
  const setPaletteOpen = useCommands((state) => state.setPaletteOpen);
  return (
    <header className={styles.bar} data-part="bar">
      <div className={styles.chips}>
        <ModelChip />
        <SetChip of="calibration" />
        <SetChip of="validation" />
      </div>
      <RunChip />
      <button type="button" className={styles.search} onClick={() => setPaletteOpen(true)}>
        <SearchIcon />
        <span className={styles.searchWords}>Commands</span>
        <kbd className={styles.keys}>{formatShortcut('Mod+K', isMac())}</kbd>
      </button>
      <HostButton />
    </header>
  );
}
