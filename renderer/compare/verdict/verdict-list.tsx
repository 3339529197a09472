/** The verdict, first and largest on the page: a sentence for each precision, errors unmistakable. */

import { CopyButton, classNames, PrecisionTag, SeverityIcon } from '../../design/index.ts';
import type { Report } from '../report-parts.ts';
import { worthOfFigures } from './figure-worth.ts';
import { type Verdict, verdictLine, verdictsOf } from './verdict.ts';
import styles from './verdict-list.module.css';

export function VerdictList({ report }: { readonly report: Report }) {
  const verdicts = verdictsOf(report);
  const worth = worthOfFigures(report);
  return (
    <section aria-label="Verdict" className={styles.verdict}>
      <ul className={styles.list}>
        {verdicts.map((verdict) => (
          <VerdictItem key={verdict.precision} verdict={verdict} />
        ))}
      </ul>
      <div className={styles.foot}>
        <p className={styles.worth}>{worth.short}</p>
        <CopyButton label="Copy the verdict" text={() => verdicts.map(verdictLine).join('\n')} iconOnly />
      </div>
    </section>
  );
}

function VerdictItem({ verdict }: { readonly verdict: Verdict }) {
  const { precision, state, sentence, unsteady } = verdict;
  return (
    <li
      className={classNames(styles.item, styles[precision], styles[state])}
      role={state === 'unusable' ? 'alert' : undefined}
    >
      {state === 'unusable' && (
        <span className={styles.icon}>
          <SeverityIcon severity="error" size={20} />
        </span>
      )}
      <div>
        <p className={styles.sentence}>
          <PrecisionTag precision={precision} />
          <span className={styles.colon}>: </span>
          {sentence}.
        </p>
        {unsteady !== null && <p className={styles.unsteady}>{unsteady}</p>}
      </div>
    </li>
  );
}
