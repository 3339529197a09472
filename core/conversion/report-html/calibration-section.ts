/** What was decided about the calibration: which of several methods was taken, and whether the images were enough. */

import type { ConvergencePoint } from '../../calibration/convergence.ts';
import { describeConvergence } from '../convergence-words.ts';
import { nameOfMethod, reasonForMethod } from '../method-choice.ts';
import type { MethodCandidateReport, Report } from '../report.ts';
import { formatMap, formatShare } from './figures.ts';
import { html, type Markup } from './markup.ts';
import { linearScale, pixel } from './scale.ts';

const figure = (value: number | null, format: (value: number) => string): string =>
  value === null ? '\u2013' : format(value);

function candidateRow(candidate: MethodCandidateReport): Markup {
  const { map50, map5095, matchedShare, meanIou, finite, taken } = candidate;
  return html`<tr><th scope="row">${nameOfMethod(candidate)}${taken && html` <strong>\u2190 taken</strong>`}${!finite && html` <strong class="worse">not finite</strong>`}</th>
<td>${figure(map50, formatMap)}</td><td>${figure(map5095, formatMap)}</td><td>${figure(matchedShare, formatShare)}</td><td>${figure(meanIou, formatMap)}</td></tr>`;
}

function candidateTable(candidates: readonly MethodCandidateReport[]): Markup {
  return html`<h3>Which method</h3><p>${reasonForMethod(candidates)}</p>
<div class="scroll" role="region" aria-label="Calibration methods" tabindex="0"><table><caption>INT8 by each method, judged on the images that all engines are evaluated on; matched boxes are those of FP32 that it finds too.</caption>
<thead><tr><th scope="col">Method</th><th scope="col">mAP50</th><th scope="col">mAP50-95</th><th scope="col">FP32 matched</th><th scope="col">Mean IoU</th></tr></thead>
<tbody>${candidates.map(candidateRow)}</tbody></table></div>`;
}

const width = 320;
const height = 110;
const left = 40;

/** Median change over the number of images, which is on a logarithmic axis: one step is one doubling. */
function convergenceChart(curve: readonly ConvergencePoint[]): Markup {
  const first = Math.log2(curve[0]?.previousImages ?? 1);
  const last = Math.log2(curve.at(-1)?.images ?? 2);
  const x = (images: number) => left + ((Math.log2(images) - first) / (last - first)) * (width - left - 12);
  const scale = linearScale(Math.max(0.001, ...curve.map(({ medianChange }) => medianChange)), height, 3);
  const y = (change: number) => height - scale.at(change);
  const path = curve
    .map(
      ({ images, medianChange }, i) => `${i === 0 ? 'M' : 'L'}${pixel(x(images))} ${pixel(y(medianChange))}`,
    )
    .join('');
  const told = curve.map(({ images, medianChange }) => `${images}: ${formatShare(medianChange)}`).join(', ');
  return html`<div class="multiples"><figure class="int8"><figcaption>Median change of the ranges<small>between half as many images and the number below</small></figcaption>
<svg viewBox="0 -8 ${width} ${height + 28}" role="img" aria-label="Median change of the ranges by number of images: ${told}">
${scale.ticks.map((tick) => html`<line class="grid" x1="${left}" x2="${width}" y1="${pixel(y(tick))}" y2="${pixel(y(tick))}"/><text class="axis" x="${left - 6}" y="${pixel(y(tick) + 4)}" text-anchor="end">${formatShare(tick)}</text>`)}
<path class="line" d="${path}"/>
${curve.map(({ images, medianChange }) => html`<circle class="bar" cx="${pixel(x(images))}" cy="${pixel(y(medianChange))}" r="3"/><text class="axis" x="${pixel(x(images))}" y="${height + 15}" text-anchor="middle">${images}</text>`)}</svg></figure></div>`;
}

function convergence(curve: readonly ConvergencePoint[]): Markup | null {
  const last = curve.at(-1);
  const sentence = describeConvergence(curve);
  if (last === undefined || sentence === null) return null;
  return html`<h3>How many images</h3><p>${sentence} The one that moved most is <code>${last.worstTensor}</code>, by ${formatShare(last.worstChange)}.</p>
${convergenceChart(curve)}<p class="soft">The change of a tensor is |T \u2212 T\u2032| / max(T, T\u2032), where T and T\u2032 are the ends of its range with all images and with half of them.</p>`;
}

export function renderCalibration(report: Report): Markup | null {
  const { candidates, convergence: curve = [] } = report.calibration ?? {};
  const parts = [candidates && candidateTable(candidates), convergence(curve)].filter((part) => part);
  if (parts.length === 0) return null;
  return html`<section id="calibration" aria-labelledby="calibration-title"><h2 id="calibration-title">Calibration</h2>${parts}</section>`;
}
