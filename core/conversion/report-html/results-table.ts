/** The table of all precisions side by side, in which an unusable engine cannot be taken for a good row. */

import type { Report, ResultReport } from '../report.ts';
import {
  formatBytes,
  formatMap,
  formatMs,
  formatNumber,
  formatPoints,
  formatShare,
  precisionLabels,
} from './figures.ts';
import { renderNotes } from './header.ts';
import { html, type Markup } from './markup.ts';
import { failureInWords, latenciesEqual, referenceOf } from './summary.ts';

function delta(text: string | null | undefined | false): Markup | null {
  return text ? html`<span class="delta">${text}</span>` : null;
}

function speedup(result: ResultReport, reference: ResultReport | undefined): string | null {
  if (!reference || result === reference) return null;
  if (latenciesEqual(result.latencyMs, reference.latencyMs)) return 'equal';
  return `\u00d7 ${formatNumber(reference.latencyMs.p50 / result.latencyMs.p50)}`;
}

function bestThroughput(result: ResultReport): Markup {
  const best = [...result.throughput].sort((a, b) => b.imagesPerSecond - a.imagesPerSecond)[0];
  return best
    ? html`<td>${formatNumber(best.imagesPerSecond)}${delta(`batch ${best.batch}`)}</td>`
    : html`<td>\u2013</td>`;
}

function accuracyCells(result: ResultReport, reference: ResultReport | undefined): Markup {
  const accuracy = result.accuracy;
  if (!accuracy) return html`<td>\u2013</td><td>\u2013</td>`;
  const base = result === reference ? null : reference?.accuracy;
  return html`<td>${formatMap(accuracy.map50)}${delta(base && formatPoints(accuracy.map50 - base.map50))}</td><td>${formatMap(accuracy.map5095)}${delta(base && formatPoints(accuracy.map5095 - base.map5095))}</td>`;
}

function agreementCell(result: ResultReport): Markup {
  const agreement = result.agreement;
  if (!agreement) return html`<td>${result.precision === 'fp32' ? 'reference' : '\u2013'}</td>`;
  const share =
    agreement.referenceDetections > 0
      ? formatShare(agreement.matched / agreement.referenceDetections)
      : '\u2013';
  return html`<td>${share}${delta(`${agreement.lost} lost, ${agreement.added} new, ${agreement.moved} moved`)}</td>`;
}

function row(result: ResultReport, reference: ResultReport | undefined, columns: number): Markup {
  const { latencyMs } = result;
  const problem = failureInWords(result, reference);
  const failed = problem !== null && result.status !== 'dropped';
  const sizeRatio = reference && result !== reference ? formatShare(result.bytes / reference.bytes) : null;
  return html`<tr class="${result.precision}${failed && ' failed'}"><th scope="row"><span class="precision">${precisionLabels[result.precision]}</span></th>
<td>${formatBytes(result.bytes)}${delta(sizeRatio)}</td>
<td>${formatMs(latencyMs.p50)}${delta(speedup(result, reference))}</td><td>${formatMs(latencyMs.p90)}</td><td>${formatMs(latencyMs.p99)}${delta(!latencyMs.stable && 'unstable')}</td>
<td>${result.endToEndMs ? formatMs(result.endToEndMs.p50) : '\u2013'}</td>
${bestThroughput(result)}${accuracyCells(result, reference)}${agreementCell(result)}</tr>
${problem && html`<tr class="${failed ? 'verdict' : result.precision}"><td colspan="${columns}">${failed && '\u2717 '}${precisionLabels[result.precision]} is ${problem}.</td></tr>`}`;
}

export function renderResults(report: Report): Markup {
  const reference = referenceOf(report);
  const first = report.results[0]?.latencyMs;
  const measured = first
    ? `Latency of the engine alone from ${first.runs} calls after ${first.warmup} to warm up, batch ${first.batch}, precisions taking turns. `
    : '';
  const agreement = report.results.find((result) => result.agreement)?.agreement;
  const compared = agreement
    ? `Agreement: FP32\u2019s boxes of score ${formatNumber(agreement.scoreThreshold)} and more that are found again at IoU 0.5, on ${agreement.images} images; moved: not at 0.9.`
    : '';
  const notes = [
    ...report.notes.map((note) => ({ ...note, about: [] })),
    ...report.results.flatMap((result) =>
      result.notes.map((note) => ({ ...note, about: [precisionLabels[result.precision]] })),
    ),
  ];
  return html`<section id="results" aria-labelledby="results-title"><h2 id="results-title">Results</h2>
<div class="scroll" role="region" aria-label="Results table" tabindex="0"><table class="results"><caption>${measured}${compared}</caption>
<thead><tr><th scope="col" rowspan="2">Precision</th><th scope="col" rowspan="2">Size</th><th scope="colgroup" colspan="3" class="group">Latency, ms</th><th scope="col" rowspan="2">End to end,<br>p50 ms</th><th scope="col" rowspan="2">Best<br>images/s</th><th scope="col" rowspan="2">mAP50</th><th scope="col" rowspan="2">mAP50-95</th><th scope="col" rowspan="2">Agreement<br>with FP32</th></tr>
<tr><th scope="col">p50</th><th scope="col">p90</th><th scope="col">p99</th></tr></thead>
<tbody>${report.results.map((result) => row(result, reference, 10))}</tbody></table></div>
${renderNotes(notes)}</section>`;
}
