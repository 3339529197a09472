/** What a run remarked on its way: for each its weight, what it is about, and what to do. */

import { classNames, PrecisionTag, SeverityIcon } from '../design/index.ts';
import type { RunNote } from './run-progress.ts';
import styles from './run-remarks.module.css';

export function RunRemarks({ notes }: { readonly notes: readonly RunNote[] }) {
  if (notes.length === 0) return null;
  return (
    <section className={styles.remarks}>
      <h3 className={styles.title}>Remarks</h3>
      <ul className={styles.list}>
        {notes.map(({ precision, note }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: remarks only ever come at the end
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
    </section>
  );
}
