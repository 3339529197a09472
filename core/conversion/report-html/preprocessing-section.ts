/** How the model does with its preprocessing and with variants of it, and what it sees of one image. */

import { clearlyBetter } from '../preprocessing-check.ts';
import type { InputPicture, Report, TriedPreprocessing } from '../report.ts';
import { formatMap, formatNumber, formatPoints, plural } from './figures.ts';
import { html, type Markup } from './markup.ts';
import { pixel } from './scale.ts';

/** `1/255` as people write it. */
export function formatScale(scale: number): string {
  return Math.abs(scale - 1 / 255) < 1e-9 ? '1/255' : formatNumber(scale).replace(/\.0+$/, '');
}

function nameOf(options: string): Markup {
  return options === '' ? html`as in this run` : html`<code>${options}</code>`;
}

function row({ options, preprocessing, map50, map5095 }: TriedPreprocessing, own: number, offered: boolean) {
  const change = options !== '' && html`<span class="delta">${formatPoints(map5095 - own)}</span>`;
  return html`<tr><th scope="row">${nameOf(options)}${offered && html` <strong>\u2190 clearly better</strong>`}</th>
<td>${preprocessing.color.toUpperCase()}</td><td>${formatScale(preprocessing.scale)}</td><td>${preprocessing.resize}</td>
<td>${formatMap(map50)}</td><td>${formatMap(map5095)}${change}</td></tr>`;
}

function drawInput({ file, options, preprocessing, source, boxes }: InputPicture): Markup {
  const { width, height, resize, color } = preprocessing;
  const planes = color === 'rgb' ? 'red, green, blue' : 'blue, green, red';
  return html`<figure><svg class="overlay" viewBox="0 0 ${width} ${height}" role="img" aria-label="${file} as the network gets it, with its labels">
<image href="${source}" width="${width}" height="${height}"/>
${boxes.map(({ x1, y1, x2, y2 }) => html`<rect class="by-truth" x="${pixel(x1)}" y="${pixel(y1)}" width="${pixel(x2 - x1)}" height="${pixel(y2 - y1)}"/>`)}
</svg><figcaption><strong>${nameOf(options)}</strong> <span class="soft">${resize} to ${width} \u00d7 ${height}; the planes hold ${planes} and are drawn as red, green, blue; <code>${file}</code></span></figcaption></figure>`;
}

export function renderPreprocessing(report: Report, pictures: readonly InputPicture[]): Markup | null {
  const check = report.preprocessingCheck;
  const own = check?.variants[0];
  if (check === undefined || own === undefined) return null;
  const verdict =
    check.offered === null
      ? 'None is clearly better than that of this run'
      : html`With <code>${check.offered}</code> the accuracy is clearly better than with that of this run`;
  return html`<section id="preprocessing" aria-labelledby="preprocessing-title"><h2 id="preprocessing-title">What the network sees</h2>
<p class="lead">FP32 on ${plural(check.images, 'labelled image')}, prepared in ${check.variants.length} ways. ${verdict}; clearly better means at least ${clearlyBetter.points} points of mAP50-95 more and ${clearlyBetter.ratio} times as much.</p>
${pictures.length > 0 && html`<div class="pictures">${pictures.map(drawInput)}</div>`}
<div class="scroll" role="region" aria-label="Ways of preparing the images" tabindex="0"><table><caption>Ways of preparing the images; differences are points of mAP50-95 against this run.</caption>
<thead><tr><th scope="col">Options</th><th scope="col">Colours</th><th scope="col">Scale</th><th scope="col">Resizing</th><th scope="col">mAP50</th><th scope="col">mAP50-95</th></tr></thead>
<tbody>${check.variants.map((variant) => row(variant, own.map5095, variant.options === check.offered))}</tbody></table></div></section>`;
}
