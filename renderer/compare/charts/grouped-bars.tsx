/** Bars of all precisions side by side in each of a few groups. */

import { Bar, BarChart, CartesianGrid, LabelList, ResponsiveContainer, XAxis, YAxis } from 'recharts';
import type { Precision } from '../../design/index.ts';
import { axisTicks } from './axis.ts';
import { PrecisionRectangle } from './bar-shapes.tsx';
import type { BarGroup } from './chart-data.ts';

interface GroupedBarsProps {
  readonly groups: readonly BarGroup[];
  readonly precisions: readonly { readonly precision: Precision; readonly unusable: boolean }[];
  readonly formatTick: (value: number) => string;
  readonly formatLabel: (value: number) => string;
  readonly maximum?: number;
}

const axisStyle = { fontSize: 11, fill: 'var(--soft)' } as const;

export function GroupedBars({ groups, precisions, formatTick, formatLabel, maximum }: GroupedBarsProps) {
  const data = groups.map(({ category, bars }) => ({ category, ...bars }));
  const ticks = axisTicks(maximum ?? Math.max(0, ...groups.flatMap(({ bars }) => Object.values(bars))));
  const top = ticks[ticks.length - 1] ?? 1;
  return (
    <ResponsiveContainer width="100%" height={216}>
      <BarChart
        data={data}
        margin={{ top: 12, right: 4, bottom: 0, left: 0 }}
        barGap={3}
        barCategoryGap="18%"
        accessibilityLayer={false}
      >
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
          dataKey="category"
          height={28}
          interval={0}
          tick={{ fontSize: 12, fill: 'var(--ink)' }}
          tickMargin={8}
          tickLine={false}
          axisLine={{ stroke: 'var(--line-strong)' }}
        />
        {precisions.map(({ precision, unusable }) => (
          <Bar
            key={precision}
            dataKey={precision}
            maxBarSize={34}
            isAnimationActive={false}
            shape={({
              x = 0,
              y = 0,
              width = 0,
              height = 0,
            }: {
              x?: number;
              y?: number;
              width?: number;
              height?: number;
            }) => <PrecisionRectangle {...{ x, y, width, height, precision, unusable }} />}
          >
            <LabelList
              dataKey={precision}
              position="top"
              offset={4}
              fontSize={11}
              fill={unusable ? 'var(--error)' : 'var(--ink)'}
              formatter={(value: unknown) => (typeof value === 'number' ? formatLabel(value) : '')}
            />
          </Bar>
        ))}
      </BarChart>
    </ResponsiveContainer>
  );
}
