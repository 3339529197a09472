/** Why an engine is as fast as it is: time from file to boxes, time inside, operators, and what stayed in float. */

import { formatCount, formatMs, formatShare } from '../../design/format.ts';
import { EmptyState, Panel, PrecisionTag, precisionName, Table } from '../../design/index.ts';
import { ChartCard } from '../charts/chart-card.tsx';
import { CsvButton } from '../charts/csv-link.tsx';
import type { Report } from '../report-parts.ts';
import { plural } from '../report-parts.ts';
import { ShareBars } from './share-bars.tsx';
import {
  endToEndParts,
  endToEndRows,
  engineParts,
  engineRows,
  operatorRows,
  type SharesRow,
} from './time-data.ts';
import styles from './time-view.module.css';

interface TimeViewProps {
  readonly run: string;
  readonly report: Report;
}

export function TimeView({ run, report }: TimeViewProps) {
  const whole = endToEndRows(report);
  const inside = engineRows(report);
  if (whole.length === 0 && inside.length === 0) {
    return (
      <EmptyState
        title="No times were taken apart"
        text="This run was measured without validation images and without profiling. Give it a validation set to see what decoding, preprocessing, engine and NMS cost."
      />
    );
  }
  return (
    <div className={styles.view}>
      {whole.length > 0 && (
        <SharesCard
          run={run}
          name="end-to-end"
          title="From file to boxes"
          unit={`share of the mean time of one image, ${plural(whole[0]?.result.endToEndMs?.images ?? 0, 'image')}`}
          parts={endToEndParts}
          rows={whole}
          note={({ result }) => `p50 ${formatMs(result.endToEndMs?.p50 ?? null)}`}
        />
      )}
      {inside.length > 0 && (
        <SharesCard
          run={run}
          name="inside-engine"
          title="Inside the engine"
          unit="share of the engine’s time by what its nodes compute in"
          parts={engineParts}
          rows={inside}
        />
      )}
      <div className={styles.columns}>
        {inside.length > 0 && <Operators report={report} />}
        <KeptFloat report={report} />
      </div>
    </div>
  );
}

interface SharesCardProps {
  readonly run: string;
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly parts: readonly string[];
  readonly rows: readonly SharesRow[];
  readonly note?: (row: SharesRow) => string;
}

function SharesCard({ run, name, title, unit, parts, rows, note }: SharesCardProps) {
  return (
    <ChartCard
      title={title}
      unit={unit}
      className={styles.shares}
      table={{
        header: ['Precision', ...parts],
        rows: rows.map(({ result, shares }) => [precisionName(result.precision), ...shares.map(formatShare)]),
      }}
      csv={
        <CsvButton
          of={title}
          name={`${run}-${name}.csv`}
          data={() => ({
            header: ['precision', ...parts],
            rows: rows.map(({ result, shares }) => [result.precision, ...shares]),
          })}
        />
      }
    >
      <ShareBars parts={parts} rows={rows} {...(note ? { note } : {})} />
    </ChartCard>
  );
}

function Operators({ report }: { readonly report: Report }) {
  const profiled = report.results.filter(({ timeShares }) => timeShares !== null);
  const rows = operatorRows(report);
  return (
    <Panel flush title="Most expensive operators" description="Share of each engine’s time.">
      <Table label="Most expensive operators" dense>
        <thead>
          <tr>
            <th scope="col">Operator</th>
            {profiled.map(({ precision }) => (
              <th key={precision} scope="col" data-figure>
                <PrecisionTag precision={precision} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ operator, shares }) => (
            <tr key={operator}>
              <th scope="row">
                <code>{operator}</code>
              </th>
              {profiled.map(({ precision }) => (
                <td key={precision} data-figure>
                  {formatShare(shares.get(precision) ?? null)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}

function KeptFloat({ report }: { readonly report: Report }) {
  const quantized = report.results.filter(({ quantization }) => quantization !== null);
  if (quantized.length === 0) return null;
  return (
    <Panel title="Left in floating point" description="What is not quantized, and why.">
      {quantized.map(({ precision, quantization }) => (
        <div key={precision}>
          <p>
            <PrecisionTag precision={precision} /> {plural(quantization?.quantizedNodes ?? 0, 'node')}{' '}
            computed in INT8 between {plural(quantization?.quantizedTensors ?? 0, 'quantized tensor')},{' '}
            {formatCount(quantization?.floatNodes ?? 0)} in floating point.
          </p>
          {quantization?.keptFloat.length === 0 && (
            <p className={styles.soft}>No node was kept in floating point on purpose.</p>
          )}
          {quantization?.keptFloat.map(({ reason, nodes }) => (
            <details key={reason} className={styles.reason}>
              <summary>
                {reason.charAt(0).toUpperCase() + reason.slice(1)}{' '}
                <span className={styles.soft}>({plural(nodes.length, 'node')})</span>
              </summary>
              <ul className={styles.nodes}>
                {nodes.map((node) => (
                  <li key={node}>
                    <code>{node}</code>
                  </li>
                ))}
              </ul>
            </details>
          ))}
        </div>
      ))}
    </Panel>
  );
}
