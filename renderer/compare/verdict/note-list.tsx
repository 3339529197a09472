/** Remarks of the run and of each precision, gravest first, each with what to do about it. */

import { Notice, PrecisionTag, precisionName } from '../../design/index.ts';
import type { Precision, Report, ReportNote } from '../report-parts.ts';
import styles from './note-list.module.css';

interface Remark {
  readonly precision: Precision | null;
  readonly note: ReportNote;
}

const rank = { error: 0, warning: 1, info: 2 } as const;

function remarksOf(report: Report): readonly Remark[] {
  return [
    ...report.notes.map((note) => ({ precision: null, note })),
    ...report.results.flatMap(({ precision, notes }) => notes.map((note) => ({ precision, note }))),
  ].sort((a, b) => rank[a.note.severity] - rank[b.note.severity]);
}

export function NoteList({ report }: { readonly report: Report }) {
  const remarks = remarksOf(report);
  const grave = remarks.filter(({ note }) => note.severity !== 'info');
  const rest = remarks.filter(({ note }) => note.severity === 'info');
  if (remarks.length === 0) return null;
  return (
    <section aria-label="Remarks" className={styles.remarks}>
      {grave.map(({ precision, note }) => (
        <GraveNote key={`${precision}${note.code}${note.message}`} precision={precision} note={note} />
      ))}
      {rest.length > 0 && (
        <details className={styles.rest} open={grave.length === 0 && rest.length <= 2}>
          <summary>{rest.length === 1 ? 'One more remark' : `${rest.length} more remarks`}</summary>
          <ul className={styles.list}>
            {rest.map(({ precision, note }) => (
              <li key={`${precision}${note.code}${note.message}`}>
                {title(precision, note.message)}{' '}
                {note.tip !== null && <span className={styles.tip}>{note.tip}</span>}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

/** The first sentence stands out; what follows explains it. */
function GraveNote({ precision, note }: Remark) {
  const [first, ...rest] = note.message.split(/(?<=\.) (?=[A-Z])/);
  return (
    <Notice severity={note.severity} title={title(precision, first ?? note.message)}>
      {[...rest, note.tip].filter(Boolean).join(' ') || null}
    </Notice>
  );
}

/** The tag is left out before a message that begins with the precision's name itself. */
function title(precision: Precision | null, message: string) {
  return (
    <>
      {precision !== null && !message.startsWith(precisionName(precision)) && (
        <>
          <PrecisionTag precision={precision} />{' '}
        </>
      )}
      {message}
    </>
  );
}
