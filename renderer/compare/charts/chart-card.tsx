/** The frame of a chart: title, unit, the same figures as a table, and a file with them. */

import { type ReactNode, useId, useState } from 'react';
import { Button, classNames, type Precision, PrecisionTag } from '../../design/index.ts';
import styles from './chart-card.module.css';
import type { ChartTable } from './chart-data.ts';

export interface ChartCardProps {
  readonly title: string;
  /** Unit and how to read it: `ms, batch 1; bar p50, whiskers p90 and p99`. */
  readonly unit: string;
  readonly table: ChartTable;
  /** A link or button that gives the data as a file. */
  readonly csv: ReactNode;
  readonly children: ReactNode;
  /** The precisions, where the drawing itself does not name them. */
  readonly legend?: readonly Precision[];
  /** A remark below the drawing. */
  readonly note?: ReactNode;
  readonly className?: string | undefined;
}

/**
 * The drawing is one image to a screen reader, described by its table, which is always in the page: shown on demand,
 * else hidden from sight only.
 */
export function ChartCard({ title, unit, table, csv, children, legend, note, className }: ChartCardProps) {
  const [asTable, setAsTable] = useState(false);
  const id = useId();
  return (
    <figure className={classNames(styles.card, className)} aria-labelledby={id}>
      <figcaption className={styles.head}>
        <div className={styles.texts}>
          <h2 id={id} className={styles.title}>
            {title}
          </h2>
          <div className={styles.unit}>{unit}</div>
        </div>
        {legend !== undefined && (
          <ul className={styles.legend}>
            {legend.map((precision) => (
              <li key={precision}>
                <PrecisionTag precision={precision} />
              </li>
            ))}
          </ul>
        )}
      </figcaption>
      {!asTable && (
        <div
          className={styles.drawing}
          role="img"
          aria-label={`${title}. ${unit}. The table gives the figures.`}
        >
          {children}
        </div>
      )}
      <FiguresTable label={title} table={table} hidden={!asTable} />
      <div className={styles.foot}>
        <div className={styles.note}>{note}</div>
        <div className={styles.tools}>
          <Button
            variant="quiet"
            size="small"
            className={styles.tool}
            aria-label={`${title} as a ${asTable ? 'chart' : 'table'}`}
            onClick={() => setAsTable(!asTable)}
          >
            {asTable ? 'Chart' : 'Table'}
          </Button>
          {csv}
        </div>
      </div>
    </figure>
  );
}

interface FiguresTableProps {
  readonly label: string;
  readonly table: ChartTable;
  /** Out of sight, still read aloud. */
  readonly hidden: boolean;
}

function FiguresTable({ label, table, hidden }: FiguresTableProps) {
  return (
    <div className={hidden ? styles.unseen : styles.table}>
      <table aria-label={`${label}, figures`}>
        <thead>
          <tr>
            {table.header.map((name, column) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns stand where they stand
              <th key={column} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row) => (
            <tr key={row[0]}>
              {row.map((cell, column) =>
                column === 0 ? (
                  <th key={cell} scope="row">
                    {cell}
                  </th>
                ) : (
                  // biome-ignore lint/suspicious/noArrayIndexKey: columns stand where they stand
                  <td key={column}>{cell}</td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
