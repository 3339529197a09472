/** The top of the page: what was converted, the outcome in words, and what must be known before reading on. */

import type { Note, Report } from '../report.ts';
import { formatBytes, formatCount, formatDims, formatSeconds, plural } from './figures.ts';
import { html, type Markup } from './markup.ts';
import { summarize } from './summary.ts';

const severityLabels = { info: 'Note', warning: 'Warning', error: 'Error' } as const;
const severityOrder = { error: 0, warning: 1, info: 2 } as const;

/** A note, with the precisions that it is about. */
export interface PlacedNote extends Note {
  readonly about: readonly string[];
}

/** Notes of the same words become one that names all its precisions. */
function mergeNotes(notes: readonly PlacedNote[]): PlacedNote[] {
  const merged = new Map<string, PlacedNote>();
  for (const note of notes) {
    const key = `${note.severity} ${note.message} ${note.tip}`;
    const earlier = merged.get(key);
    merged.set(key, earlier ? { ...earlier, about: [...new Set([...earlier.about, ...note.about])] } : note);
  }
  return [...merged.values()].sort((a, b) => severityOrder[a.severity] - severityOrder[b.severity]);
}

function renderNote(note: PlacedNote): Markup {
  const about = note.about.length > 0 ? `, ${note.about.join(', ')}` : '';
  return html`<li class="${note.severity}"><strong>${severityLabels[note.severity]}${about}.</strong> ${note.message}${note.tip && html` ${note.tip}`}</li>`;
}

/** Errors and warnings in the open, mere information folded away. */
export function renderNotes(notes: readonly PlacedNote[]): Markup | null {
  const merged = mergeNotes(notes);
  const information = merged.filter(({ severity }) => severity === 'info');
  const urgent = merged.filter(({ severity }) => severity !== 'info');
  return html`${urgent.length > 0 && html`<ul class="notes">${urgent.map(renderNote)}</ul>`}${
    information.length > 0 &&
    html`<details class="more"><summary>${plural(information.length, 'note')}</summary><ul class="notes">${information.map(renderNote)}</ul></details>`
  }`;
}

function fact(name: string, value: string | Markup, wide = false): Markup {
  return html`<div${wide && html` class="wide"`}><dt>${name}</dt><dd>${value}</dd></div>`;
}

function tensors(list: Report['model']['inputs']): string {
  return list.map(({ name, dtype, dims }) => `${name}: ${dtype} ${formatDims(dims)}`).join('; ');
}

export function renderHeader(report: Report): Markup {
  const { model, environment, preprocessing, calibration, validation } = report;
  const started = report.startedAt.replace('T', ' ').replace(/(?:\.\d+)?Z$/, ' UTC');
  const classes =
    model.classNames.length > 12
      ? `${formatCount(model.classNames.length)}: ${model.classNames.slice(0, 12).join(', ')}, \u2026`
      : model.classNames.join(', ') || 'none';
  const summary = summarize(report);
  return html`<header>
<p class="overline">Engine Room report, run ${report.run}, ${started}</p>
<h1>${model.name}</h1>
<dl class="facts">
${fact('Input', tensors(model.inputs))}
${fact('Output', tensors(model.outputs))}
${fact('Layout', model.layout === 'none' ? 'not a detector that we know' : model.layout)}
${fact('Model', `${formatBytes(model.bytes)}, opset ${model.opset}, ${plural(model.nodes, 'node')}`)}
${fact('Measured on', `${environment.cpu.model}, ${plural(environment.threads, 'thread')}`)}
${fact('Target', `${environment.target.name} ${environment.target.version}`)}
${fact('Preprocessing', `${preprocessing.resize} to ${preprocessing.width} \u00d7 ${preprocessing.height}, ${preprocessing.color.toUpperCase()}`)}
${fact('Calibrated on', calibration ? `${plural(calibration.images, 'image')}, ${calibration.method}` : 'not calibrated')}
${fact('Judged on', validation ? `${plural(validation.images, 'image')}, ${validation.labels ? plural(validation.boxes, 'labelled box', 'labelled boxes') : 'no labels'}` : 'no images')}
${fact('Took', formatSeconds(report.seconds))}
${fact('Classes', classes, true)}
</dl>
${summary.length > 0 && html`<ul class="summary">${summary.map((line) => html`<li class="${line.precision}${line.failed && ' failed'}">${line.failed && '\u2717 '}${line.sentence}</li>`)}</ul>`}
</header>`;
}
