/** Checks the names of the layers that the user wants in float, so that a misspelt one is not left in int8 in silence. */

import { Failure } from '../base/failure.ts';
import type { QuantizationPlan } from './plan.ts';

/** Insertions, deletions and replacements that turn one word into the other (Levenshtein's distance). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The names most like `name`, the likest first: those that contain it, then by edit distance, whatever the case. */
export function closestNames(name: string, known: readonly string[], most = 3): readonly string[] {
  const typed = name.toLowerCase();
  return known
    .map((each) => {
      const lower = each.toLowerCase();
      return { each, apart: lower.includes(typed) ? 0 : 1, distance: editDistance(typed, lower) };
    })
    .sort((a, b) => a.apart - b.apart || a.distance - b.distance)
    .slice(0, most)
    .map(({ each }) => each);
}

/**
 * @param plan with nothing excluded
 * @param names node names or first outputs
 * @throws Failure `bad-usage` for the first name that no layer has, with the closest ones
 */
export function checkExcluded(plan: QuantizationPlan, names: readonly string[]): void {
  const layers = [...plan.layers, ...plan.leftInFloat];
  const known = new Set(layers.flatMap(({ name, output }) => [name, output]));
  const unknown = names.find((name) => !known.has(name));
  if (unknown === undefined) return;
  const closest = closestNames(
    unknown,
    plan.layers.map(({ name, output }) => name || output),
  );
  throw new Failure(
    'bad-usage',
    `--exclude names ${unknown}, and no layer of the model that int8 can compute is called so.`,
    closest.length === 0
      ? 'This model has no layer that int8 can compute.'
      : `The closest names are ${closest.join(', ')}; "engineroom convert --sensitivity" lists all of them.`,
  );
}
