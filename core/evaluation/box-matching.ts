/** Pairs the boxes of two precisions on one image, one to one within each class. */

import type { Detections } from '../detection/detections.ts';
import type { DetectedBox } from './evaluation-result.ts';

export interface BoxPair {
  readonly reference: DetectedBox;
  readonly other: DetectedBox;
  readonly iou: number;
}

export interface ImageMatch {
  /** Pairs in which both scores reach the threshold. */
  readonly pairs: readonly BoxPair[];
  /** Pairs in which only the reference's score does. */
  readonly faded: readonly BoxPair[];
  /** Boxes of the reference without any partner. */
  readonly alone: readonly DetectedBox[];
  /** Boxes of the other precision over the threshold that no box of the reference over it matches. */
  readonly added: readonly DetectedBox[];
}

/** IoU of two boxes given by their corners, 0 when either is empty. */
export function intersectionOverUnion(a: DetectedBox['corners'], b: DetectedBox['corners']): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (!(width > 0 && height > 0)) return 0;
  const areaOf = (c: DetectedBox['corners']) => (c[2] - c[0]) * (c[3] - c[1]);
  return (width * height) / (areaOf(a) + areaOf(b) - width * height);
}

/**
 * Boxes of the reference from the score threshold on meet all boxes of the other precision, which go by falling score
 * and each take the free box of their class that they overlap most, from `iou` on. So an object whose score fell under
 * the threshold is told from one that is gone.
 */
export function matchBoxes(
  reference: Detections,
  other: Detections,
  scoreThreshold: number,
  iou: number,
): ImageMatch {
  const free = groupByClass(boxesByScore(reference).filter((box) => box.score >= scoreThreshold));
  const pairs: BoxPair[] = [];
  const faded: BoxPair[] = [];
  const added: DetectedBox[] = [];
  for (const box of boxesByScore(other)) {
    const above = box.score >= scoreThreshold;
    const candidates = free.get(box.classIndex);
    const best = candidates && bestOverlap(box, candidates, iou);
    if (candidates && best) {
      candidates.delete(best.reference);
      (above ? pairs : faded).push(best);
    } else if (above) {
      added.push(box);
    }
  }
  const alone = [...free.values()].flatMap((boxes) => [...boxes]);
  return { pairs, faded, alone, added };
}

function boxesByScore({ count, boxes, scores, classes }: Detections): DetectedBox[] {
  const corner = (i: number) => boxes[i] ?? 0;
  return Array.from(
    { length: count },
    (_, i): DetectedBox => ({
      classIndex: classes[i] ?? 0,
      score: scores[i] ?? 0,
      corners: [corner(4 * i), corner(4 * i + 1), corner(4 * i + 2), corner(4 * i + 3)],
    }),
  ).sort((a, b) => b.score - a.score);
}

function groupByClass(boxes: readonly DetectedBox[]): Map<number, Set<DetectedBox>> {
  const groups = new Map<number, Set<DetectedBox>>();
  for (const box of boxes) {
    const group = groups.get(box.classIndex);
    if (group) group.add(box);
    else groups.set(box.classIndex, new Set([box]));
  }
  return groups;
}

function bestOverlap(
  other: DetectedBox,
  candidates: ReadonlySet<DetectedBox>,
  least: number,
): BoxPair | undefined {
  let best: BoxPair | undefined;
  for (const reference of candidates) {
    const iou = intersectionOverUnion(reference.corners, other.corners);
    if (iou >= least && iou > (best?.iou ?? 0)) best = { reference, other, iou };
  }
  return best;
}
