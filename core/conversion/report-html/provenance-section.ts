/** Everything needed to trust and to repeat the run: command, environment, hashes, preprocessing. */

import type { Report } from '../report.ts';
import { formatBytes, formatCount, formatNumber, plural, precisionLabels } from './figures.ts';
import { html, type Markup } from './markup.ts';

type Row = readonly [name: string, value: string | Markup];

function definitions(rows: readonly Row[]): Markup {
  return html`<dl class="facts">${rows.map(([name, value]) => html`<div class="wide"><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function preprocessingInWords({ preprocessing: p }: Report): string {
  const scale = Math.abs(p.scale - 1 / 255) < 1e-12 ? 'divided by 255' : `times ${formatNumber(p.scale)}`;
  const normalised =
    p.mean.some((mean) => mean !== 0) || p.std.some((std) => std !== 1)
      ? `, minus ${p.mean.join(' ')}, divided by ${p.std.join(' ')}`
      : '';
  const border = p.resize === 'letterbox' ? `, border ${p.pad}` : '';
  return `${p.resize} to ${p.width} \u00d7 ${p.height}${border}, ${p.interpolation}, ${p.color.toUpperCase()}, ${scale}${normalised}`;
}

export function renderProvenance(report: Report): Markup {
  const { environment, model, calibration, validation } = report;
  const rows: Row[] = [
    [
      'CPU',
      `${environment.cpu.model}, ${plural(environment.cpu.logicalCores, 'logical core')}, ${plural(environment.threads, 'thread')} for each engine`,
    ],
    ['Instruction sets', environment.cpu.instructionSets.join(', ') || 'none that matter for INT8'],
    ['Memory', formatBytes(environment.memoryBytes)],
    [
      'Software',
      `Engine Room ${environment.engineRoom}, ${environment.target.name} ${environment.target.version}, Node ${environment.node}, ${environment.operatingSystem}`,
    ],
    ['Model', html`<code>${model.path}</code>, SHA-256 <code>${model.sha256}</code>`],
    ['Output layout', `${model.layout}: ${model.layoutReason}`],
    ['Preprocessing', preprocessingInWords(report)],
  ];
  if (calibration) {
    rows.push([
      'Calibration',
      html`<code>${calibration.source}</code>, ${plural(calibration.images, 'image')}; cache <code>${calibration.cachePath}</code>, key <code>${calibration.key}</code>; peak memory ${formatBytes(calibration.peakRssBytes)}`,
    ]);
    if (calibration.tensorRtCache !== undefined) {
      rows.push(['Ranges for TensorRT', html`<code>${calibration.tensorRtCache}</code>`]);
    }
  }
  if (validation) {
    const labels = validation.labels
      ? html`, labels <code>${validation.labels}</code> (${validation.labelFormat}, ${formatCount(validation.boxes)} boxes)`
      : html`, no labels`;
    rows.push([
      'Validation',
      html`<code>${validation.source}</code>, ${plural(validation.images, 'image')}${labels}`,
    ]);
  }
  for (const result of report.results) {
    if (result.engine) {
      rows.push([
        `${precisionLabels[result.precision]} engine`,
        html`<code>${result.engine}</code>, SHA-256 <code>${result.sha256}</code>`,
      ]);
    }
  }
  const warnings = validation?.warnings ?? [];
  return html`<section id="provenance" aria-labelledby="provenance-title"><h2 id="provenance-title">To repeat it</h2>
<p class="lead">This command gives the same ranges, the same engines and the same accuracy.</p><pre>${report.command}</pre>
<h3>Environment and inputs</h3>${definitions(rows)}
${warnings.length > 0 && html`<h3>What was found in the labels</h3><ul>${warnings.map((warning) => html`<li>${warning}</li>`)}</ul>`}</section>`;
}
