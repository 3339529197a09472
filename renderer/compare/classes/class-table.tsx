/** Average precision of each class in each precision; a class that fell to nothing stands first whatever the order. */

import { useMemo, useState } from 'react';
import { formatCount, formatPoints } from '../../design/format.ts';
import { Panel, PrecisionTag, Table } from '../../design/index.ts';
import { CsvLink } from '../charts/csv-link.tsx';
import type { Precision, Report } from '../report-parts.ts';
import { type ClassOrder, type ClassRow, classRows, sortClassRows } from './class-rows.ts';
import styles from './classes-view.module.css';

interface ClassTableProps {
  readonly report: Report;
  readonly csvUrl: string;
}

const shownAtOnce = 100;

function sameColumn(a: ClassOrder, b: ClassOrder): boolean {
  return a.by === b.by && ('precision' in a ? a.precision : null) === ('precision' in b ? b.precision : null);
}

export function ClassTable({ report, csvUrl }: ClassTableProps) {
  const [order, setOrder] = useState<ClassOrder>({ by: 'loss', falling: true });
  const [all, setAll] = useState(false);
  const rows = useMemo(() => sortClassRows(classRows(report), order), [report, order]);
  const precisions = report.results.flatMap(({ precision, accuracy }) => (accuracy ? [precision] : []));
  const fallen = rows.filter(({ fellIn }) => fellIn.length > 0).length;
  const head = (name: string, column: ClassOrder, figure = true) => (
    <SortHead name={name} column={column} order={order} onOrder={setOrder} figure={figure} />
  );
  return (
    <Panel
      flush
      title="Average precision of each class"
      description={
        fallen > 0
          ? `${fallen === 1 ? 'One class that FP32 finds is' : `${fallen} classes that FP32 finds are`} lost altogether: shown first.`
          : 'Differences are points of AP50-95 against FP32.'
      }
      actions={<CsvLink of="Average precision of each class" url={csvUrl} />}
    >
      <Table label="Average precision of each class" dense>
        <thead>
          <tr>
            <td colSpan={2} />
            {precisions.map((precision) => (
              <th
                key={precision}
                scope="colgroup"
                colSpan={precision === 'fp32' ? 2 : 3}
                className={styles.group}
              >
                <PrecisionTag precision={precision} />
              </th>
            ))}
            <td />
          </tr>
          <tr>
            {head('Class', { by: 'name', falling: false }, false)}
            {head('Labels', { by: 'labels', falling: true })}
            {precisions.map((precision) => [
              <SortHead
                key={`${precision}50`}
                name="AP50"
                column={{ by: 'ap50', precision, falling: true }}
                order={order}
                onOrder={setOrder}
              />,
              <SortHead
                key={`${precision}5095`}
                name="AP50-95"
                column={{ by: 'ap5095', precision, falling: true }}
                order={order}
                onOrder={setOrder}
              />,
              precision !== 'fp32' && (
                <th key={`${precision}change`} scope="col" data-figure>
                  Change
                </th>
              ),
            ])}
            {head('Largest loss', { by: 'loss', falling: true })}
          </tr>
        </thead>
        <tbody>
          {(all ? rows : rows.slice(0, shownAtOnce)).map((row) => (
            <ClassTableRow key={row.name} row={row} precisions={precisions} />
          ))}
        </tbody>
      </Table>
      {!all && rows.length > shownAtOnce && (
        <p style={{ padding: 'var(--space-2) 1.1rem' }}>
          <button type="button" className={styles.sort} onClick={() => setAll(true)}>
            Show the other {formatCount(rows.length - shownAtOnce)} classes
          </button>
        </p>
      )}
    </Panel>
  );
}

interface SortHeadProps {
  readonly name: string;
  readonly column: ClassOrder;
  readonly order: ClassOrder;
  readonly onOrder: (order: ClassOrder) => void;
  readonly figure?: boolean;
}

function SortHead({ name, column, order, onOrder, figure = true }: SortHeadProps) {
  const sorted = sameColumn(column, order);
  return (
    <th
      scope="col"
      aria-sort={sorted ? (order.falling ? 'descending' : 'ascending') : 'none'}
      data-figure={figure || undefined}
    >
      <button
        type="button"
        className={styles.sort}
        onClick={() => onOrder(sorted ? { ...column, falling: !order.falling } : column)}
      >
        {name}
        <span className={styles.arrow} aria-hidden="true">
          {sorted ? (order.falling ? '\u2193' : '\u2191') : ''}
        </span>
      </button>
    </th>
  );
}

interface ClassTableRowProps {
  readonly row: ClassRow;
  readonly precisions: readonly Precision[];
}

function apText(value: number | null | undefined): string {
  return value === null || value === undefined ? '\u2013' : value.toFixed(4);
}

function ClassTableRow({ row, precisions }: ClassTableRowProps) {
  const reference = row.figures.get('fp32')?.ap5095 ?? null;
  const fell = row.fellIn.length > 0;
  return (
    <tr className={fell ? styles.fellRow : undefined}>
      <th scope="row">{row.name}</th>
      <td data-figure>{formatCount(row.labels)}</td>
      {precisions.map((precision) => {
        const figures = row.figures.get(precision);
        const lost = row.fellIn.includes(precision);
        const change =
          precision !== 'fp32' && reference !== null && figures?.ap5095 !== null && figures !== undefined
            ? formatPoints(figures.ap5095 - reference)
            : null;
        return [
          <td key={`${precision}50`} data-figure className={lost ? styles.fell : undefined}>
            {apText(figures?.ap50)}
          </td>,
          <td key={`${precision}5095`} data-figure className={lost ? styles.fell : undefined}>
            {lost && '\u2717 '}
            {apText(figures?.ap5095)}
          </td>,
          precision !== 'fp32' && (
            <td key={`${precision}change`} data-figure className={lost ? styles.fell : styles.delta}>
              {lost ? 'lost' : (change ?? '\u2013')}
            </td>
          ),
        ];
      })}
      <td data-figure>
        {row.loss === null ? '\u2013' : row.loss <= 0.0005 ? 'none' : formatPoints(-row.loss)}
      </td>
    </tr>
  );
}
