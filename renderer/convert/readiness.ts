/** What stands in the way of a conversion, and what is worth knowing before it starts: said before, not after. */

import type { ImageSet } from '../images/image-types.ts';
import { enoughForCalibration, plural, setWarnings, usableImages } from '../images/set-words.ts';
import type { FormDraft } from './form.ts';

/** What readiness looks at in a model. */
export interface ReadyModel {
  readonly name: string;
  readonly classNames: readonly string[];
  readonly layout: string;
  readonly layoutReason: string;
  readonly inputSize: { readonly width: number; readonly height: number } | null;
  readonly dynamicSize: boolean;
  readonly problems: readonly {
    readonly severity: 'error' | 'warning';
    readonly message: string;
    readonly remedy: string;
  }[];
}

/** A set that was chosen; `set` is null before the host has answered. */
export interface ReadySet {
  readonly source: string;
  readonly labels: string | null;
  readonly set: ImageSet | null;
}

export interface ReadinessFacts {
  readonly model: ReadyModel | null;
  readonly calibration: ReadySet | null;
  readonly validation: ReadySet | null;
}

export type ReadinessStep =
  | 'model'
  | 'calibration-set'
  | 'validation-set'
  | 'labels'
  | 'without-int8'
  | 'size';

export interface ReadinessPoint {
  readonly code: string;
  /** `blocker`: cannot start as it is; `missing`: cannot start yet; `advice`: can, and should know. */
  readonly kind: 'blocker' | 'missing' | 'advice';
  readonly message: string;
  readonly tip: string | null;
  /** Where it is mended, the best place first. */
  readonly steps: readonly ReadinessStep[];
}

function modelPoints(model: ReadyModel | null, draft: FormDraft): ReadinessPoint[] {
  if (model === null) {
    return [
      {
        code: 'no-model',
        kind: 'missing',
        message: 'No model is chosen.',
        tip: 'Drop an ONNX file anywhere, or choose one.',
        steps: ['model'],
      },
    ];
  }
  const points: ReadinessPoint[] = model.problems
    .filter(({ severity }) => severity === 'error')
    .map(({ message, remedy }) => ({
      code: 'model-problem',
      kind: 'blocker',
      message,
      tip: remedy,
      steps: ['model'],
    }));
  if (model.inputSize === null && draft.width === null && draft.height === null) {
    points.push({
      code: 'no-size',
      kind: 'missing',
      message: 'The model takes images of any size and does not say which it was trained for.',
      tip: 'Give the input size, for example 640 by 640.',
      steps: ['size'],
    });
  }
  if (model.layout === 'none' && draft.layout === 'auto') {
    points.push({
      code: 'no-layout',
      kind: 'advice',
      message: 'The outputs are not recognised as detections, so only size and speed can be compared.',
      tip: model.layoutReason === '' ? null : model.layoutReason,
      steps: ['model'],
    });
  }
  return points;
}

function calibrationPoints(facts: ReadinessFacts): ReadinessPoint[] {
  const { calibration } = facts;
  if (calibration === null) {
    return [
      {
        code: 'no-calibration',
        kind: 'missing',
        message: 'INT8 needs images to calibrate with.',
        tip: 'Choose a folder of typical images; labels are not needed.',
        steps: ['calibration-set', 'without-int8'],
      },
    ];
  }
  const { set } = calibration;
  if (set === null) return [];
  if (set.error !== null) {
    return [
      {
        code: 'calibration-failed',
        kind: 'blocker',
        message: set.error.message,
        tip: set.error.remedy,
        steps: ['calibration-set', 'without-int8'],
      },
    ];
  }
  if (set.phase === 'ready' && usableImages(set) === 0) {
    return [
      {
        code: 'calibration-empty',
        kind: 'blocker',
        message: 'The calibration set has no image that can be used.',
        tip: null,
        steps: ['calibration-set', 'without-int8'],
      },
    ];
  }
  const usable = usableImages(set);
  if (set.phase !== 'ready' || usable >= enoughForCalibration) return [];
  return [
    {
      code: 'calibration-few',
      kind: 'advice',
      message: `The calibration set has only ${plural(usable, 'usable image')}; ranges are steadier from ${enoughForCalibration} on.`,
      tip: 'Add images from the place where the detector will work.',
      steps: ['calibration-set'],
    },
  ];
}

function validationPoints(facts: ReadinessFacts, draft: FormDraft): ReadinessPoint[] {
  const { validation, model } = facts;
  const asksForMap = draft.maxMapLoss !== null;
  if (validation === null) {
    return asksForMap
      ? [
          {
            code: 'no-labels',
            kind: 'missing',
            message: 'The largest loss of mAP can only be checked on labelled images.',
            tip: 'Choose a validation set with labels, or leave the demand empty.',
            steps: ['validation-set'],
          },
        ]
      : [
          {
            code: 'no-validation',
            kind: 'advice',
            message: 'Without a validation set nothing is said about accuracy, only about size and speed.',
            tip: 'Labels are not needed for that: detections are compared with those of FP32.',
            steps: ['validation-set'],
          },
        ];
  }
  const { set } = validation;
  if (set?.error != null) {
    return [
      {
        code: 'validation-failed',
        kind: 'blocker',
        message: set.error.message,
        tip: set.error.remedy,
        steps: ['validation-set'],
      },
    ];
  }
  if (set?.phase === 'ready' && usableImages(set) === 0) {
    return [
      {
        code: 'validation-empty',
        kind: 'blocker',
        message: 'The validation set has no image that can be used.',
        tip: null,
        steps: ['validation-set'],
      },
    ];
  }
  if (validation.labels === null) {
    return [
      asksForMap
        ? {
            code: 'no-labels',
            kind: 'missing',
            message: 'The largest loss of mAP can only be checked on labelled images.',
            tip: 'Add labels to the validation set, or leave the demand empty.',
            steps: ['labels'],
          }
        : {
            code: 'unlabelled',
            kind: 'advice',
            message:
              'The validation set has no labels: detections are compared with FP32’s, and there is no mAP.',
            tip: null,
            steps: ['labels'],
          },
    ];
  }
  if (set === null) return [];
  return setWarnings('validation', set, model?.classNames ?? [])
    .filter(({ code }) => code === 'classes')
    .map(({ message, tip }) => ({
      code: 'classes-differ',
      kind: 'advice',
      message,
      tip,
      steps: ['labels'],
    }));
}

/** Everything to be said before a start, what prevents it first. */
export function readiness(facts: ReadinessFacts, draft: FormDraft): readonly ReadinessPoint[] {
  const points = [
    ...modelPoints(facts.model, draft),
    ...(draft.int8 ? calibrationPoints(facts) : []),
    ...validationPoints(facts, draft),
  ];
  return [
    ...points.filter(({ kind }) => kind !== 'advice'),
    ...points.filter(({ kind }) => kind === 'advice'),
  ];
}
