/** Brings a labelled box into its image, or drops it. */

import type { LabelBox } from './ground-truth.ts';
import type { LabelIssues } from './label-issues.ts';

/** Pixels that a box may reach outside before a warning: rounding of text formats reaches there. */
const overhangTolerance = 0.5;

const shown = (value: number) => String(Math.round(value * 100) / 100);

/**
 * The box clipped to a width x height image, undefined when nothing of it is left. `place` names it in warnings. The
 * area is kept where the annotation states one (undefined: that of the clipped box).
 */
export function cleanBox(
  box: Omit<LabelBox, 'area'> & { readonly area: number | undefined },
  image: { readonly width: number; readonly height: number },
  place: string,
  issues: LabelIssues,
): LabelBox | undefined {
  const clip = (value: number, most: number) => Math.min(Math.max(value, 0), most);
  const x1 = clip(box.x1, image.width);
  const y1 = clip(box.y1, image.height);
  const x2 = clip(box.x2, image.width);
  const y2 = clip(box.y2, image.height);
  const described = () =>
    `${place} (${[box.x1, box.y1, box.x2, box.y2].map(shown).join(' ')} in ${image.width}x${image.height})`;
  if (!(x2 > x1 && y2 > y1)) {
    issues.note('empty', described());
    return undefined;
  }
  const overhang = Math.max(x1 - box.x1, y1 - box.y1, box.x2 - x2, box.y2 - y2);
  if (overhang > overhangTolerance) issues.note('clipped', described());
  const area = box.area ?? (x2 - x1) * (y2 - y1);
  return { classIndex: box.classIndex, x1, y1, x2, y2, area, crowd: box.crowd };
}
