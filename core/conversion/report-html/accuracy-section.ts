/** Average precision class by class, with what a class lost against FP32; classes that fell to nothing come first. */

import type { Report } from '../report.ts';
import { formatMap, formatPoints, precisionLabels } from './figures.ts';
import { html, type Markup } from './markup.ts';
import { referenceOf } from './summary.ts';

const shownAtOnce = 20;

interface ClassRow {
  readonly name: string;
  readonly labels: number;
  readonly values: readonly (readonly [ap50: number | null, ap5095: number | null])[];
  /** Largest loss of AP50-95 against FP32 over the other precisions. */
  readonly loss: number;
  /** FP32 finds the class and another precision does not find it at all. */
  readonly fell: boolean;
}

function classRows(report: Report): readonly ClassRow[] {
  const measured = report.results.filter((result) => result.accuracy !== null);
  const base = referenceOf(report)?.accuracy;
  const names = measured[0]?.accuracy?.perClass ?? [];
  return names
    .map(({ name, labels }, i) => {
      const values = measured.map((result) => {
        const found = result.accuracy?.perClass[i];
        return [found?.ap50 ?? null, found?.ap5095 ?? null] as const;
      });
      const reference = base?.perClass[i]?.ap5095 ?? 0;
      const others = values.flatMap(([, ap5095]) => (ap5095 === null ? [] : [ap5095]));
      const lowest = Math.min(...others, reference);
      return { name, labels, values, loss: reference - lowest, fell: reference > 0 && lowest < 0.0005 };
    })
    .sort((a, b) => Number(b.fell) - Number(a.fell) || b.loss - a.loss);
}

function cells(row: ClassRow, base: number): readonly Markup[] {
  return row.values.map(([ap50, ap5095], i) => {
    if (ap5095 === null || ap50 === null) return html`<td>\u2013</td><td>\u2013</td>`;
    const reference = row.values[base]?.[1] ?? null;
    const change =
      i !== base && reference !== null
        ? html`<span class="delta">${formatPoints(ap5095 - reference)}</span>`
        : null;
    const fell = i !== base && (reference ?? 0) > 0 && ap5095 < 0.0005;
    return html`<td>${formatMap(ap50)}</td><td${fell && html` class="worse"`}>${fell && '\u2717 '}${formatMap(ap5095)}${change}</td>`;
  });
}

export function renderClassAccuracy(report: Report): Markup | null {
  const measured = report.results.filter((result) => result.accuracy !== null);
  const rows = classRows(report);
  if (rows.length === 0) return null;
  const base = measured.findIndex((result) => result.precision === 'fp32');
  const table = (
    part: readonly ClassRow[],
    caption: string,
  ) => html`<div class="scroll" role="region" aria-label="Average precision of each class" tabindex="0"><table><caption>${caption}</caption>
<thead><tr><th scope="col" rowspan="2">Class</th><th scope="col" rowspan="2">Labels</th>${measured.map(({ precision }) => html`<th scope="colgroup" colspan="2" class="group ${precision}"><span class="precision">${precisionLabels[precision]}</span></th>`)}</tr>
<tr>${measured.map(() => html`<th scope="col">AP50</th><th scope="col">AP50-95</th>`)}</tr></thead>
<tbody>${part.map((row) => html`<tr><th scope="row">${row.name}</th><td>${row.labels}</td>${cells(row, base)}</tr>`)}</tbody></table></div>`;
  const rest = rows.slice(shownAtOnce);
  return html`<section id="classes" aria-labelledby="classes-title"><h2 id="classes-title">Accuracy of each class</h2>
${table(rows.slice(0, shownAtOnce), 'Largest loss first; differences are points of AP50-95 against FP32.')}
${rest.length > 0 && html`<details class="more"><summary>The other ${rest.length} classes</summary>${table(rest, 'Classes with smaller losses.')}</details>`}</section>`;
}
