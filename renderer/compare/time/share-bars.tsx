/** One bar of full length for each precision, cut into named parts. */

import { formatShare } from '../../design/format.ts';
import { PrecisionTag } from '../../design/index.ts';
import styles from './share-bars.module.css';
import type { SharesRow } from './time-data.ts';

interface ShareBarsProps {
  readonly parts: readonly string[];
  readonly rows: readonly SharesRow[];
  /** Behind the bar, e.g. the whole in ms. */
  readonly note?: (row: SharesRow) => string;
}

export function ShareBars({ parts, rows, note }: ShareBarsProps) {
  return (
    <div className={styles.bars}>
      <ul className={styles.legend} aria-hidden="true">
        {parts.map((part, i) => (
          <li key={part}>
            <span className={styles.swatch} data-part={i} />
            {part}
          </li>
        ))}
      </ul>
      {rows.map((row) => (
        <div key={row.result.precision} className={styles.row}>
          <PrecisionTag precision={row.result.precision} />
          <div className={styles.bar}>
            {row.shares.map((share, i) => (
              <span
                key={parts[i]}
                className={styles.part}
                data-part={i}
                style={{ flexGrow: share }}
                title={`${parts[i]}: ${formatShare(share)}`}
              >
                {share > 0.08 && formatShare(share)}
              </span>
            ))}
          </div>
          {note && <span className={styles.note}>{note(row)}</span>}
        </div>
      ))}
    </div>
  );
}
