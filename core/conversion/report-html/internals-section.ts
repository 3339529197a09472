/** Where the time goes and what stayed in floating point: the reasons behind a speed. */

import type { Report, ResultReport } from '../report.ts';
import { formatCount, formatMs, formatShare, plural, precisionLabels } from './figures.ts';
import { html, type Markup } from './markup.ts';
import { pixel } from './scale.ts';

const width = 640;
const rowHeight = 30;

interface StackedRow {
  readonly result: ResultReport;
  readonly shares: readonly number[];
}

/** One bar of length 1 for each precision, cut into named parts. */
function stackedBars(title: string, parts: readonly string[], rows: readonly StackedRow[]): Markup | null {
  if (rows.length === 0) return null;
  const left = 54;
  const plot = width - left;
  const words = rows
    .map(
      ({ result, shares }) =>
        `${precisionLabels[result.precision]}: ${parts.map((part, i) => `${part} ${formatShare(shares[i] ?? 0)}`).join(', ')}`,
    )
    .join('; ');
  const bars = rows.map(({ result, shares }, row) => {
    let start = 0;
    const y = row * rowHeight + 6;
    const segments = shares.map((share, i) => {
      const x = left + start * plot;
      start += share;
      const label =
        share > 0.09
          ? html`<text x="${pixel(x + (share * plot) / 2)}" y="${y + 13}" text-anchor="middle" class="inside">${formatShare(share)}</text>`
          : null;
      return html`<rect class="s${i}" x="${pixel(x)}" y="${y}" width="${pixel(Math.max(0, share * plot - 1))}" height="18"/>${label}`;
    });
    return html`<g><text class="label ${result.precision}" x="0" y="${y + 13}">${precisionLabels[result.precision]}</text>${segments}</g>`;
  });
  return html`<figure class="stack"><figcaption>${title}</figcaption><ul class="legend">${parts.map((part, i) => html`<li><span class="swatch s${i}"></span>${part}</li>`)}</ul><svg viewBox="0 0 ${width} ${rows.length * rowHeight}" role="img" aria-label="${title}. ${words}.">${bars}</svg></figure>`;
}

function endToEnd(report: Report): Markup | null {
  const rows = report.results.flatMap((result) =>
    result.endToEndMs
      ? [
          {
            result,
            shares: [
              result.endToEndMs.shares.decode,
              result.endToEndMs.shares.preprocess,
              result.endToEndMs.shares.engine,
              result.endToEndMs.shares.postprocess,
            ],
          },
        ]
      : [],
  );
  const p50s = rows.map(
    ({ result }) => `${precisionLabels[result.precision]} ${formatMs(result.endToEndMs?.p50 ?? 0)} ms`,
  );
  return stackedBars(
    `End to end, from file to boxes (p50: ${p50s.join(', ')})`,
    ['decode image', 'preprocess', 'engine', 'boxes and NMS'],
    rows,
  );
}

function insideEngine(report: Report): Markup | null {
  const rows = report.results.flatMap((result) =>
    result.timeShares
      ? [
          {
            result,
            shares: [result.timeShares.float, result.timeShares.quantized, result.timeShares.conversion],
          },
        ]
      : [],
  );
  return stackedBars('Inside the engine', ['floating point', 'INT8', 'conversion between them'], rows);
}

function operators(report: Report): Markup | null {
  const profiled = report.results.filter(
    (result) => result.timeShares && result.timeShares.operators.length > 0,
  );
  if (profiled.length === 0) return null;
  const most = Math.max(...profiled.map((result) => result.timeShares?.operators.length ?? 0));
  const rows = Array.from({ length: most }, (_, i) => i);
  return html`<details class="more"><summary>Most expensive operators</summary><div class="scroll" role="region" aria-label="Most expensive operators" tabindex="0"><table><caption>Share of the engine\u2019s time.</caption><thead><tr>${profiled.map(({ precision }) => html`<th scope="col" class="text ${precision}"><span class="precision">${precisionLabels[precision]}</span></th>`)}</tr></thead><tbody>${rows.map(
    (i) =>
      html`<tr>${profiled.map((result) => {
        const item = result.timeShares?.operators[i];
        return html`<td class="text">${item && html`<code>${item.operator}</code> ${formatShare(item.share)}`}</td>`;
      })}</tr>`,
  )}</tbody></table></div></details>`;
}

function keptFloat(result: ResultReport): Markup | null {
  const quantization = result.quantization;
  if (!quantization) return null;
  const { quantizedNodes, floatNodes, quantizedTensors } = quantization;
  return html`<h3>Left in floating point in ${precisionLabels[result.precision]}</h3>
<p>${plural(quantizedNodes, 'node')} computed in INT8 between ${plural(quantizedTensors, 'quantized tensor')}, ${plural(floatNodes, 'node')} in floating point.</p>
${quantization.keptFloat.map(({ reason, nodes }) => html`<details><summary>${reason} <span class="soft">(${plural(nodes.length, 'node')})</span></summary><ul class="nodes">${nodes.map((node) => html`<li><code>${node}</code></li>`)}</ul></details>`)}
${quantization.keptFloat.length === 0 && html`<p class="soft">No node was kept in floating point on purpose.</p>`}`;
}

export function renderInternals(report: Report): Markup | null {
  const parts = [endToEnd(report), insideEngine(report), operators(report), ...report.results.map(keptFloat)];
  if (parts.every((part) => part === null)) return null;
  return html`<section id="internals" aria-labelledby="internals-title"><h2 id="internals-title">Where the time goes</h2><p class="lead">${formatCount(report.results.length)} engines, profiled one by one.</p>${parts}</section>`;
}
