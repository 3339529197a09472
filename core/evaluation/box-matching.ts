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
  const free = new Map<number, Set<DetectedBox>>();
  let left = 0;
  for (const i of byFallingScore(reference.scores)) {
    const box = boxAt(reference, i);
    if (box.score < scoreThreshold) break;
    const ofClass = free.get(box.classIndex);
    if (ofClass) ofClass.add(box);
    else free.set(box.classIndex, new Set([box]));
    left++;
  }
  const pairs: BoxPair[] = [];
  const faded: BoxPair[] = [];
  const added: DetectedBox[] = [];
  for (const i of byFallingScore(other.scores)) {
    const above = (other.scores[i] ?? 0) >= scoreThreshold;
    if (!above && left === 0) break;
    const candidates = free.get(other.classes[i] ?? 0);
    if (!above && !candidates?.size) continue;
    const box = boxAt(other, i);
    const best = candidates && bestOverlap(box, candidates, iou);
    if (candidates && best) {
      candidates.delete(best.reference);
      left--;
      (above ? pairs : faded).push(best);
    } else if (above) {
      added.push(box);
    }
  }
  const alone = [...free.values()].flatMap((boxes) => [...boxes]);
  return { pairs, faded, alone, added };
}

/** Indices by falling score, equal ones in their order; detections usually come sorted so. */
function byFallingScore(scores: Float32Array): Uint32Array {
  const indices = Uint32Array.from(scores, (_, i) => i);
  const sorted = scores.every((score, i) => i === 0 || score <= (scores[i - 1] ?? 0));
  return sorted ? indices : indices.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
}

function boxAt({ boxes, scores, classes }: Detections, i: number): DetectedBox {
  const corner = (k: number) => boxes[4 * i + k] ?? 0;
  return {
    classIndex: classes[i] ?? 0,
    score: scores[i] ?? 0,
    corners: [corner(0), corner(1), corner(2), corner(3)],
  };
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
