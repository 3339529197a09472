/** Chooses a run from the list of all, the newest first. */

import { SelectField } from '../design/index.ts';
import type { RunSummary } from './report-parts.ts';
import { distinctLabel, runHint } from './run-label.ts';

interface RunPickerProps {
  readonly label: string;
  readonly hideLabel?: boolean;
  readonly runs: readonly RunSummary[];
  readonly run: RunSummary | null;
  readonly onChoose: (id: string) => void;
}

/** A list of more would be slow to open and to read; the scatter over all runs reaches the older ones. */
const shown = 60;

export function RunPicker({ label, hideLabel = true, runs, run, onChoose }: RunPickerProps) {
  const newest = runs.slice(0, shown);
  const listed = run === null || newest.includes(run) ? newest : [run, ...newest];
  return (
    <SelectField
      label={label}
      hideLabel={hideLabel}
      value={run?.id ?? ''}
      onChange={onChoose}
      options={listed.map((item) => ({
        value: item.id,
        label: distinctLabel(item, runs),
        hint: runHint(item),
      }))}
    />
  );
}
