/** How many images a sample for calibration should have. */

/** A set of this size is better used whole. */
export const smallSet = 150;

const enough = 300;
const least = 100;

/** Half of a middling set, 300 of a large one: enough for steady ranges. */
export function proposedCount(usable: number): number {
  return Math.max(1, Math.min(usable, enough, Math.max(least, Math.ceil(usable / 2))));
}
