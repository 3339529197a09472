/** The boxes that differ on the present image, as a list: the same that the picture shows, to read and to jump to. */

import { classNames } from '../../design/index.ts';
import type { BoxChange, ChangeKind } from './box-changes.ts';
import { boxName } from './box-layer.tsx';
import { classColor } from './box-style.ts';
import styles from './viewer.module.css';

interface ChangeListProps {
  readonly changes: readonly BoxChange[];
  readonly classNamesOfModel: readonly string[];
  readonly threshold: number;
  readonly selected: BoxChange | null;
  readonly onSelect: (change: BoxChange) => void;
}

const kindWords: Readonly<Record<ChangeKind, string>> = {
  lost: 'Lost',
  new: 'New',
  moved: 'Moved',
  kept: 'Kept',
};

function detailOf({ kind, before, after, iou }: BoxChange, threshold: number): string {
  const score = (value: number | undefined): string => (value === undefined ? '\u2013' : value.toFixed(2));
  switch (kind) {
    case 'lost':
      return after === null
        ? `${score(before?.score)}, nothing there now`
        : `${score(before?.score)} \u2192 ${score(after.score)}, under ${threshold.toFixed(2)}`;
    case 'new':
      return score(after?.score);
    default:
      return `${score(before?.score)} \u2192 ${score(after?.score)}, IoU ${iou.toFixed(2)}`;
  }
}

export function ChangeList({ changes, classNamesOfModel, threshold, selected, onSelect }: ChangeListProps) {
  const differing = changes.filter(({ kind }) => kind !== 'kept');
  if (differing.length === 0) {
    return (
      <p className={styles.none}>
        {changes.length === 0
          ? `Neither finds a box from a score of ${threshold.toFixed(2)} on.`
          : `All ${changes.length} boxes are where they were.`}
      </p>
    );
  }
  return (
    <ul className={styles.changes} aria-label="Boxes that differ">
      {differing.map((change, i) => {
        const box = change.before ?? change.after;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: boxes have no identity but their place in the list
          <li key={i}>
            <button
              type="button"
              className={classNames(styles.change, change === selected && styles.chosen)}
              aria-pressed={change === selected}
              onClick={() => onSelect(change)}
            >
              <span className={styles.swatch} style={{ background: classColor(box?.classIndex ?? 0) }} />
              <span className={classNames(styles.kind, styles[change.kind])}>{kindWords[change.kind]}</span>
              <span className={styles.changeName}>{box && boxName(box, classNamesOfModel)}</span>
              <span className={styles.changeDetail}>{detailOf(change, threshold)}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
