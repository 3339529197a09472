/** The calibration's range of each tensor over the histogram of its values; what is clipped most comes first. */

import type { CalibrationRangeReport, Report } from '../report.ts';
import { formatCount, formatNumber, formatSeconds, formatShare, plural } from './figures.ts';
import { html, type Markup } from './markup.ts';
import { pixel } from './scale.ts';

const width = 640;
const height = 90;
const openAtFirst = 2;

interface ClippedRange extends CalibrationRangeReport {
  /** Largest absolute value seen. */
  readonly largest: number;
  /** Part of the axis [0, largest] that lies beyond amax. */
  readonly cut: number;
}

function clipping(range: CalibrationRangeReport): ClippedRange {
  const largest = Math.max(Math.abs(range.minimum), Math.abs(range.maximum));
  return { ...range, largest, cut: largest > 0 ? Math.max(0, 1 - range.amax / largest) : 0 };
}

function bars(counts: readonly number[], from: number, to: number): string {
  const top = Math.log1p(Math.max(1, ...counts));
  const step = width / counts.length;
  let path = '';
  for (let i = from; i < to; i++) {
    const count = counts[i] ?? 0;
    if (count > 0) {
      const y = pixel(height - Math.max(1, (Math.log1p(count) / top) * height));
      path += `M${pixel(i * step)} ${height}V${y}H${pixel((i + 1) * step)}V${height}Z`;
    }
  }
  return path;
}

function histogram(range: ClippedRange): Markup | null {
  if (!range.histogram || range.histogram.counts.length === 0 || range.histogram.limit <= 0) return null;
  const { counts, limit } = range.histogram;
  const threshold = Math.min(1, range.amax / limit);
  const first = Math.ceil(threshold * counts.length - 1e-6);
  const x = pixel(threshold * width);
  const near = threshold > 0.75;
  return html`<svg viewBox="0 -16 ${width} ${height + 36}" role="img" aria-label="Absolute values of ${range.tensor} up to ${formatNumber(limit)}, logarithmic; range ends at ${formatNumber(range.amax)}"><path class="area" d="${bars(counts, 0, first)}"/><path class="clipped" d="${bars(counts, first, counts.length)}"/><line class="grid" x1="0" x2="${width}" y1="${height}" y2="${height}"/><line class="threshold" x1="${x}" x2="${x}" y1="-12" y2="${height}"/><text x="${near ? pixel(threshold * width - 6) : pixel(threshold * width + 6)}" y="-4" text-anchor="${near ? 'end' : 'start'}">range ends at ${formatNumber(range.amax)}</text><text class="axis" x="0" y="${height + 15}">0</text><text class="axis" x="${width}" y="${height + 15}" text-anchor="end">${formatNumber(limit)}</text></svg>`;
}

function entry(range: ClippedRange, i: number): Markup {
  const scale = range.amax / 127;
  return html`<details data-name="${range.tensor.toLowerCase()}"${i < openAtFirst && html` open`}><summary><code>${range.tensor}</code><span>${formatNumber(range.amax)}</span><span>${formatNumber(range.largest)}</span><span>${formatShare(range.clipped)}</span></summary><div class="body">${histogram(range)}<p class="soft">Values from ${formatNumber(range.minimum)} to ${formatNumber(range.maximum)}; one INT8 step is ${formatNumber(scale)}.</p></div></details>`;
}

/** Shows the search field and hides the ranges whose name does not contain what is typed. */
export const rangeSearchScript = `
const search = document.getElementById('range-search');
if (search) {
  const entries = [...document.querySelectorAll('.ranges details')];
  const shown = document.getElementById('range-count');
  search.parentElement.hidden = false;
  search.addEventListener('input', () => {
    const wanted = search.value.trim().toLowerCase();
    let count = 0;
    for (const entry of entries) {
      entry.hidden = !entry.dataset.name.includes(wanted);
      if (!entry.hidden) count += 1;
    }
    shown.textContent = count + ' of ' + entries.length;
  });
}
`;

export function renderRanges(report: Report): Markup | null {
  const calibration = report.calibration;
  if (!calibration) return null;
  const ranges = calibration.ranges
    .map(clipping)
    .sort((a, b) => b.cut - a.cut || a.tensor.localeCompare(b.tensor));
  const method =
    calibration.method === 'percentile' ? `percentile ${calibration.percentile ?? ''}` : calibration.method;
  const origin = {
    computed: `measured in this run in ${formatSeconds(calibration.seconds)}`,
    reused: 'taken from a calibration cache of the same model, images and preprocessing',
    'reused-stale': 'taken, as ordered, from a STALE calibration cache of other inputs',
    imported: 'imported from a TensorRT calibration cache, which tells no observed values',
  }[calibration.cache];
  const observedOn =
    calibration.cache !== 'imported' &&
    html` over ${plural(calibration.images, 'image')} of <code>${calibration.source}</code>`;
  return html`<section id="ranges" aria-labelledby="ranges-title"><h2 id="ranges-title">Calibration ranges</h2>
<p class="lead">${plural(ranges.length, 'tensor')} by ${method}${observedOn}, ${origin}. INT8 maps \u00b1range to \u00b1127; values beyond it are clipped. Most clipped first.</p>
<p class="search" hidden><label for="range-search">Find a tensor</label><input id="range-search" type="search" autocomplete="off" spellcheck="false"><span id="range-count" role="status">${formatCount(ranges.length)} of ${formatCount(ranges.length)}</span></p>
<div class="head-row ranges"><div class="head" aria-hidden="true"><span></span><span>Tensor</span><span>Range \u00b1</span><span>Largest seen</span><span>Values clipped</span></div>${ranges.map(entry)}</div></section>`;
}
