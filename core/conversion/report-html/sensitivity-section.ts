/** Which layers int8 disturbs most, and the engines that were tried with the worst of them in float. */

import type { LayerSensitivityReport, Report, SearchReport } from '../report.ts';
import { describeSearch } from '../search-words.ts';
import { mostPointsLost } from '../verdict.ts';
import { formatMap, formatShare, plural } from './figures.ts';
import { html, type Markup } from './markup.ts';

/** Layers that are listed before the rest is folded away. */
const shownLayers = 12;

function candidateTable(search: SearchReport): Markup | null {
  const { candidates, layersInFloat, limit } = search;
  if (limit === null || candidates.length === 0) return null;
  const rows = candidates.toSorted((a, b) => a.layersInFloat - b.layersInFloat);
  return html`<h3>Candidates</h3>
<div class="scroll" role="region" aria-label="Candidates" tabindex="0"><table><caption>INT8 engines with the most sensitive layers in floating point, each evaluated on the whole validation set; the limit is ${limit} points.</caption>
<thead><tr><th scope="col">Layers in float</th><th scope="col">mAP50-95</th><th scope="col">Points lost</th></tr></thead>
<tbody>${rows.map(
    (row) =>
      html`<tr><th scope="row">${row.layersInFloat}${row.layersInFloat === layersInFloat && html` <strong>\u2190 taken</strong>`}</th><td>${formatMap(row.map5095)}</td><td>${row.loss.toFixed(2)}${row.loss > mostPointsLost(limit) && html` <span class="worse">over the limit</span>`}</td></tr>`,
  )}</tbody></table></div>`;
}

function layerRows(layers: readonly LayerSensitivityReport[], first: number, inFloat: number): Markup[] {
  return layers.map(
    ({ name, sqnrDb, noiseShare }, i) =>
      html`<tr><td>${first + i}</td><th scope="row"><code>${name}</code>${first + i <= inFloat && html` <strong>in float</strong>`}</th><td>${sqnrDb === null ? 'no noise' : sqnrDb.toFixed(1)}</td><td>${formatShare(noiseShare)}</td></tr>`,
  );
}

function layerTable(rows: readonly Markup[], label: string): Markup {
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0"><table><thead><tr><th scope="col">Rank</th><th scope="col">Layer</th><th scope="col">Signal to noise, dB</th><th scope="col">Share of the noise</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function ranking({ sensitivity, layersInFloat }: SearchReport): Markup | null {
  if (sensitivity.length === 0) return null;
  const first = sensitivity.slice(0, shownLayers);
  const rest = sensitivity.slice(shownLayers);
  return html`<h3>Layers, most sensitive first</h3>
<p class="soft">Each layer alone in INT8, the rest in floating point: what that adds to the tensors where decoding starts, on a few calibration images. Noise that layers add together may differ.</p>
${layerTable(layerRows(first, 1, layersInFloat), 'Most sensitive layers')}
${rest.length > 0 && html`<details class="more"><summary>${plural(rest.length, 'more layer')}</summary>${layerTable(layerRows(rest, shownLayers + 1, layersInFloat), 'Less sensitive layers')}</details>`}`;
}

/** Null where neither sensitivity nor a search was needed. */
export function renderSensitivity(report: Report): Markup | null {
  const quantization = report.results.find(({ precision }) => precision === 'int8')?.quantization;
  const search = quantization?.search;
  if (quantization == null || search === undefined) return null;
  const sentence = describeSearch(search, quantization.quantizedNodes + search.layersInFloat);
  return html`<section id="sensitivity" aria-labelledby="sensitivity-title"><h2 id="sensitivity-title">Sensitivity of layers</h2>${sentence !== null && html`<p class="lead">${sentence}</p>`}${candidateTable(search)}${ranking(search)}</section>`;
}
