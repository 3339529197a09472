/** Counts and sizes of labelled boxes by class. */

import type { GroundTruth } from './ground-truth.ts';

/** Smallest, first quartile, median, third quartile, largest; pixels of the source image. */
export type Quantiles = readonly [number, number, number, number, number];

export interface ClassStatistics {
  readonly name: string;
  /** Boxes without crowd regions. */
  readonly boxes: number;
  readonly crowds: number;
  /** Images with at least one box or crowd region of the class. */
  readonly images: number;
  /** Of the boxes' widths, heights and geometric mean sides sqrt(w h); undefined without boxes. */
  readonly width: Quantiles | undefined;
  readonly height: Quantiles | undefined;
  readonly side: Quantiles | undefined;
  /** Boxes in COCO's size classes by area: under 32^2, from 32^2 to under 96^2, from 96^2 square pixels. */
  readonly sizes: { readonly small: number; readonly medium: number; readonly large: number };
}

export interface LabelStatistics {
  readonly images: number;
  readonly backgroundImages: number;
  readonly boxes: number;
  /** By class index. */
  readonly classes: readonly ClassStatistics[];
}

/** Linear interpolation between closest ranks, as numpy's default. Undefined for no values. */
export function quantiles(values: readonly number[]): Quantiles | undefined {
  if (values.length === 0) return undefined;
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => {
    const position = share * (sorted.length - 1);
    const below = Math.floor(position);
    const low = sorted[below] ?? 0;
    const high = sorted[below + 1] ?? low;
    return low + (high - low) * (position - below);
  };
  return [at(0), at(0.25), at(0.5), at(0.75), at(1)];
}

export function labelStatistics(groundTruth: GroundTruth): LabelStatistics {
  const gathered = groundTruth.classes.map(() => ({
    widths: [] as number[],
    heights: [] as number[],
    areas: [] as number[],
    crowds: 0,
    images: new Set<string>(),
  }));
  for (const { file, boxes } of groundTruth.images) {
    for (const box of boxes) {
      const entry = gathered[box.classIndex];
      if (entry === undefined) continue;
      entry.images.add(file);
      if (box.crowd) {
        entry.crowds++;
        continue;
      }
      entry.widths.push(box.x2 - box.x1);
      entry.heights.push(box.y2 - box.y1);
      entry.areas.push(box.area);
    }
  }
  const classes = gathered.map(({ widths, heights, areas, crowds, images }, index): ClassStatistics => {
    const small = areas.filter((area) => area < 32 ** 2).length;
    const large = areas.filter((area) => area >= 96 ** 2).length;
    return {
      name: groundTruth.classes[index] ?? '',
      boxes: widths.length,
      crowds,
      images: images.size,
      width: quantiles(widths),
      height: quantiles(heights),
      side: quantiles(widths.map((width, i) => Math.sqrt(width * (heights[i] ?? 0)))),
      sizes: { small, medium: areas.length - small - large, large },
    };
  });
  return {
    images: groundTruth.images.length,
    backgroundImages: groundTruth.images.filter(({ boxes }) => boxes.length === 0).length,
    boxes: classes.reduce((sum, entry) => sum + entry.boxes, 0),
    classes,
  };
}
