/** COCO's box evaluation step by step as its definition states it, dense and slow, to hold the C++ to. */

import { type CocoFigures, type CocoRequest, cocoAxes } from './index.ts';

const limits = [1, 10, 100];
const areaRanges = [
  [0, 1e10],
  [0, 32 ** 2],
  [32 ** 2, 96 ** 2],
  [96 ** 2, 1e10],
] as const;

function spaced(first: number, last: number, count: number): number[] {
  const step = (last - first) / (count - 1);
  return Array.from({ length: count }, (_, i) => (i === count - 1 ? last : i * step + first));
}
const ious = spaced(0.5, 0.95, cocoAxes.ious);
const recallPoints = spaced(0, 1, 101);

type Rectangle = readonly [x: number, y: number, w: number, h: number];
interface Truth {
  readonly box: Rectangle;
  readonly crowd: boolean;
  readonly ignored: boolean;
}
interface Found {
  readonly box: Rectangle;
  readonly score: number;
}
interface Judged {
  readonly score: number;
  readonly matched: boolean;
  readonly ignored: boolean;
}

function rectangle(corners: ArrayLike<number>, i: number): Rectangle {
  const [x1, y1, x2, y2] = [corners[4 * i]!, corners[4 * i + 1]!, corners[4 * i + 2]!, corners[4 * i + 3]!];
  return [x1, y1, x2 - x1, y2 - y1];
}

function overlap(d: Rectangle, g: Rectangle, crowd: boolean): number {
  const w = Math.min(d[2] + d[0], g[2] + g[0]) - Math.max(d[0], g[0]);
  const h = Math.min(d[3] + d[1], g[3] + g[1]) - Math.max(d[1], g[1]);
  if (w <= 0 || h <= 0) return 0;
  const dArea = d[2] * d[3];
  return (w * h) / (crowd ? dArea : dArea + g[2] * g[3] - w * h);
}

/** Greedy matching of one image and class at one threshold; both lists sorted as COCO sorts them. */
function match(
  found: readonly Found[],
  truths: readonly Truth[],
  iou: number,
  range: readonly [number, number],
) {
  const taken = truths.map(() => false);
  return found.map((d): Judged => {
    let best = Math.min(iou, 1 - 1e-10);
    let m = -1;
    for (const [g, truth] of truths.entries()) {
      if (taken[g] && !truth.crowd) continue;
      if (m > -1 && !truths[m]!.ignored && truth.ignored) break;
      const value = overlap(d.box, truth.box, truth.crowd);
      if (value < best) continue;
      best = value;
      m = g;
    }
    if (m > -1) {
      taken[m] = true;
      return { score: d.score, matched: true, ignored: truths[m]!.ignored };
    }
    const area = d.box[2] * d.box[3];
    return { score: d.score, matched: false, ignored: area < range[0] || area > range[1] };
  });
}

function precisionAndRecall(judged: readonly Judged[], count: number): { precision: number; recall: number } {
  let right = 0;
  let wrong = 0;
  const recalls: number[] = [];
  const precisions: number[] = [];
  for (const { matched, ignored } of judged.toSorted((a, b) => b.score - a.score)) {
    if (!ignored) matched ? right++ : wrong++;
    recalls.push(right / count);
    precisions.push(right / (wrong + right + Number.EPSILON));
  }
  for (let i = precisions.length - 1; i > 0; i--) {
    precisions[i - 1] = Math.max(precisions[i - 1]!, precisions[i]!);
  }
  const read = recallPoints.map((point) => precisions[recalls.findIndex((r) => r >= point)] ?? 0);
  return { precision: read.reduce((a, b) => a + b, 0) / read.length, recall: recalls.at(-1) ?? 0 };
}

function indices(offsets: Int32Array, image: number): number[] {
  return Array.from({ length: offsets[image + 1]! - offsets[image]! }, (_, i) => offsets[image]! + i);
}

export function evaluateTwin({ imageCount, classCount, truth, detections }: CocoRequest): CocoFigures {
  const precision: number[] = [];
  const recall: number[] = [];
  const truths: number[] = [];
  for (let c = 0; c < classCount; c++) {
    for (const range of areaRanges) {
      const images = Array.from({ length: imageCount }, (_, image) => ({
        truths: indices(truth.offsets, image)
          .filter((i) => truth.classes[i] === c)
          .map((i) => ({
            box: rectangle(truth.boxes, i),
            crowd: truth.crowds[i] !== 0,
            ignored: truth.crowds[i] !== 0 || truth.areas[i]! < range[0] || truth.areas[i]! > range[1],
          }))
          .toSorted((a, b) => Number(a.ignored) - Number(b.ignored)),
        found: indices(detections.offsets, image)
          .filter((i) => detections.classes[i] === c)
          .map((i) => ({ box: rectangle(detections.boxes, i), score: detections.scores[i]! }))
          .toSorted((a, b) => b.score - a.score)
          .slice(0, 100),
      }));
      const count = images.flatMap((image) => image.truths).filter((t) => !t.ignored).length;
      truths.push(count);
      const recalls: number[][] = limits.map(() => []);
      for (const iou of ious) {
        const judged = images.map((image) => match(image.found, image.truths, iou, range));
        for (const [m, limit] of limits.entries()) {
          const figures = precisionAndRecall(
            judged.flatMap((list) => list.slice(0, limit)),
            count,
          );
          recalls[m]!.push(count === 0 ? -1 : figures.recall);
          if (limit === 100) precision.push(count === 0 ? -1 : figures.precision);
        }
      }
      recall.push(...recalls.flat());
    }
  }
  return {
    precision: Float64Array.from(precision),
    recall: Float64Array.from(recall),
    truths: Int32Array.from(truths),
  };
}
