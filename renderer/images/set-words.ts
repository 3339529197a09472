/** An image set in words: how far its scan is, what it holds, and what to know before it is used. */

import { formatCount, formatShare } from '../design/format.ts';
import type { ImageSet } from './image-types.ts';

export type SlotName = 'calibration' | 'validation';

export const slotTitles: Readonly<Record<SlotName, string>> = {
  calibration: 'Calibration set',
  validation: 'Validation set',
};

/** `1 image`, `12,000 images`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** The last part of a path of either kind of host. */
export function baseName(path: string): string {
  return path.split(/[\\/]/).filter(Boolean).pop() ?? path;
}

/** Images that can be used: what is damaged or a repetition does not count. Only final once the set is `ready`. */
export function usableImages(set: ImageSet): number {
  return Math.max(0, set.files - set.unreadable - set.duplicates);
}

/** How far the host is, 0 to 1; null while the number of files is not known. */
export function scanShare(set: ImageSet): number | null {
  if (set.phase === 'ready') return 1;
  if (set.phase === 'examining') return set.files === 0 ? 1 : set.examined / set.files;
  return null;
}

export function phaseWords(set: ImageSet): string {
  switch (set.phase) {
    case 'scanning':
      return `${plural(set.files, 'image')} found so far`;
    case 'examining':
      return `${formatCount(set.examined)} of ${formatCount(set.files)} examined`;
    case 'ready':
      return plural(set.files, 'image');
    case 'failed':
      return 'Not readable';
  }
}

export interface SetWarning {
  /** For keys and tests. */
  readonly code: 'empty' | 'few' | 'duplicates' | 'unreadable' | 'classes' | 'unlabelled' | 'host';
  readonly message: string;
  readonly tip: string | null;
}

/** Below this many usable images a calibration's ranges rest on too little. */
export const enoughForCalibration = 100;

/**
 * What is to be known before a set is used, the gravest first. Counts are only judged when the host has looked at
 * every image.
 * @param modelClasses class names of the model, empty where it names none
 */
export function setWarnings(
  slot: SlotName,
  set: ImageSet,
  modelClasses: readonly string[],
): readonly SetWarning[] {
  const warnings: SetWarning[] = [];
  if (set.phase === 'ready') {
    const usable = usableImages(set);
    if (usable === 0) {
      warnings.push({
        code: 'empty',
        message: set.files === 0 ? 'No images were found there.' : 'None of these images can be used.',
        tip: 'Choose a folder with JPEG, PNG, WebP, BMP or TIFF files, or a text file that lists them.',
      });
    } else if (slot === 'calibration' && usable < enoughForCalibration) {
      warnings.push({
        code: 'few',
        message: `Only ${plural(usable, 'image')} can be used; ranges are steadier from ${enoughForCalibration} on.`,
        tip: 'Add images from the place where the detector will work: all its lights, distances and kinds of object.',
      });
    }
    if (set.unreadable > 0) {
      warnings.push({
        code: 'unreadable',
        message: `${plural(set.unreadable, 'image')} cannot be read and will be left out.`,
        tip: null,
      });
    }
    if (set.duplicates > 0) {
      warnings.push({
        code: 'duplicates',
        message: `${plural(set.duplicates, 'image is a repetition of another', 'images are repetitions of others')} (${formatShare(set.duplicates / Math.max(1, set.files))} of the set): they weigh twice and teach nothing.`,
        tip: null,
      });
    }
  }
  const classes = set.classNames.length;
  if (classes > 0 && modelClasses.length > 0 && classes !== modelClasses.length) {
    warnings.push({
      code: 'classes',
      message: `The labels name ${plural(classes, 'class', 'classes')}, the model ${plural(modelClasses.length, 'class', 'classes')}.`,
      tip: 'Average precision is only right when class numbers mean the same in both. Check that these labels belong to this model.',
    });
  }
  for (const message of set.warnings) warnings.push({ code: 'host', message, tip: null });
  return warnings;
}
