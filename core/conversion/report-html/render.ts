/** report.html: one self-contained page that shows a report to people and asks nothing of the network. */

import { createHash } from 'node:crypto';
import type { InputPicture, Report, ReportImages } from '../report.ts';
import { renderClassAccuracy } from './accuracy-section.ts';
import { renderCalibration } from './calibration-section.ts';
import { renderCharts } from './charts.ts';
import { renderHeader } from './header.ts';
import { renderInternals } from './internals-section.ts';
import { html, type Markup, trusted } from './markup.ts';
import { renderPictures, type TruthBoxes } from './pictures-section.ts';
import { renderPreprocessing } from './preprocessing-section.ts';
import { renderProvenance } from './provenance-section.ts';
import { rangeSearchScript, renderRanges } from './ranges-section.ts';
import { renderResults } from './results-table.ts';
import { renderScores } from './scores-section.ts';
import { renderSensitivity } from './sensitivity-section.ts';
import { styleSheet } from './style.ts';

export interface ReportPictures {
  /** From `embedPictures`. */
  readonly images: ReportImages;
  /** Ground truth to draw beneath the boxes of both precisions, where there are labels. */
  readonly truth?: TruthBoxes | undefined;
  /** From the check of the preprocessing. */
  readonly inputs?: readonly InputPicture[] | undefined;
}

/** Only our own style and script run, named by their hashes; pictures are in the page; nothing else loads. */
function contentSecurityPolicy(): string {
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return `default-src 'none'; img-src data:; style-src ${hash(styleSheet)}; script-src ${hash(rangeSearchScript)}; base-uri 'none'; form-action 'none'`;
}

/** The whole page as text. Every string of the report is escaped; data addresses of other kinds than JPEG are dropped. */
export function renderReportHtml(report: Report, { images, truth, inputs = [] }: ReportPictures): string {
  const isJpeg = (source: string) => source.startsWith('data:image/jpeg;base64,');
  const pictures = new Map([...images].filter(([, source]) => isJpeg(source)));
  const inputPictures = inputs.filter(({ source }) => isJpeg(source));
  const sections: readonly (readonly [id: string, title: string, section: Markup | null])[] = [
    ['results', 'Results', renderResults(report)],
    ['charts', 'Size, latency, accuracy', renderCharts(report)],
    ['classes', 'Each class', renderClassAccuracy(report)],
    ['scores', 'Scores', renderScores(report)],
    ['pictures', 'Differing images', renderPictures(report, pictures, truth ?? new Map())],
    ['preprocessing', 'Preprocessing', renderPreprocessing(report, inputPictures)],
    ['calibration', 'Calibration', renderCalibration(report)],
    ['sensitivity', 'Sensitivity of layers', renderSensitivity(report)],
    ['ranges', 'Calibration ranges', renderRanges(report)],
    ['internals', 'Where the time goes', renderInternals(report)],
    ['provenance', 'To repeat it', renderProvenance(report)],
  ];
  const shown = sections.filter(([, , section]) => section !== null);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(contentSecurityPolicy())}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${report.model.name}: Engine Room report</title>
<style>${trusted(styleSheet)}</style>
</head>
<body>
<div class="page">
<nav aria-label="Sections"><ol>${shown.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}</ol></nav>
${renderHeader(report)}
<main>${shown.map(([, , section]) => section)}</main>
<footer>Written by Engine Room ${report.environment.engineRoom}. The same figures for programs are in report.json beside this file.</footer>
</div>
<script>${trusted(rangeSearchScript)}</script>
</body>
</html>
`.text;
}
