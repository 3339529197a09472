/** Bars with their names and values: a table to whoever reads or hears it, a chart to whoever looks. */

import type { CSSProperties } from 'react';
import { classNames } from '../design/class-names.ts';
import { formatCount } from '../design/format.ts';
import styles from './bar-list.module.css';
import type { Bar } from './statistics-words.ts';

export interface BarListProps {
  readonly label: string;
  /** Heads of the columns for names and values. */
  readonly columns: readonly [name: string, value: string, note: string];
  readonly bars: readonly Bar[];
  /** A mark before each name, e.g. the colour of a class. */
  readonly colorOf?: (index: number) => string;
}

export function BarList({ label, columns, bars, colorOf }: BarListProps) {
  const most = Math.max(1, ...bars.map(({ value }) => value));
  return (
    <table className={styles.table} aria-label={label}>
      <thead className={styles.heads}>
        <tr>
          <th scope="col">{columns[0]}</th>
          <th scope="col">{columns[1]}</th>
          <th scope="col">{columns[2]}</th>
        </tr>
      </thead>
      <tbody>
        {bars.map(({ label: name, value, note }, index) => (
          <tr key={name} className={classNames(value === 0 && styles.empty)}>
            <th scope="row" className={styles.name} title={name}>
              {colorOf !== undefined && (
                <span className={styles.swatch} style={{ background: colorOf(index) }} />
              )}
              {name}
            </th>
            <td className={styles.value}>
              <span className={styles.bar} style={{ '--share': value / most } as CSSProperties} />
              <span className={styles.figure}>{formatCount(value)}</span>
            </td>
            <td className={styles.note}>{note}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
