/** Distribution of the detections' scores, class by class, all precisions in one picture. */

import type { Report, ResultReport } from '../report.ts';
import { formatCount, formatNumber, formatShare, precisionLabels } from './figures.ts';
import { html, type Markup } from './markup.ts';
import { pixel } from './scale.ts';

const shownAtOnce = 12;
const width = 320;
const height = 92;
const dashes: Readonly<Record<ResultReport['precision'], string>> = { fp32: '', fp16: '5 3', int8: '' };

/** A step line over equal bins; heights by log(1 + count), since most detections have tiny scores. */
function stepLine(counts: readonly number[], top: number): string {
  const step = width / counts.length;
  return counts
    .map((count, i) => {
      const y = pixel(height - (Math.log1p(count) / Math.log1p(top)) * height);
      return `${i === 0 ? 'M0' : 'L'.concat(pixel(i * step))} ${y}H${pixel((i + 1) * step)}`;
    })
    .join('');
}

function picture(report: Report, name: string, index: number): Markup {
  const lines = report.results.flatMap((result) => {
    const counts = result.scoreHistograms[index]?.counts;
    return counts && counts.length > 0 ? [{ precision: result.precision, counts }] : [];
  });
  const top = Math.max(1, ...lines.flatMap(({ counts }) => counts));
  const totals = lines.map(({ precision, counts }) => {
    const sure = counts.slice(Math.ceil(counts.length / 2)).reduce((sum, count) => sum + count, 0);
    return `${precisionLabels[precision]} ${formatCount(sure)}`;
  });
  const squeezed = report.results.flatMap((result) => {
    const found = result.agreement?.perClass.find((entry) => entry.name === name)?.squeezedScores;
    const label = precisionLabels[result.precision];
    return found
      ? [
          `${label} scores are squeezed to ${formatShare(found.ratio)}: use a threshold of ${formatNumber(found.suggestedThreshold)}`,
        ]
      : [];
  });
  return html`<figure><figcaption>${name}<small>0.5 and more: ${totals.join(', ')}</small>${squeezed.map((words) => html`<small class="worse">${words}</small>`)}</figcaption><svg viewBox="0 0 ${width} ${height + 18}" role="img" aria-label="Scores of ${name}: detections with a score of 0.5 and more: ${totals.join(', ')}">
${[0, 0.25, 0.5, 0.75, 1].map((score) => html`<line class="grid" x1="${score * width}" x2="${score * width}" y1="0" y2="${height}"/>${score !== 0.25 && score !== 0.75 && html`<text class="axis" x="${score * width}" y="${height + 14}" text-anchor="${score === 0 ? 'start' : score === 1 ? 'end' : 'middle'}">${score}</text>`}`)}
<line class="grid" x1="0" x2="${width}" y1="${height}" y2="${height}"/>
${lines.map(({ precision, counts }) => html`<path class="line ${precision}" stroke-dasharray="${dashes[precision]}" d="${stepLine(counts, top)}"/>`)}</svg></figure>`;
}

export function renderScores(report: Report): Markup | null {
  const names = report.results.find((result) => result.scoreHistograms.length > 0)?.scoreHistograms ?? [];
  if (names.length === 0) return null;
  const pictures = names.map(({ name }, i) => picture(report, name, i));
  const rest = pictures.slice(shownAtOnce);
  return html`<section id="scores" aria-labelledby="scores-title"><h2 id="scores-title">Scores of the detections</h2>
<p class="lead">How many detections have which score, on a logarithmic scale. Lines on top of each other are what you want; a line that ends early means that scores were squeezed and a lower confidence threshold is needed.</p>
<ul class="legend">${report.results.map(({ precision }) => html`<li class="${precision}"><span class="precision">${precisionLabels[precision]}</span></li>`)}</ul>
<div class="multiples">${pictures.slice(0, shownAtOnce)}</div>
${rest.length > 0 && html`<details class="more"><summary>The other ${rest.length} classes</summary><div class="multiples">${rest}</div></details>`}</section>`;
}
