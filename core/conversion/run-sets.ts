/** The image sets of a run, and what is to be said of them, of its calibration cache and of what earlier runs left. */

import type { WorkOptions } from '../base/work.ts';
import { adviseOnCalibrationSet } from '../images/calibration-advice.ts';
import { type ImageSet, sampleImages, scanImages } from '../images/image-set.ts';
import { info, warning } from './notes.ts';
import type { Note } from './report.ts';
import type { LeftOver } from './run-folder.ts';
import type { EvaluationSet } from './run-inputs.ts';
import type { Specification } from './specification.ts';
import type { CalibrateOutput } from './steps/calibrate.ts';
import type { EvaluateOutput } from './steps/evaluate.ts';

export interface RunSets {
  readonly calibration: ImageSet | null;
  readonly evaluation: EvaluationSet | null;
}

/** Finds the images of the run, before any work: a wrong folder must not show after an hour. */
export async function scanSets(specification: Specification, work: WorkOptions): Promise<RunSets> {
  const { calibration, validation, precisions } = specification;
  const calibrates = calibration !== null && precisions.includes('int8');
  const all = calibration && (await scanImages(calibration.images, work));
  const sampled = calibration && all && sampleImages(all, calibration.limit);
  if (validation === null) {
    // Without a validation set the precisions are still compared, on the images that are at hand.
    return {
      calibration: calibrates ? sampled : null,
      evaluation: sampled && { set: sampled, labels: null },
    };
  }
  const set = await scanImages(validation.images, { ...work, limit: validation.limit ?? undefined });
  return { calibration: calibrates ? sampled : null, evaluation: { set, labels: validation.labels } };
}

export function notesOnSets(specification: Specification, { calibration, evaluation }: RunSets): Note[] {
  const notes: Note[] = [];
  if (calibration !== null) {
    const facts = { usable: calibration.files.length, unreadable: [], duplicates: [], constantColour: [] };
    notes.push(...adviseOnCalibrationSet(facts).map((sentence) => warning('calibration-set', sentence)));
  }
  if (evaluation === null) {
    notes.push(
      warning(
        'no-images',
        'No images are given, so neither accuracy nor agreement with FP32 is measured.',
        'Add --validation IMAGES, with --labels LABELS for mAP.',
      ),
    );
  } else if (evaluation.labels === null) {
    notes.push(
      info(
        'no-labels',
        specification.validation === null
          ? 'No validation set is given: agreement with FP32 is measured on the calibration images, and there is no mAP.'
          : 'The validation images have no labels: agreement with FP32 is measured, and there is no mAP.',
        'Add --validation IMAGES --labels LABELS for mAP.',
      ),
    );
  }
  return notes;
}

export function notesOnCalibration(calibrated: CalibrateOutput, cachePath: string): Note[] {
  const notes = calibrated.advice.map((sentence) => warning('calibration-set', sentence));
  const reasons = calibrated.staleReasons.join('; ');
  if (calibrated.imported !== null) {
    const { calibrator, version, scales, matched } = calibrated.imported;
    notes.push(
      info(
        'cache-imported',
        `The ranges are imported from the TensorRT calibration cache ${cachePath} (TensorRT ${version}, ${calibrator}): all ${matched} tensors that are quantized are among its ${scales}.`,
        'Leave out --cache to calibrate on the images.',
      ),
    );
  } else if (calibrated.cache === 'reused') {
    notes.push(info('cache-reused', `The ranges of ${cachePath} fit and are used again.`));
  } else if (calibrated.cache === 'reused-stale') {
    notes.push(
      warning(
        'stale-cache-used',
        `The ranges of ${cachePath} are stale and used all the same: ${reasons}.`,
        'Leave out --reuse-stale-cache to calibrate again.',
      ),
    );
  } else if (reasons !== '') {
    notes.push(
      warning(
        'stale-cache',
        `The calibration cache ${cachePath} is stale and was not used: ${reasons}.`,
        'Nothing to do: the ranges were measured again. To use such a cache all the same, add --reuse-stale-cache.',
      ),
    );
  }
  return notes;
}

/** What is wrong with the images and the labels of an evaluation: the same for every precision. */
export function notesOnEvaluation({
  unreadable,
  labels,
}: Pick<EvaluateOutput, 'unreadable' | 'labels'>): Note[] {
  const [first] = unreadable;
  const many = unreadable.length !== 1;
  const notes = (labels?.warnings ?? []).map((sentence) => warning('labels', sentence));
  if (first === undefined) return notes;
  return [
    warning(
      'unreadable-images',
      `${unreadable.length} evaluation ${many ? 'images' : 'image'} cannot be read and ${many ? 'are' : 'is'} left out of every figure, e.g. ${first.file}: ${first.reason}.`,
      'Repair or remove what does not open in an image viewer.',
    ),
    ...notes,
  ];
}

export function notesOnLeftOvers(leftOvers: readonly LeftOver[]): Note[] {
  return leftOvers.map(({ run, started }) =>
    warning(
      'left-over',
      `An earlier run (${run}${started === null ? '' : `, started ${started}`}) was ended in the middle; its work files were removed.`,
      'Nothing to do: its engines had not been put in place.',
    ),
  );
}
