/** What is doubtful about an image set that is to feed calibration. */

import type { UnreadableFile } from './read-images.ts';

export interface CalibrationSetFacts {
  /** Images that could be read. */
  readonly usable: number;
  readonly unreadable: readonly UnreadableFile[];
  /** Groups of files with the same bytes (`Fingerprint.duplicates`). */
  readonly duplicates: readonly (readonly string[])[];
  /** Files whose every pixel has one colour. */
  readonly constantColour: readonly string[];
}

/** Fewer usable images than this draw a warning. */
export const enoughCalibrationImages = 100;

const plural = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

/** Warnings, one sentence each, the gravest first; empty when there is nothing to say. */
export function adviseOnCalibrationSet(facts: CalibrationSetFacts): string[] {
  const warnings: string[] = [];
  const { usable, unreadable, duplicates, constantColour } = facts;
  if (constantColour.length > 0) {
    const all = constantColour.length === usable;
    const example = all ? '' : `, e.g. ${constantColour[0]}`;
    warnings.push(
      all
        ? `All ${usable} calibration images are of one colour each: the ranges say nothing about real pictures.`
        : `${plural(constantColour.length, 'calibration image is', 'calibration images are')} of one colour only${example}.`,
    );
  }
  const spare = duplicates.reduce((sum, group) => sum + group.length - 1, 0);
  if (spare > 0) {
    const [first, second] = duplicates[0] ?? [];
    warnings.push(
      `${plural(spare, 'calibration image repeats', 'calibration images repeat')} another one byte for byte, e.g. ${second} and ${first}; ${usable - spare} are different.`,
    );
  }
  if (usable < enoughCalibrationImages) {
    warnings.push(
      `Only ${plural(usable, 'image is', 'images are')} usable for calibration; ${enoughCalibrationImages} or more give steadier ranges.`,
    );
  }
  if (unreadable.length > 0) {
    const first = unreadable[0];
    const example = first ? `, e.g. ${first.file}: ${first.reason}` : '';
    warnings.push(
      `${plural(unreadable.length, 'calibration image', 'calibration images')} cannot be read and ${unreadable.length === 1 ? 'was' : 'were'} passed over${example}.`,
    );
  }
  return warnings;
}
