/** Latency against accuracy of every engine of every run, and the ones that nobody beats. */

import { useMemo, useState } from 'react';
import { formatBytes, formatMs } from '../../design/format.ts';
import { EmptyState, PrecisionTag, SelectField, Switch, Table, Tag } from '../../design/index.ts';
import { CsvButton } from '../charts/csv-link.tsx';
import type { RunSummary } from '../report-parts.ts';
import { modelTitle, momentLabel } from '../run-label.ts';
import styles from './all-runs-view.module.css';
import { ScatterPlot } from './scatter-plot.tsx';
import { type AccuracyMeasure, defaultMeasure, type ScatterPoint, scatterPoints } from './scatter-points.ts';

interface AllRunsViewProps {
  readonly runs: readonly RunSummary[];
  readonly run: RunSummary;
  readonly onChoose: (run: string) => void;
}

const measures: readonly { readonly value: AccuracyMeasure; readonly label: string }[] = [
  { value: 'map5095', label: 'mAP50-95' },
  { value: 'map50', label: 'mAP50' },
  { value: 'matchedShare', label: 'FP32\u2019s boxes found again' },
];

export function AllRunsView({ runs, run, onChoose }: AllRunsViewProps) {
  const [measure, setMeasure] = useState<AccuracyMeasure>(() => defaultMeasure(runs));
  const [everyModel, setEveryModel] = useState(false);
  const points = useMemo(
    () => scatterPoints(runs, { measure, modelPath: everyModel ? null : run.modelPath }),
    [runs, measure, everyModel, run.modelPath],
  );
  const name = measures.find(({ value }) => value === measure)?.label ?? measure;
  return (
    <div className={styles.view}>
      <div className={styles.controls}>
        <SelectField label="Accuracy by" value={measure} onChange={setMeasure} options={measures} />
        <Switch
          label={`Runs of other models than ${modelTitle(run.modelName)} too`}
          checked={everyModel}
          onChange={setEveryModel}
        />
      </div>
      {points.length === 0 ? (
        <EmptyState
          title="No run has this figure"
          text="mAP needs labelled validation images. Choose the share of FP32’s boxes found again, which needs no labels, or convert with labels."
        />
      ) : (
        <>
          <figure className={styles.figure}>
            <figcaption className={styles.caption}>
              <div>
                <h2>Latency against accuracy</h2>
                <p className={styles.soft}>
                  Up and to the left is better. The line joins the engines that no other one beats in both.
                  Figures of different machines or validation sets do not compare.
                </p>
              </div>
              <CsvButton of="All runs" name="all-runs.csv" data={() => pointsCsv(points, measure)} />
            </figcaption>
            <ScatterPlot points={points} measure={name} run={run.id} onChoose={onChoose} />
          </figure>
          <PointTable points={points} measure={name} run={run.id} onChoose={onChoose} />
        </>
      )}
    </div>
  );
}

function pointsCsv(points: readonly ScatterPoint[], measure: AccuracyMeasure) {
  return {
    header: ['run', 'model', 'created_at', 'precision', 'p50_ms', measure, 'bytes', 'pareto', 'excluded'],
    rows: points.map((point) => [
      point.run,
      point.modelName,
      point.createdAt,
      point.precision,
      point.latencyMs,
      point.accuracy,
      point.bytes,
      point.onFront,
      point.excluded,
    ]),
  };
}

interface PointTableProps {
  readonly points: readonly ScatterPoint[];
  readonly measure: string;
  readonly run: string;
  readonly onChoose: (run: string) => void;
}

const shownRows = 200;

function PointTable({ points, measure, run, onChoose }: PointTableProps) {
  const sorted = [...points].sort(
    (a, b) => Number(b.onFront) - Number(a.onFront) || a.latencyMs - b.latencyMs,
  );
  return (
    <div className={styles.table}>
      <Table label="Engines of all runs, those on the front first" dense>
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">Precision</th>
            <th scope="col" data-figure>
              Latency p50
            </th>
            <th scope="col" data-figure>
              {measure}
            </th>
            <th scope="col" data-figure>
              Size
            </th>
            <th scope="col">Standing</th>
          </tr>
        </thead>
        <tbody>
          {sorted.slice(0, shownRows).map((point) => (
            <tr key={`${point.run}:${point.precision}`}>
              <th scope="row">
                <button type="button" className={styles.link} onClick={() => onChoose(point.run)}>
                  {modelTitle(point.modelName)}, {momentLabel(point.createdAt)}
                </button>
                {point.run === run && <span className={styles.soft}> (shown)</span>}
              </th>
              <td>
                <PrecisionTag precision={point.precision} />
              </td>
              <td data-figure>{formatMs(point.latencyMs)}</td>
              <td data-figure>{point.accuracy.toFixed(4)}</td>
              <td data-figure>{formatBytes(point.bytes)}</td>
              <td>
                {point.excluded === 'unusable' ? (
                  <Tag tone="error">do not use</Tag>
                ) : point.excluded === 'dropped' ? (
                  <Tag>dropped</Tag>
                ) : point.onFront ? (
                  <Tag tone="ok">not beaten</Tag>
                ) : (
                  ''
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
      {sorted.length > shownRows && (
        <p className={styles.soft}>
          The {shownRows} fastest are listed; the CSV has all {sorted.length}.
        </p>
      )}
    </div>
  );
}
