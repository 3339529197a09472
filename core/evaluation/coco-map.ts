/** Judges detections by COCO's box evaluation, equal to pycocotools with default parameters. */

import { type CocoFigures, type CocoRequest, cocoAxes, evaluateCoco } from '../../native/evaluate/index.ts';
import type { Detections } from '../detection/detections.ts';
import type { GroundTruth } from '../labels/ground-truth.ts';
import type { ClassAccuracy, CocoSummary } from './evaluation-result.ts';

/**
 * Matches detections with labels as COCO does: greedily by falling score, at IoU 0.50 to 0.95 by 0.05, at most 100
 * detections of a class in an image, precision read at 101 recall points. Crowds are matched any number of times and
 * never counted as missed. The size ranges go by the label's own area and take in both of their ends.
 *
 * Equal scores keep the order of `groundTruth.images` and, within an image, of its detections.
 *
 * @param detections by `LabelledImage.file`. Images without an entry have no detections; entries that match no image
 *   are left out, as are detections whose class has no label name.
 * @returns figures from 0 to 1, null where there is nothing to find (pycocotools gives -1). Classes with the lowest
 *   index first.
 */
export async function evaluateDetections(
  groundTruth: GroundTruth,
  detections: ReadonlyMap<string, Detections>,
): Promise<CocoSummary> {
  const request = cocoRequest(groundTruth, detections);
  return summarise(groundTruth, await evaluateCoco(request), request.detections.scores.length);
}

/** Labels and detections as columns. */
function cocoRequest(groundTruth: GroundTruth, detections: ReadonlyMap<string, Detections>): CocoRequest {
  return {
    imageCount: groundTruth.images.length,
    classCount: groundTruth.classes.length,
    truth: truthColumns(groundTruth),
    detections: detectionColumns(groundTruth, detections),
  };
}

function truthColumns({ images }: GroundTruth): CocoRequest['truth'] {
  const count = images.reduce((sum, image) => sum + image.boxes.length, 0);
  const offsets = new Int32Array(images.length + 1);
  const classes = new Int32Array(count);
  const boxes = new Float64Array(4 * count);
  const areas = new Float64Array(count);
  const crowds = new Uint8Array(count);
  let at = 0;
  for (const [i, image] of images.entries()) {
    for (const box of image.boxes) {
      classes[at] = box.classIndex;
      boxes[4 * at] = box.x1;
      boxes[4 * at + 1] = box.y1;
      boxes[4 * at + 2] = box.x2;
      boxes[4 * at + 3] = box.y2;
      areas[at] = box.area;
      crowds[at] = box.crowd ? 1 : 0;
      at++;
    }
    offsets[i + 1] = at;
  }
  return { offsets, classes, boxes, areas, crowds };
}

function detectionColumns(
  { images }: GroundTruth,
  detections: ReadonlyMap<string, Detections>,
): CocoRequest['detections'] {
  const found = images.map((image) => detections.get(image.file));
  const count = found.reduce((sum, image) => sum + (image?.count ?? 0), 0);
  const offsets = new Int32Array(images.length + 1);
  const classes = new Int32Array(count);
  const boxes = new Float32Array(4 * count);
  const scores = new Float32Array(count);
  let at = 0;
  for (const [i, image] of found.entries()) {
    if (image) {
      classes.set(image.classes, at);
      boxes.set(image.boxes, 4 * at);
      scores.set(image.scores, at);
      at += image.count;
    }
    offsets[i + 1] = at;
  }
  return { offsets, classes, boxes, scores };
}

/** Mean of the values that are there: -1 stands for nothing to find. */
function mean(values: Iterable<number>): number | null {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (value < 0) continue;
    sum += value;
    count++;
  }
  return count === 0 ? null : sum / count;
}

const areaIndex = { all: 0, small: 1, medium: 2, large: 3 } as const;
const limitIndex = { 1: 0, 10: 1, 100: 2 } as const;
type AreaName = keyof typeof areaIndex;

function summarise(
  { classes, images }: GroundTruth,
  figures: CocoFigures,
  detectionCount: number,
): CocoSummary {
  const { ious, areas, limits } = cocoAxes;
  const every = classes.map((_, c) => c);
  /** Precisions of a class in a size range, one for each IoU threshold. */
  const precisions = (c: number, area: AreaName) => {
    const start = (c * areas + areaIndex[area]) * ious;
    return figures.precision.subarray(start, start + ious);
  };
  const recalls = (c: number, area: AreaName, limit: keyof typeof limitIndex) => {
    const start = ((c * areas + areaIndex[area]) * limits + limitIndex[limit]) * ious;
    return figures.recall.subarray(start, start + ious);
  };
  const map = (area: AreaName) => mean(every.flatMap((c) => [...precisions(c, area)]));
  const mapAt = (iou: number) => mean(every.map((c) => precisions(c, 'all')[iou] ?? -1));
  const recall = (area: AreaName, limit: keyof typeof limitIndex) =>
    mean(every.flatMap((c) => [...recalls(c, area, limit)]));
  const perClass = classes.map(
    (name, c): ClassAccuracy => ({
      name,
      ap50: mean(precisions(c, 'all').subarray(0, 1)),
      ap5095: mean(precisions(c, 'all')),
      groundTruthBoxes: figures.truths[c * areas] ?? 0,
    }),
  );
  return {
    map5095: map('all'),
    map50: mapAt(0),
    map75: mapAt(5),
    small: map('small'),
    medium: map('medium'),
    large: map('large'),
    ar1: recall('all', 1),
    ar10: recall('all', 10),
    ar100: recall('all', 100),
    arSmall: recall('small', 100),
    arMedium: recall('medium', 100),
    arLarge: recall('large', 100),
    images: images.length,
    detections: detectionCount,
    perClass,
  };
}
