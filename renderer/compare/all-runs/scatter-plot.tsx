/** The scatter of all engines with the Pareto front through it. A click on a mark shows its run. */

import {
  CartesianGrid,
  ComposedChart,
  Line,
  ResponsiveContainer,
  Scatter,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { formatBytes, formatMs } from '../../design/format.ts';
import { PrecisionTag, precisionName, precisions } from '../../design/index.ts';
import { rangeTicks } from '../charts/axis.ts';
import { modelTitle, momentLabel } from '../run-label.ts';
import styles from './all-runs-view.module.css';
import { PointMark } from './point-mark.tsx';
import type { ScatterPoint } from './scatter-points.ts';

interface ScatterPlotProps {
  readonly points: readonly ScatterPoint[];
  readonly measure: string;
  /** The run that is shown. */
  readonly run: string;
  readonly onChoose: (run: string) => void;
}

const axisStyle = { fontSize: 11, fill: 'var(--soft)' } as const;

function within(value: number, ticks: readonly number[]): number {
  return Math.min(Math.max(value, ticks[0] ?? value), ticks[ticks.length - 1] ?? value);
}

export function ScatterPlot({ points, measure, run, onChoose }: ScatterPlotProps) {
  // What must not be used does not stretch the axes: it lies at their edge.
  const usable = points.filter(({ excluded }) => excluded !== 'unusable');
  const framing = usable.length > 0 ? usable : points;
  const x = rangeTicks(framing.map(({ latencyMs }) => latencyMs));
  const y = rangeTicks(framing.map(({ accuracy }) => accuracy));
  const front = points
    .filter(({ onFront }) => onFront)
    .sort((a, b) => a.latencyMs - b.latencyMs)
    .map(({ latencyMs, accuracy }) => ({ latencyMs, front: accuracy }));
  // The precision that is drawn last lies on top: the ones of the shown run.
  const drawn = [...points]
    .sort((a, b) => Number(a.run === run) - Number(b.run === run))
    .map((point) => ({ point, latencyMs: within(point.latencyMs, x), accuracy: within(point.accuracy, y) }));
  return (
    <>
      <div
        role="img"
        aria-label={`Scatter of ${points.length} engines: latency against ${measure}. The table below lists them.`}
      >
        <ResponsiveContainer width="100%" height={340}>
          <ComposedChart margin={{ top: 8, right: 16, bottom: 22, left: 8 }} accessibilityLayer={false}>
            <CartesianGrid stroke="var(--grid)" />
            <XAxis
              type="number"
              dataKey="latencyMs"
              domain={[x[0] ?? 0, x[x.length - 1] ?? 1]}
              ticks={[...x]}
              tick={axisStyle}
              tickLine={false}
              axisLine={{ stroke: 'var(--line-strong)' }}
              label={{
                value: 'latency p50, ms',
                position: 'bottom',
                offset: 2,
                fontSize: 12,
                fill: 'var(--soft)',
              }}
            />
            <YAxis
              type="number"
              dataKey="accuracy"
              width={56}
              domain={[y[0] ?? 0, y[y.length - 1] ?? 1]}
              ticks={[...y]}
              tick={axisStyle}
              tickLine={false}
              axisLine={false}
              label={{
                value: measure,
                angle: -90,
                position: 'insideLeft',
                fontSize: 12,
                fill: 'var(--soft)',
              }}
            />
            <Tooltip
              cursor={false}
              isAnimationActive={false}
              content={({ payload }) => <PointTip point={pointOf(payload?.[0]?.payload)} measure={measure} />}
            />
            <Line
              data={front}
              dataKey="front"
              type="stepAfter"
              dot={false}
              activeDot={false}
              stroke="var(--ink)"
              strokeWidth={1.25}
              strokeDasharray="5 4"
              isAnimationActive={false}
              tooltipType="none"
            />
            <Scatter
              data={drawn}
              dataKey="accuracy"
              isAnimationActive={false}
              shape={({ cx, cy, payload }: PlacedMark) => (
                <Mark cx={cx} cy={cy} point={pointOf(payload)} run={run} onChoose={onChoose} />
              )}
            />
          </ComposedChart>
        </ResponsiveContainer>
      </div>
      <ul className={styles.legend} aria-hidden="true">
        {precisions.map((precision) => (
          <li key={precision}>
            <svg width="12" height="12" aria-hidden="true">
              <PointMark x={6} y={6} precision={precision} excluded={null} present={false} />
            </svg>
            {precisionName(precision)}
          </li>
        ))}
        <li>
          <svg width="16" height="16" aria-hidden="true">
            <PointMark x={8} y={8} precision="fp32" excluded={null} present />
          </svg>
          of the run shown
        </li>
        <li>
          <svg width="12" height="12" aria-hidden="true">
            <PointMark x={6} y={6} precision="int8" excluded="unusable" present={false} />
          </svg>
          do not use
        </li>
      </ul>
    </>
  );
}

/** What the chart tells a mark of where and what it is. */
interface PlacedMark {
  readonly cx?: number | undefined;
  readonly cy?: number | undefined;
  readonly payload?: unknown;
}

interface MarkProps {
  readonly cx: number | undefined;
  readonly cy: number | undefined;
  readonly point: ScatterPoint | null;
  readonly run: string;
  readonly onChoose: (run: string) => void;
}

function Mark({ cx, cy, point, run, onChoose }: MarkProps) {
  if (cx === undefined || cy === undefined || point === null) return <g />;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the table below has a button for each point
    <g style={{ cursor: 'pointer' }} onClick={() => onChoose(point.run)}>
      <circle cx={cx} cy={cy} r={11} fill="transparent" />
      <PointMark
        x={cx}
        y={cy}
        precision={point.precision}
        excluded={point.excluded}
        present={point.run === run}
      />
    </g>
  );
}

/** What the chart hands over for the hovered mark, when it is one of ours. */
function pointOf(payload: unknown): ScatterPoint | null {
  return typeof payload === 'object' && payload !== null && 'point' in payload
    ? (payload.point as ScatterPoint)
    : null;
}

function PointTip({ point, measure }: { readonly point: ScatterPoint | null; readonly measure: string }) {
  if (point === null) return null;
  return (
    <div className={styles.tip}>
      <div>
        <PrecisionTag precision={point.precision} /> {modelTitle(point.modelName)},{' '}
        {momentLabel(point.createdAt)}
      </div>
      <div>
        {formatMs(point.latencyMs)}, {measure} {point.accuracy.toFixed(4)}, {formatBytes(point.bytes)}
      </div>
      {point.excluded === 'unusable' && (
        <div style={{ color: 'var(--error)' }}>Do not use: see its verdict.</div>
      )}
    </div>
  );
}
