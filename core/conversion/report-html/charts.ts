/** Size, latency and accuracy of the precisions as three small bar charts, drawn alike. */

import type { Report, ResultReport } from '../report.ts';
import { formatBytes, formatMap, formatMs, formatPoints, precisionLabels } from './figures.ts';
import { html, type Markup } from './markup.ts';
import { linearScale, pixel } from './scale.ts';
import { referenceOf } from './summary.ts';

const width = 340;
const left = 46;
const right = 92;
const rowHeight = 34;
const barHeight = 14;
const plot = width - left - right;

interface BarChart {
  readonly title: string;
  readonly subtitle: string;
  /** The axis ends here. */
  readonly maximum: number;
  readonly formatTick: (value: number) => string;
  readonly value: (result: ResultReport) => number;
  /** Shown behind the bar's end. */
  readonly label: (result: ResultReport) => string;
  readonly description: string;
  readonly extra?: (result: ResultReport, at: (value: number) => number) => Markup;
  /** Where the label starts when `extra` reaches beyond the bar. */
  readonly end?: (result: ResultReport) => number;
}

function barChart(chart: BarChart, results: readonly ResultReport[]): Markup {
  const scale = linearScale(chart.maximum, plot, 3);
  const height = results.length * rowHeight + 20;
  const grid = scale.ticks.map((tick) => {
    const x = pixel(left + scale.at(tick));
    return html`<line class="grid" x1="${x}" x2="${x}" y1="0" y2="${height - 20}"/><text class="axis" x="${x}" y="${height - 5}" text-anchor="middle">${chart.formatTick(tick)}</text>`;
  });
  const rows = results.map((result, i) => {
    const y = i * rowHeight + (rowHeight - barHeight) / 2;
    const failed = result.status === 'detections-lost' || result.status === 'non-finite';
    const end = scale.at(chart.end?.(result) ?? chart.value(result));
    return html`<g class="${result.precision}${failed ? ' failed' : ''}"><text class="label" x="0" y="${y + 11}">${precisionLabels[result.precision]}</text><rect class="bar" x="${left}" y="${y}" width="${pixel(Math.max(1, scale.at(chart.value(result))))}" height="${barHeight}" rx="1"/>${chart.extra?.(result, (value) => left + scale.at(value))}<text x="${pixel(left + end + 7)}" y="${y + 11}">${chart.label(result)}${failed ? ' \u2717' : ''}</text></g>`;
  });
  return html`<figure><figcaption>${chart.title}<small>${chart.subtitle}</small></figcaption><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${chart.description}">${grid}${rows}</svg></figure>`;
}

function describe(results: readonly ResultReport[], say: (result: ResultReport) => string): string {
  return results.map((result) => `${precisionLabels[result.precision]} ${say(result)}`).join(', ');
}

function sizeChart(results: readonly ResultReport[]): Markup {
  const largest = Math.max(...results.map((result) => result.bytes));
  const [unit, divisor] = largest >= 1e6 ? ['MB', 1e6] : ['kB', 1e3];
  return barChart(
    {
      title: 'Size',
      subtitle: `${unit} on disk; shorter is smaller`,
      maximum: largest / divisor,
      formatTick: String,
      value: (result) => result.bytes / divisor,
      label: (result) => formatBytes(result.bytes),
      description: `Size on disk: ${describe(results, (result) => formatBytes(result.bytes))}.`,
    },
    results,
  );
}

/** Whiskers reach to p99; where a single slow call would squeeze the bars they are cut and drawn open. */
function latencyChart(results: readonly ResultReport[], batch: number): Markup {
  const longestBar = Math.max(...results.map((result) => result.latencyMs.p50));
  const longest = Math.max(...results.map((result) => result.latencyMs.p99));
  const maximum = Math.min(longest, longestBar * 2.5);
  return barChart(
    {
      title: 'Latency of the engine',
      subtitle: `ms, batch ${batch}: bar p50, mark p90, whisker p99`,
      maximum,
      formatTick: String,
      value: (result) => result.latencyMs.p50,
      label: (result) => `${formatMs(result.latencyMs.p50)} ms`,
      end: (result) => Math.min(result.latencyMs.p99, maximum),
      description: `Latency: ${describe(results, ({ latencyMs }) => `p50 ${formatMs(latencyMs.p50)} ms, p90 ${formatMs(latencyMs.p90)} ms, p99 ${formatMs(latencyMs.p99)} ms`)}.`,
      extra: ({ latencyMs, precision }, at) => {
        const row = results.findIndex((result) => result.precision === precision);
        const y = row * rowHeight + rowHeight / 2;
        const [p50, p90, p99] = [at(latencyMs.p50), at(latencyMs.p90), at(latencyMs.p99)].map(pixel);
        const cut = latencyMs.p99 > maximum;
        return html`<path class="whisker" d="M${p50} ${y}H${p99}${!cut && `M${p99} ${y - 4}v8`}M${p90} ${y - 7}v14"/>`;
      },
    },
    results,
  );
}

function accuracyChart(results: readonly ResultReport[], reference: ResultReport | undefined): Markup | null {
  const measured = results.filter((result) => result.accuracy !== null);
  if (measured.length === 0) return null;
  const base = reference?.accuracy;
  const label = (result: ResultReport): string => {
    const accuracy = result.accuracy;
    if (!accuracy) return '';
    const points = base && result !== reference ? ` (${formatPoints(accuracy.map5095 - base.map5095)})` : '';
    return `${accuracy.map5095.toFixed(3)}${points}`;
  };
  return barChart(
    {
      title: 'Accuracy',
      subtitle: 'bar mAP50-95 and points, mark mAP50',
      maximum: 1,
      formatTick: String,
      value: (result) => result.accuracy?.map5095 ?? 0,
      label,
      end: (result) => result.accuracy?.map50 ?? 0,
      description: `Accuracy: ${describe(measured, ({ accuracy }) => (accuracy ? `mAP50-95 ${formatMap(accuracy.map5095)}, mAP50 ${formatMap(accuracy.map50)}` : ''))}.`,
      extra: ({ accuracy, precision }, at) => {
        if (!accuracy) return html``;
        const row = results.findIndex((result) => result.precision === precision);
        const y = row * rowHeight + rowHeight / 2;
        return html`<path class="whisker" d="M${pixel(at(accuracy.map50))} ${y - 9}v18"/>`;
      },
    },
    measured,
  );
}

/** The three charts side by side. */
export function renderCharts(report: Report): Markup {
  const results = report.results;
  const batch = results[0]?.latencyMs.batch ?? 1;
  return html`<section id="charts" aria-labelledby="charts-title"><h2 id="charts-title">Size, latency, accuracy</h2><p class="lead">All axes start at zero.</p><div class="charts">${sizeChart(results)}${latencyChart(results, batch)}${accuracyChart(results, referenceOf(report))}</div></section>`;
}
