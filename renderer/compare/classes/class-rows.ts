/** Average precision class by class, with what each class lost against FP32. */

import type { Report } from '../../../contract/report-schema.ts';

type Precision = Report['results'][number]['precision'];

export interface ClassFigures {
  readonly ap50: number | null;
  readonly ap5095: number | null;
}

export interface ClassRow {
  readonly name: string;
  readonly labels: number;
  readonly figures: ReadonlyMap<Precision, ClassFigures>;
  /** Largest loss of AP50-95 against FP32 over the other precisions; negative for a gain, null without figures. */
  readonly loss: number | null;
  /** Precisions that find nothing of a class that FP32 finds. */
  readonly fellIn: readonly Precision[];
}

/** Anything less prints as 0.000. */
const nothing = 0.0005;

/** One row for each class of the report, in the model's order; empty when no accuracy was measured. */
export function classRows(report: Report): readonly ClassRow[] {
  const measured = report.results.filter(({ accuracy }) => accuracy !== null);
  const names = measured[0]?.accuracy?.perClass ?? [];
  return names.map(({ name, labels }, index) => {
    const figures = new Map(
      measured.map(({ precision, accuracy }) => {
        const found = accuracy?.perClass[index];
        return [precision, { ap50: found?.ap50 ?? null, ap5095: found?.ap5095 ?? null }] as const;
      }),
    );
    const reference = figures.get('fp32')?.ap5095 ?? null;
    let loss: number | null = null;
    const fellIn: Precision[] = [];
    for (const [precision, { ap5095 }] of figures) {
      if (precision === 'fp32' || reference === null || ap5095 === null) continue;
      loss = Math.max(loss ?? Number.NEGATIVE_INFINITY, reference - ap5095);
      if (reference >= nothing && ap5095 < nothing) fellIn.push(precision);
    }
    return { name, labels, figures, loss, fellIn };
  });
}

export type ClassOrder =
  | { readonly by: 'loss' | 'name' | 'labels'; readonly falling: boolean }
  | { readonly by: 'ap50' | 'ap5095'; readonly precision: Precision; readonly falling: boolean };

function figureOf(row: ClassRow, order: ClassOrder): number | string | null {
  switch (order.by) {
    case 'name':
      return row.name;
    case 'labels':
      return row.labels;
    case 'loss':
      return row.loss;
    default:
      return row.figures.get(order.precision)?.[order.by] ?? null;
  }
}

function compareFigures(a: number | string, b: number | string): number {
  if (typeof a === 'string' || typeof b === 'string') {
    return String(a).localeCompare(String(b), 'en', { numeric: true });
  }
  return a - b;
}

/** Classes that fell to nothing stay first whatever the order; missing figures come last; equal ones keep their order. */
export function sortClassRows(rows: readonly ClassRow[], order: ClassOrder): readonly ClassRow[] {
  return [...rows].sort((a, b) => {
    const fallen = Number(b.fellIn.length > 0) - Number(a.fellIn.length > 0);
    if (fallen !== 0) return fallen;
    const [left, right] = [figureOf(a, order), figureOf(b, order)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return compareFigures(left, right) * (order.falling ? -1 : 1);
  });
}
