/** Picks the images on which a precision differs most from fp32 and says of every box whether the other side has it. */

import type { Detections } from '../detection/detections.ts';
import type { Agreement, DetectedBox, ImageDifference } from '../evaluation/evaluation-result.ts';
import type { Precision } from '../targets/target.ts';
import type { DifferingImage, DrawnBox } from './report.ts';

/** As many as a person looks through. */
const picturesForEach = 12;

/** A box as text, to find it again among the detections that it was taken from: the numbers are the same, not near. */
function identity(classIndex: number, score: number, corners: readonly number[]): string {
  return `${classIndex} ${score} ${corners.join(' ')}`;
}

function identityOf({ classIndex, score, corners }: DetectedBox): string {
  return identity(classIndex, score, corners);
}

function drawBoxes(
  detections: Detections,
  scoreThreshold: number,
  unmatched: ReadonlySet<string>,
): DrawnBox[] {
  const boxes: DrawnBox[] = [];
  for (let i = 0; i < detections.count; i++) {
    const score = detections.scores[i] as number;
    if (score < scoreThreshold) continue;
    const classIndex = detections.classes[i] as number;
    const corners = [...detections.boxes.subarray(4 * i, 4 * i + 4)];
    const [x1, y1, x2, y2] = corners as [number, number, number, number];
    const matched = !unmatched.has(identity(classIndex, score, corners));
    boxes.push({ x1, y1, x2, y2, classIndex, score, matched });
  }
  return boxes;
}

export interface ComparedSets {
  readonly agreement: Agreement;
  readonly reference: ReadonlyMap<string, Detections>;
  readonly found: ReadonlyMap<string, Detections>;
  /** Size in pixels and place of each image, by file. */
  readonly images: ReadonlyMap<
    string,
    { readonly width: number; readonly height: number; readonly path: string }
  >;
}

/** The worst images first, with all boxes of both precisions from the agreement's score threshold on. */
export function differingImages(precision: Precision, sets: ComparedSets): DifferingImage[] {
  const { agreement, reference, found, images } = sets;
  const draw = (difference: ImageDifference): DifferingImage[] => {
    const { file, lost, added } = difference;
    const image = images.get(file);
    const before = reference.get(file);
    const after = found.get(file);
    if (image === undefined || before === undefined || after === undefined) return [];
    return [
      {
        precision,
        file,
        ...image,
        lost: lost.length,
        added: added.length,
        difference: difference.difference,
        reference: drawBoxes(
          before,
          agreement.scoreThreshold,
          new Set(lost.map(({ box }) => identityOf(box))),
        ),
        found: drawBoxes(after, agreement.scoreThreshold, new Set(added.map(identityOf))),
      },
    ];
  };
  return agreement.differences.slice(0, picturesForEach).flatMap(draw);
}
