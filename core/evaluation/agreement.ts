/** Compares the boxes of two precisions of one model, with labels or without. */

import { Failure } from '../base/failure.ts';
import type { Detections } from '../detection/detections.ts';
import { type BoxPair, type ImageMatch, matchBoxes } from './box-matching.ts';
import type { Agreement, ClassAgreement, ImageDifference } from './evaluation-result.ts';
import { scoreHistogram, scoreShift, squeezedScores } from './score-distribution.ts';

export interface AgreementOptions {
  /** Detections from this score on are compared; squeezed scores are searched below it too. */
  readonly scoreThreshold: number;
  /** Boxes are the same from this IoU on ... */
  readonly iou: number;
  /** ... and moved below this one. */
  readonly strictIou: number;
}

export const defaultAgreementOptions: AgreementOptions = { scoreThreshold: 0.25, iou: 0.5, strictIou: 0.9 };

interface MatchedImage extends ImageMatch {
  readonly file: string;
}

/**
 * Matches the detections of every image one to one within each class and counts what is matched, moved, lost and
 * added. Boxes are compared, not scores alone: a miscompiled engine can give the right scores and wrong boxes.
 *
 * @param reference detections of the reference (FP32) by file, from a score well below the threshold on.
 * @param other detections of the other precision for the same files.
 * @param classNames by class index.
 * @throws Error when the two do not cover the same files, for then one of the runs is not whole.
 */
export function compareDetections(
  reference: ReadonlyMap<string, Detections>,
  other: ReadonlyMap<string, Detections>,
  classNames: readonly string[],
  options: AgreementOptions = defaultAgreementOptions,
): Agreement {
  const images: MatchedImage[] = [];
  for (const [file, detections] of reference) {
    const others = other.get(file);
    if (!others) throw new Error(`${file} has detections in one precision only`);
    images.push({ file, ...matchBoxes(detections, others, options.scoreThreshold, options.iou) });
  }
  if (other.size !== reference.size) throw new Error('the two precisions cover different files');

  const referenceScores = scoresByClass(reference);
  const otherScores = scoresByClass(other);
  const allOtherScores = [...otherScores.values()].flat();
  const tallies = tallyImages(images, classNames.length);
  const counts = countsOf(tallies.all, allOtherScores, options);
  const perClass = classNames.map((name, c): ClassAgreement => {
    const others = otherScores.get(c) ?? [];
    return {
      name,
      ...countsOf(tallies.byClass[c] ?? emptyTally(), others, options),
      referenceHistogram: scoreHistogram(referenceScores.get(c) ?? []),
      otherHistogram: scoreHistogram(others),
    };
  });
  return {
    ...options,
    images: images.length,
    ...counts,
    // A reference with nothing over the threshold still shows that an engine finds nothing at all.
    detectionsLost:
      counts.referenceCount > 0
        ? counts.otherCount < counts.referenceCount / 2
        : referenceScores.size > 0 && otherScores.size === 0,
    boxesDisagree: counts.matched < counts.referenceCount / 2,
    perClass,
    differences: images
      .map((image) => differenceOf(image, options.strictIou))
      .filter(({ difference }) => difference > 0)
      .sort((a, b) => b.difference - a.difference || (a.file < b.file ? -1 : 1)),
  };
}

/**
 * The failure that makes a precision an error state, or undefined when its boxes stand.
 *
 * @param other what the user knows it by, such as `INT8`; likewise `reference`.
 */
export function agreementFailure(
  agreement: Agreement,
  other: string,
  reference: string,
): Failure | undefined {
  const { squeezedScores: squeezed } = agreement;
  if (agreement.detectionsLost) {
    return new Failure(
      'detections-lost',
      `${other} has ${agreement.otherCount} detections where ${reference} has ${agreement.referenceCount}, from a score of ${agreement.scoreThreshold} on.`,
      squeezed
        ? `The boxes are there with lower scores: a score threshold of ${squeezed.suggestedThreshold} finds as many.`
        : 'Keep more of the model in floating point, or calibrate with another method or more images.',
    );
  }
  if (agreement.boxesDisagree) {
    return new Failure(
      'detections-lost',
      `${other} has only ${agreement.matched} of the ${agreement.referenceCount} boxes of ${reference} where they belong; its ${agreement.otherCount} detections lie elsewhere or carry other classes.`,
      'Keep the box decode in floating point; if it is, the engine was built wrong: build it with another version.',
    );
  }
  return undefined;
}

function scoresByClass(detections: ReadonlyMap<string, Detections>): Map<number, number[]> {
  const byClass = new Map<number, number[]>();
  for (const { scores, classes } of detections.values()) {
    for (const [i, score] of scores.entries()) {
      const c = classes[i] ?? 0;
      const list = byClass.get(c);
      if (list) list.push(score);
      else byClass.set(c, [score]);
    }
  }
  return byClass;
}

/** The matches of all images taken together, or those of one class. */
interface Tally {
  readonly pairs: BoxPair[];
  readonly faded: BoxPair[];
  alone: number;
  added: number;
}

const emptyTally = (): Tally => ({ pairs: [], faded: [], alone: 0, added: 0 });

/** Sums up the images once for all classes and once for each. */
function tallyImages(images: readonly MatchedImage[], classCount: number) {
  const all = emptyTally();
  const byClass = Array.from({ length: classCount }, emptyTally);
  const each = (c: number, count: (tally: Tally) => void) => {
    count(all);
    const ofClass = byClass[c];
    if (ofClass) count(ofClass);
  };
  for (const { pairs, faded, alone, added } of images) {
    for (const pair of pairs) each(pair.reference.classIndex, (tally) => tally.pairs.push(pair));
    for (const pair of faded) each(pair.reference.classIndex, (tally) => tally.faded.push(pair));
    for (const box of alone) each(box.classIndex, (tally) => tally.alone++);
    for (const box of added) each(box.classIndex, (tally) => tally.added++);
  }
  return { all, byClass };
}

function countsOf(
  { pairs, faded, alone, added }: Tally,
  otherScores: readonly number[],
  { strictIou }: AgreementOptions,
) {
  const withFaded = [...pairs, ...faded];
  const referenceCount = withFaded.length + alone;
  return {
    referenceCount,
    otherCount: pairs.length + added,
    matched: pairs.length,
    moved: pairs.filter(({ iou }) => iou < strictIou).length,
    lost: referenceCount - pairs.length,
    added,
    meanIou: pairs.length === 0 ? null : pairs.reduce((sum, { iou }) => sum + iou, 0) / pairs.length,
    scoreShift: scoreShift(withFaded),
    squeezedScores: squeezedScores(withFaded, referenceCount, otherScores),
  };
}

function differenceOf(image: MatchedImage, strictIou: number): ImageDifference {
  const moved = image.pairs.filter(({ iou }) => iou < strictIou);
  const lost = [
    ...image.alone.map((box) => ({ box, otherScore: null })),
    ...image.faded.map(({ reference, other }) => ({ box: reference, otherScore: other.score })),
  ].sort((a, b) => b.box.score - a.box.score);
  const difference =
    lost.reduce((sum, { box }) => sum + box.score, 0) +
    image.added.reduce((sum, box) => sum + box.score, 0) +
    moved.reduce((sum, { iou }) => sum + 1 - iou, 0);
  return { file: image.file, difference, matched: image.pairs.length, lost, added: image.added, moved };
}
