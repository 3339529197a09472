/** The data of a report's charts as CSV (RFC 4180), for spreadsheets. */

import type { Report } from '../../../contract/report-schema.ts';

export const charts = ['summary', 'per-class', 'ranges', 'latency'] as const;
export type Chart = (typeof charts)[number];

type Cell = string | number | null | undefined;

/** A cell that starts like a formula would be one to a spreadsheet; names in models come from outside. */
function cell(value: Cell): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

function csv(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [header, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function summary({ results }: Report): string {
  return csv(
    [
      'precision',
      'status',
      'bytes',
      'p50_ms',
      'p90_ms',
      'p99_ms',
      'end_to_end_p50_ms',
      'images_per_second',
      'batch_of_images_per_second',
      'map50',
      'map50_95',
      'matched',
      'lost',
      'added',
      'moved',
    ],
    results.map(({ precision, status, bytes, latencyMs, endToEndMs, throughput, accuracy, agreement }) => {
      const best = [...throughput].sort((a, b) => b.imagesPerSecond - a.imagesPerSecond)[0];
      return [
        precision,
        status,
        bytes,
        latencyMs.p50,
        latencyMs.p90,
        latencyMs.p99,
        endToEndMs?.p50,
        best?.imagesPerSecond,
        best?.batch,
        accuracy?.map50,
        accuracy?.map5095,
        agreement?.matched,
        agreement?.lost,
        agreement?.added,
        agreement?.moved,
      ];
    }),
  );
}

function perClass({ results }: Report): string {
  return csv(
    ['precision', 'class', 'ap50', 'ap50_95', 'labels'],
    results.flatMap(({ precision, accuracy }) =>
      (accuracy?.perClass ?? []).map((each) => [precision, each.name, each.ap50, each.ap5095, each.labels]),
    ),
  );
}

function ranges({ calibration }: Report): string {
  return csv(
    ['tensor', 'amax', 'minimum', 'maximum', 'clipped_share'],
    (calibration?.ranges ?? []).map((range) => [
      range.tensor,
      range.amax,
      range.minimum,
      range.maximum,
      range.clipped,
    ]),
  );
}

/** Every measured call; precisions side by side. */
function latency({ results }: Report): string {
  const calls = Math.max(0, ...results.map(({ latencyMs }) => latencyMs.samples.length));
  return csv(
    ['call', ...results.map(({ precision }) => `${precision}_ms`)],
    Array.from({ length: calls }, (_, i) => [i + 1, ...results.map(({ latencyMs }) => latencyMs.samples[i])]),
  );
}

const writers: Readonly<Record<Chart, (report: Report) => string>> = {
  summary,
  'per-class': perClass,
  ranges,
  latency,
};

export function chartCsv(chart: Chart, report: Report): string {
  return writers[chart](report);
}
