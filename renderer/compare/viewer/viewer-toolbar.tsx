/** The viewer's controls: precisions, mode, threshold, which boxes are shown, zoom. */

import { FitIcon, MinusIcon, PlusIcon } from '../../design/icons.tsx';
import {
  classNames,
  IconButton,
  type Precision,
  precisionName,
  SelectField,
  Slider,
} from '../../design/index.ts';
import { Segmented } from '../segmented.tsx';
import type { ChangeCounts, ChangeKind } from './box-changes.ts';
import { dashOf } from './box-style.ts';
import type { Shown, StageMode } from './picture-stage.tsx';
import type { StageViewport } from './use-viewport.ts';
import styles from './viewer.module.css';

interface ViewerToolbarProps {
  readonly precisions: readonly Precision[];
  readonly left: Precision;
  readonly right: Precision;
  readonly onPrecisions: (left: Precision, right: Precision) => void;
  readonly mode: StageMode;
  readonly onMode: (mode: StageMode) => void;
  readonly threshold: number;
  readonly onThreshold: (threshold: number) => void;
  readonly shown: Shown;
  readonly onShown: (shown: Shown) => void;
  readonly counts: ChangeCounts | null;
  /** Labelled boxes; null without labels. */
  readonly labels: number | null;
  readonly stage: StageViewport;
}

export function ViewerToolbar(props: ViewerToolbarProps) {
  const { precisions, left, right, onPrecisions, mode, onMode, threshold, onThreshold, stage } = props;
  const choices = precisions.map((value) => ({ value, label: precisionName(value) }));
  // Choosing the other side's precision swaps the two: they are never the same.
  const chooseLeft = (next: Precision) => onPrecisions(next, next === right ? left : right);
  const chooseRight = (next: Precision) => onPrecisions(next === left ? right : left, next);
  return (
    <div className={styles.toolbar}>
      <div className={styles.tools}>
        <div className={styles.precisions}>
          <SelectField
            label="Left"
            hideLabel
            size="small"
            value={left}
            onChange={chooseLeft}
            options={choices}
          />
          <span className={styles.soft}>against</span>
          <SelectField
            label="Right"
            hideLabel
            size="small"
            value={right}
            onChange={chooseRight}
            options={choices}
          />
        </div>
        <Segmented
          label="Layout"
          value={mode}
          onChange={onMode}
          options={[
            { value: 'swipe', label: 'Swipe' },
            { value: 'side-by-side', label: 'Side by side' },
          ]}
        />
        <div className={styles.threshold}>
          <span className={styles.soft} aria-hidden="true">
            Score from {threshold.toFixed(2)}
          </span>
          <Slider
            label="Score threshold"
            hideLabel
            value={threshold}
            onChange={onThreshold}
            min={0.05}
            max={0.95}
            step={0.01}
            format={(value) => value.toFixed(2)}
          />
        </div>
        <div className={styles.zoom}>
          <IconButton size="small" label="Zoom out" shortcut="-" onClick={() => stage.zoom(0.8)}>
            <MinusIcon />
          </IconButton>
          <output className={styles.scale} aria-label="Zoom">
            {Math.round(100 * stage.viewport.scale)} %
          </output>
          <IconButton size="small" label="Zoom in" shortcut="+" onClick={() => stage.zoom(1.25)}>
            <PlusIcon />
          </IconButton>
          <IconButton size="small" label="Show the whole picture" shortcut="0" onClick={stage.fit}>
            <FitIcon />
          </IconButton>
        </div>
      </div>
      <BoxToggles {...props} />
    </div>
  );
}

interface ToggleEntry {
  readonly kind: ChangeKind | 'truth';
  readonly label: string;
  readonly title: string;
  readonly count: number | null;
}

/** The legend switches its kinds of box on and off. */
function BoxToggles({ left, right, shown, onShown, counts, labels }: ViewerToolbarProps) {
  const [a, b] = [precisionName(left), precisionName(right)];
  const entries: readonly ToggleEntry[] = [
    { kind: 'lost', label: 'Lost', title: `Only ${a} finds it`, count: counts?.lost ?? null },
    { kind: 'new', label: 'New', title: `Only ${b} finds it`, count: counts?.new ?? null },
    {
      kind: 'moved',
      label: 'Moved',
      title: 'Found by both, overlap (IoU) under 0.9',
      count: counts?.moved ?? null,
    },
    { kind: 'kept', label: 'Kept', title: 'Found by both in the same place', count: counts?.kept ?? null },
    ...(labels === null
      ? []
      : [{ kind: 'truth', label: 'Ground truth', title: 'Labelled boxes', count: labels } as const]),
  ];
  return (
    <div className={styles.toggles}>
      <fieldset className={styles.kinds}>
        <legend className={styles.unseen}>Boxes shown</legend>
        {entries.map(({ kind, label, title, count }) => (
          <button
            key={kind}
            type="button"
            className={classNames(styles.toggle, styles[kind])}
            aria-pressed={shown[kind]}
            title={title}
            onClick={() => onShown({ ...shown, [kind]: !shown[kind] })}
          >
            <span className={styles.dot} aria-hidden="true" />
            {label}
            {count !== null && <span className={styles.count}>{count}</span>}
          </button>
        ))}
      </fieldset>
      <ul className={styles.lines} aria-label="Line styles">
        <LineSample style={left} name={a} />
        <LineSample style={right} name={b} />
        {labels !== null && <LineSample style="truth" name="ground truth" />}
        <li>colour: class</li>
      </ul>
    </div>
  );
}

function LineSample({ style, name }: { readonly style: Precision | 'truth'; readonly name: string }) {
  return (
    <li>
      <svg width="26" height="8" aria-hidden="true" className={styles.sample}>
        <path
          d="M2 4H24"
          stroke="currentColor"
          strokeWidth={2}
          strokeDasharray={dashOf(style)}
          strokeLinecap={style === 'truth' ? 'round' : 'butt'}
        />
      </svg>
      {name}
    </li>
  );
}
