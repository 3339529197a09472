/** Any two runs as A and B: what they were asked differently, and what came out differently. */

import { useMemo, useState } from 'react';
import { useNavigation } from '../../app/navigation.ts';
import {
  Button,
  classNames,
  EmptyState,
  Notice,
  Panel,
  PrecisionTag,
  Skeleton,
  Table,
} from '../../design/index.ts';
import { CsvButton } from '../charts/csv-link.tsx';
import { chooseOther, hasReport } from '../choose-run.ts';
import type { Report, RunSummary } from '../report-parts.ts';
import { distinctLabel } from '../run-label.ts';
import { RunPicker } from '../run-picker.tsx';
import { Segmented } from '../segmented.tsx';
import { type Comparison, useReport } from '../use-comparison.ts';
import { cautions, differenceRows, specificationDifferences } from './run-differences.ts';
import styles from './two-runs-view.module.css';

interface TwoRunsViewProps {
  readonly comparison: Comparison;
  readonly run: RunSummary;
  readonly report: Report;
}

export function TwoRunsView({ comparison, run, report }: TwoRunsViewProps) {
  const against = useNavigation((state) => state.params.against);
  const setParams = useNavigation((state) => state.setParams);
  const other = chooseOther(comparison.runs, run, against);
  const loaded = useReport(comparison.reports, other);
  if (other === null) {
    return (
      <EmptyState
        title="There is only this run"
        text="Convert the same model again with another calibration method, more images or another size, and the two runs can be held against each other here."
      />
    );
  }
  const swap = () => setParams({ run: other.id, against: run.id, image: null });
  const choices = comparison.runs.filter((item) => item.id !== run.id && hasReport(item));
  return (
    <div className={styles.view}>
      <div className={styles.choice}>
        <div className={styles.side}>
          <div className={styles.letter}>A</div>
          <div className={styles.name}>{distinctLabel(run, comparison.runs)}</div>
        </div>
        <Button size="small" onClick={swap}>
          Swap
        </Button>
        <div className={styles.side}>
          <div className={styles.letter}>B</div>
          <div className={styles.picker}>
            <RunPicker
              label="Run B"
              runs={choices}
              run={other}
              onChoose={(id) => setParams({ against: id })}
            />
          </div>
        </div>
      </div>
      {loaded?.state === 'ready' ? (
        <Differences a={report} b={loaded.report} ids={[run.id, other.id]} />
      ) : loaded?.state === 'failed' ? (
        <Notice severity="error" title={loaded.failure.message}>
          {loaded.failure.remedy}
        </Notice>
      ) : loaded?.state === 'none' ? (
        <Notice severity="error" title="The report of run B is no longer there.">
          Choose another run, or repeat this one.
        </Notice>
      ) : (
        <div aria-busy="true">
          <Skeleton lines={6} height="1.4em" />
        </div>
      )}
    </div>
  );
}

interface DifferencesProps {
  readonly a: Report;
  readonly b: Report;
  readonly ids: readonly [string, string];
}

function Differences({ a, b, ids }: DifferencesProps) {
  const all = useMemo(() => differenceRows(a, b), [a, b]);
  const differing = all.filter(({ change }) => change !== 'equal');
  const [view, setView] = useState<'differing' | 'all'>('differing');
  const rows = view === 'all' || differing.length === 0 ? all : differing;
  const options = useMemo(() => specificationDifferences(a, b), [a, b]);
  const csv = () => ({
    header: ['precision', 'figure', 'a', 'b', 'difference'],
    rows: all.map((row) => [row.precision, row.name, row.a, row.b, row.words]),
  });
  return (
    <>
      {cautions(a, b).map((caution) => (
        <Notice key={caution} severity="warning" title={caution} />
      ))}
      <Panel
        flush
        title="What came out"
        description="From A to B. Differences within the noise count as equal."
        actions={
          <>
            {differing.length > 0 && differing.length < all.length && (
              <Segmented
                label="Figures shown"
                value={view}
                onChange={setView}
                options={[
                  { value: 'differing', label: 'What differs' },
                  { value: 'all', label: 'All figures' },
                ]}
              />
            )}
            <CsvButton of="Differences" name={`${ids[0]}-${ids[1]}.csv`} data={csv} />
          </>
        }
      >
        <Table label="Figures of both runs" dense>
          <thead>
            <tr>
              <th scope="col">Precision</th>
              <th scope="col">Figure</th>
              <th scope="col" data-figure>
                A
              </th>
              <th scope="col" data-figure>
                B
              </th>
              <th scope="col">From A to B</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => {
              const first = rows[i - 1]?.precision !== row.precision;
              return (
                <tr key={`${row.precision}${row.name}`} className={first && i > 0 ? styles.first : undefined}>
                  <td>{first && <PrecisionTag precision={row.precision} />}</td>
                  <th scope="row" className={styles.figureName}>
                    {row.name}
                  </th>
                  <td data-figure>{row.a}</td>
                  <td data-figure>{row.b}</td>
                  <td className={classNames(styles.change, styles[row.change])}>
                    <span aria-hidden="true" className={styles.mark}>
                      {{ better: '\u25b2', worse: '\u25bc', equal: '=', unknown: '' }[row.change]}
                    </span>
                    {row.words}
                    {(row.change === 'better' || row.change === 'worse') && (
                      <span className={styles.unseen}>, {row.change}</span>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </Table>
      </Panel>
      <Panel flush title="What was asked">
        {options.length === 0 ? (
          <p className={styles.same}>Both runs had the same specification.</p>
        ) : (
          <Table label="Options that differ" dense>
            <thead>
              <tr>
                <th scope="col">Option</th>
                <th scope="col">A</th>
                <th scope="col">B</th>
              </tr>
            </thead>
            <tbody>
              {options.map(({ option, a: left, b: right }) => (
                <tr key={option}>
                  <th scope="row">
                    <code>{option}</code>
                  </th>
                  <td className={styles.value}>{left}</td>
                  <td className={styles.value}>{right}</td>
                </tr>
              ))}
            </tbody>
          </Table>
        )}
      </Panel>
    </>
  );
}
