/** Size, latency, throughput and accuracy of the precisions as bars, drawn alike. */

import { filePaths } from '../../../contract/procedures/index.ts';
import { formatPoints } from '../../design/format.ts';
import type { Report } from '../report-parts.ts';
import { isUnusable, referenceOf } from '../report-parts.ts';
import { ChartCard } from './chart-card.tsx';
import {
  accuracyGroups,
  accuracyTable,
  agreementBars,
  formatRate,
  latencyBars,
  latencyTable,
  sizeBars,
  sizeTable,
  throughputCsv,
  throughputGroups,
  throughputTable,
} from './chart-data.ts';
import { CsvButton, CsvLink } from './csv-link.tsx';
import { GroupedBars } from './grouped-bars.tsx';
import styles from './overview-charts.module.css';
import { PrecisionBars } from './precision-bars.tsx';

interface OverviewChartsProps {
  readonly run: string;
  readonly report: Report;
  readonly filesUrl: (path: string) => string;
}

const tick = (value: number): string => String(Number(value.toPrecision(3)));

export function OverviewCharts({ run, report, filesUrl }: OverviewChartsProps) {
  const batch = report.results[0]?.latencyMs.batch ?? 1;
  const precisions = report.results.map((result) => ({
    precision: result.precision,
    unusable: isUnusable(result),
  }));
  const latencies = latencyBars(report);
  const unsteady = report.results.some(({ latencyMs }) => !latencyMs.stable);
  const throughput = throughputGroups(report);
  const summary = filesUrl(filePaths.csv(run, 'summary'));
  return (
    <section aria-label="Charts" className={styles.charts}>
      <ChartCard
        title="Latency of the engine"
        unit={`ms a call, batch ${batch}; bar p50, whiskers p90 (wide) and p99`}
        table={latencyTable(report)}
        csv={<CsvLink of="Latency" url={filesUrl(filePaths.csv(run, 'latency'))} />}
        note={[
          latencies.some(({ cut }) => cut) && 'A p99 beyond the axis is cut; the table has it.',
          unsteady && '~ not steady.',
        ]
          .filter(Boolean)
          .join(' ')}
      >
        <PrecisionBars bars={latencies} formatTick={tick} />
      </ChartCard>
      <AccuracyCard report={report} summary={summary} precisions={precisions} />
      <ChartCard
        title="Size"
        unit="MB on disk, engine with its data; shorter is smaller"
        table={sizeTable(report)}
        csv={<CsvLink of="Size" url={summary} />}
      >
        <PrecisionBars bars={sizeBars(report)} formatTick={tick} />
      </ChartCard>
      {throughput.length > 0 && (
        <ChartCard
          title="Throughput"
          unit="images a second by batch size; taller is faster"
          table={throughputTable(report)}
          legend={precisions.map(({ precision }) => precision)}
          csv={
            <CsvButton of="Throughput" name={`${run}-throughput.csv`} data={() => throughputCsv(report)} />
          }
        >
          <GroupedBars
            groups={throughput}
            precisions={precisions}
            formatTick={tick}
            formatLabel={formatRate}
          />
        </ChartCard>
      )}
    </section>
  );
}

interface AccuracyCardProps {
  readonly report: Report;
  readonly summary: string;
  readonly precisions: readonly {
    readonly precision: 'fp32' | 'fp16' | 'int8';
    readonly unusable: boolean;
  }[];
}

function AccuracyCard({ report, summary, precisions }: AccuracyCardProps) {
  const groups = accuracyGroups(report);
  const csv = <CsvLink of="Accuracy" url={summary} />;
  if (groups) {
    const base = referenceOf(report)?.accuracy;
    const differences = report.results.flatMap(({ precision, accuracy }) =>
      base && accuracy && precision !== 'fp32'
        ? [`${precision.toUpperCase()} ${formatPoints(accuracy.map5095 - base.map5095)}`]
        : [],
    );
    return (
      <ChartCard
        title="Accuracy"
        unit={`mAP on ${report.validation?.images ?? 0} labelled images; taller is better`}
        table={accuracyTable(report)}
        legend={precisions.map(({ precision }) => precision)}
        csv={csv}
        note={differences.length > 0 ? `mAP50-95: ${differences.join(', ')}` : undefined}
      >
        <GroupedBars
          groups={groups}
          precisions={precisions}
          formatTick={tick}
          formatLabel={(value) => value.toFixed(3)}
          maximum={1}
        />
      </ChartCard>
    );
  }
  const bars = agreementBars(report);
  if (bars.length === 0) return null;
  return (
    <ChartCard
      title="Agreement with FP32"
      unit="% of FP32’s boxes found again (IoU 0.5); there are no labels, so no mAP"
      table={{
        header: ['Precision', 'Found again', 'Boxes'],
        rows: bars.map((bar) => [bar.precision.toUpperCase(), bar.label, bar.difference ?? '']),
      }}
      csv={csv}
    >
      <PrecisionBars bars={bars} formatTick={tick} maximum={100} />
    </ChartCard>
  );
}
