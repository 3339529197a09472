/** What happened to each of FP32's boxes in another precision: unchanged, moved, lost, or new. */

import type { DifferingImage, DrawnBox } from '../report.ts';

export interface MovedBox {
  readonly before: DrawnBox;
  readonly after: DrawnBox;
}

export interface BoxChanges {
  readonly lost: readonly DrawnBox[];
  readonly added: readonly DrawnBox[];
  /** Matched at IoU 0.5 but under 0.9. */
  readonly moved: readonly MovedBox[];
  readonly unchanged: readonly DrawnBox[];
}

/** Intersection over union of two boxes, 0 to 1. */
export function boxIou(a: DrawnBox, b: DrawnBox): number {
  const width = Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1);
  const height = Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1);
  if (width <= 0 || height <= 0) return 0;
  const both = width * height;
  return both / ((a.x2 - a.x1) * (a.y2 - a.y1) + (b.x2 - b.x1) * (b.y2 - b.y1) - both);
}

/** Pairs the matched boxes of both sides again, best overlap first, to tell the moved ones from the unchanged. */
export function boxChanges(image: DifferingImage): BoxChanges {
  const pairs: { before: DrawnBox; after: DrawnBox; iou: number }[] = [];
  for (const before of image.reference.filter((box) => box.matched)) {
    for (const after of image.found.filter((box) => box.matched)) {
      const iou = before.classIndex === after.classIndex ? boxIou(before, after) : 0;
      if (iou > 0) pairs.push({ before, after, iou });
    }
  }
  pairs.sort((a, b) => b.iou - a.iou);
  const taken = new Set<DrawnBox>();
  const moved: MovedBox[] = [];
  const unchanged: DrawnBox[] = [];
  for (const { before, after, iou } of pairs) {
    if (taken.has(before) || taken.has(after)) continue;
    taken.add(before).add(after);
    if (iou < 0.9) moved.push({ before, after });
    else unchanged.push(after);
  }
  return {
    lost: image.reference.filter((box) => !box.matched),
    added: image.found.filter((box) => !box.matched),
    moved,
    unchanged,
  };
}
