/** What became of each box of one precision in another at a score threshold: kept, moved, faded, lost, or new. */

import type { ResultOf } from '../../../contract/procedures/index.ts';

export type Detection = ResultOf<'runs.detections'>['precisions'][number]['detections'][number];
export type LabelledBox = NonNullable<ResultOf<'runs.detections'>['labels']>[number];
type Box = LabelledBox;

/** Two boxes count as one object from this overlap on. */
export const matchIou = 0.5;
/** A matched pair that overlaps less than this has moved. */
export const stillIou = 0.9;

export type ChangeKind = 'lost' | 'new' | 'moved' | 'kept';

export interface BoxChange {
  readonly kind: ChangeKind;
  /** The box on the left side; null for a new one. */
  readonly before: Detection | null;
  /** The box on the right side; null for a lost one, and under the threshold for one that only faded. */
  readonly after: Detection | null;
  /** Overlap of the two, 0 without a partner. */
  readonly iou: number;
}

/** Intersection over union of two boxes, 0 to 1; 0 when either is empty. */
export function boxIou(a: Box, b: Box): number {
  const width = Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1);
  const height = Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1);
  if (!(width > 0 && height > 0)) return 0;
  const both = width * height;
  return both / ((a.x2 - a.x1) * (a.y2 - a.y1) + (b.x2 - b.x1) * (b.y2 - b.y1) - both);
}

const byFallingScore = (a: Detection, b: Detection): number => b.score - a.score;

/**
 * Pairs the boxes of two precisions one to one within each class, as the report does: boxes of `before` from the
 * threshold on wait, those of `after` go by falling score and each take the free one that they overlap most. A partner
 * under the threshold makes the box lost (it is not shown there), but `after` tells that it only faded.
 */
export function boxChanges(
  before: readonly Detection[],
  after: readonly Detection[],
  threshold: number,
): readonly BoxChange[] {
  const free = new Set([...before].filter(({ score }) => score >= threshold).sort(byFallingScore));
  const changes: BoxChange[] = [];
  for (const box of [...after].sort(byFallingScore)) {
    const shown = box.score >= threshold;
    let best: Detection | null = null;
    let bestIou = 0;
    for (const candidate of free) {
      if (candidate.classIndex !== box.classIndex) continue;
      const iou = boxIou(candidate, box);
      if (iou >= matchIou && iou > bestIou) [best, bestIou] = [candidate, iou];
    }
    if (best) {
      free.delete(best);
      const kind = shown ? (bestIou < stillIou ? 'moved' : 'kept') : 'lost';
      changes.push({ kind, before: best, after: box, iou: bestIou });
    } else if (shown) {
      changes.push({ kind: 'new', before: null, after: box, iou: 0 });
    }
  }
  for (const box of free) changes.push({ kind: 'lost', before: box, after: null, iou: 0 });
  return changes;
}

export type ChangeCounts = Readonly<Record<ChangeKind, number>>;

export function countChanges(changes: readonly BoxChange[]): ChangeCounts {
  const counts = { lost: 0, new: 0, moved: 0, kept: 0 };
  for (const { kind } of changes) counts[kind] += 1;
  return counts;
}

const order: Readonly<Record<ChangeKind, number>> = { lost: 0, new: 1, moved: 2, kept: 3 };

/** Lost first, then new, then moved (least overlap first), then kept; surest boxes first within a kind. */
export function sortChanges(changes: readonly BoxChange[]): readonly BoxChange[] {
  const score = ({ before, after }: BoxChange): number => Math.max(before?.score ?? 0, after?.score ?? 0);
  return [...changes].sort(
    (a, b) =>
      order[a.kind] - order[b.kind] || (a.kind === 'moved' ? a.iou - b.iou : 0) || score(b) - score(a),
  );
}
