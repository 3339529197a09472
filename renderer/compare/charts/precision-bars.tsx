/** One bar for each precision, with whiskers where the figures have them. */

import { Bar, BarChart, CartesianGrid, ErrorBar, ResponsiveContainer, XAxis, YAxis } from 'recharts';
import { axisTicks } from './axis.ts';
import { PrecisionRectangle, PrecisionTick } from './bar-shapes.tsx';
import type { PrecisionBar } from './chart-data.ts';

interface PrecisionBarsProps {
  readonly bars: readonly PrecisionBar[];
  readonly formatTick: (value: number) => string;
  /** The axis ends here; left out, at a round number above the largest bar and whisker. */
  readonly maximum?: number;
}

interface Datum extends PrecisionBar {
  readonly p90: readonly [number, number];
  readonly p99: readonly [number, number];
}

const axisStyle = { fontSize: 11, fill: 'var(--soft)' } as const;

export function PrecisionBars({ bars, formatTick, maximum }: PrecisionBarsProps) {
  const data: readonly Datum[] = bars.map((bar) => ({
    ...bar,
    p90: [0, bar.toP90 ?? 0],
    p99: [0, bar.toP99 ?? 0],
  }));
  const whiskers = bars.some(({ toP99 }) => toP99 !== undefined);
  const ticks = axisTicks(maximum ?? Math.max(0, ...bars.map(({ value, toP99 }) => value + (toP99 ?? 0))));
  const top = ticks[ticks.length - 1] ?? 1;
  const barOf = (index: number): Datum | undefined => data[index];
  return (
    <ResponsiveContainer width="100%" height={216}>
      <BarChart data={[...data]} margin={{ top: 6, right: 4, bottom: 0, left: 0 }} accessibilityLayer={false}>
        <CartesianGrid vertical={false} stroke="var(--grid)" />
        <YAxis
          width={38}
          domain={[0, top]}
          ticks={[...ticks]}
          tick={axisStyle}
          tickLine={false}
          axisLine={false}
          tickFormatter={formatTick}
        />
        <XAxis
          dataKey="precision"
          height={54}
          interval={0}
          tickLine={false}
          axisLine={{ stroke: 'var(--line-strong)' }}
          tick={({ x, y, index }: { x: number | string; y: number | string; index: number }) => {
            const bar = barOf(index);
            return bar ? <PrecisionTick x={x} y={y} {...pickTick(bar)} /> : <g />;
          }}
        />
        <Bar
          dataKey="value"
          maxBarSize={46}
          isAnimationActive={false}
          shape={(props: { x?: number; y?: number; width?: number; height?: number; payload?: Datum }) => (
            <PrecisionRectangle
              {...rectangleOf(props)}
              precision={props.payload?.precision ?? 'fp32'}
              unusable={props.payload?.unusable ?? false}
            />
          )}
        >
          {whiskers && (
            <ErrorBar
              dataKey="p99"
              width={6}
              stroke="var(--ink)"
              strokeWidth={1.25}
              isAnimationActive={false}
            />
          )}
          {whiskers && (
            <ErrorBar
              dataKey="p90"
              width={12}
              stroke="var(--ink)"
              strokeWidth={1.25}
              isAnimationActive={false}
            />
          )}
        </Bar>
      </BarChart>
    </ResponsiveContainer>
  );
}

function pickTick({ precision, label, difference, unusable }: Datum) {
  return { precision, label, difference, unusable };
}

function rectangleOf(props: { x?: number; y?: number; width?: number; height?: number }) {
  const { x = 0, y = 0, width = 0, height = 0 } = props;
  return { x, y, width, height };
}
