/** What a run remarked on its way: for each its weight, what it is about, and what to do. */

import { classNames, PrecisionTag, SeverityIcon } from '../design/index.ts';
import type { RunNote } from './run-progress.ts';
import styles from './run-remarks.module.css';

export interface RunRemarksProps {
  /** In the order in which they came. */
  readonly notes: readonly RunNote[];
  /** While a run goes on remarks stay in their order; afterwards the grave ones come first, the rest folded away. */
  readonly over: boolean;
}

const rank = { error: 0, warning: 1, info: 2 } as const;
/** So few remarks are not worth folding. */
const fewRemarks = 3;

export function RunRemarks({ notes, over }: RunRemarksProps) {
  if (notes.length === 0) return null;
  const ordered = over ? [...notes].sort((a, b) => rank[a.note.severity] - rank[b.note.severity]) : notes;
  const folds = over && notes.length > fewRemarks;
  const shown = folds ? ordered.filter(({ note }) => note.severity !== 'info') : ordered;
  const folded = folds ? ordered.filter(({ note }) => note.severity === 'info') : [];
  return (
    <section className={styles.remarks}>
      <h3 className={styles.title}>Remarks</h3>
      {shown.length > 0 && <RemarkList notes={shown} />}
      {folded.length > 0 && (
        <details className={styles.more}>
          <summary>
            {shown.length === 0 ? '' : 'and '}
            {folded.length === 1 ? 'one note' : `${folded.length} notes`}
          </summary>
          <RemarkList notes={folded} />
        </details>
      )}
    </section>
  );
}

function RemarkList({ notes }: { readonly notes: readonly RunNote[] }) {
  return (
    <ul className={styles.list}>
      {notes.map(({ precision, note }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: remarks have no identity but their place
        <li key={index} className={styles.remark}>
          <span className={classNames(styles.icon, styles[note.severity])}>
            <SeverityIcon severity={note.severity} />
            <span className={styles.spoken}>{note.severity}: </span>
          </span>
          <div className={styles.texts}>
            <p>
              {precision !== null && (
                <span className={styles.about}>
                  <PrecisionTag precision={precision} />
                </span>
              )}
              {note.message}
            </p>
            {note.tip !== null && <p className={styles.tip}>{note.tip}</p>}
          </div>
        </li>
      ))}
    </ul>
  );
}
