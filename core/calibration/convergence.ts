/** How much the ranges still move with every doubling of the number of images: the answer to "how many are enough". */

import type { CalibrationRange } from './ranges.ts';

/** Ranges are looked at after this many images first, and after every doubling of it. */
const firstSnapshot = 8;

/** From this median change on, the last doubling of the images says that more of them are needed. */
export const settledChange = 0.02;

/**
 * What a doubling of the images moved. A tensor's change is |T - T'| / max(T, T') of its thresholds T and T' at the
 * two numbers of images: 0 when they are equal, 1 when one of them is nothing beside the other.
 */
export interface ConvergencePoint {
  readonly previousImages: number;
  /** Twice `previousImages`, or near it at the end, where images could not be read. */
  readonly images: number;
  /** Over the tensors that were not zero throughout. */
  readonly medianChange: number;
  readonly worstChange: number;
  readonly worstTensor: string;
}

export type Thresholds = ReadonlyMap<string, number>;

/** Tensors that are zero so far have no threshold of their own, so they are left out. */
export function thresholdsOf(ranges: readonly CalibrationRange[]): Thresholds {
  return new Map(ranges.filter(({ dead }) => !dead).map(({ tensor, threshold }) => [tensor, threshold]));
}

function median(sorted: readonly number[]): number {
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? 0;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? 0) + upper) / 2 : upper;
}

/** @returns null when there is nothing but zeros to compare */
function changeBetween(
  before: Thresholds,
  after: Thresholds,
): Omit<ConvergencePoint, 'previousImages' | 'images'> | null {
  // Thresholds only appear: a tensor that was not zero once is not zero throughout.
  const changes = Array.from(after, ([tensor, threshold]) => {
    const earlier = before.get(tensor) ?? 0;
    return { tensor, change: Math.abs(threshold - earlier) / Math.max(threshold, earlier) };
  }).sort((a, b) => a.change - b.change);
  const worst = changes.at(-1);
  if (worst === undefined) return null;
  return {
    medianChange: median(changes.map(({ change }) => change)),
    worstChange: worst.change,
    worstTensor: worst.tensor,
  };
}

interface Snapshot {
  readonly images: number;
  /** One of 8, 16, 32, ...: a point of the curve. Half of the expected number is there for the last point alone. */
  readonly isPoint: boolean;
  readonly thresholds: Thresholds;
}

/** From this ratio of two numbers of images on, what one adds to the other says something. */
const smallestRatio = 1.5;

/** The snapshot that is nearest to half of the images, as a ratio. */
function nearestToHalf(snapshots: readonly Snapshot[], images: number): Snapshot | undefined {
  const distance = (snapshot: Snapshot) => Math.abs(Math.log((2 * snapshot.images) / images));
  return snapshots
    .filter((snapshot) => images >= smallestRatio * snapshot.images)
    .reduce<Snapshot | undefined>(
      (best, each) => (best === undefined || distance(each) < distance(best) ? each : best),
      undefined,
    );
}

/**
 * Gathers the curve while images are observed. Snapshots of the thresholds are taken at 8, 16, 32, ... images and at
 * half of the expected number, so that the last point too compares about twice the images with half of them.
 */
export class ConvergenceCurve {
  readonly #wanted: Pick<Snapshot, 'images' | 'isPoint'>[] = [];
  readonly #snapshots: Snapshot[] = [];

  /** @param expectedImages how many there will be if all of them can be read */
  constructor(expectedImages: number) {
    const half = Math.ceil(expectedImages / 2);
    for (let images = firstSnapshot; images < expectedImages; images *= 2) {
      if (half > images / 2 && half < images && half >= firstSnapshot) {
        this.#wanted.push({ images: half, isPoint: false });
      }
      this.#wanted.push({ images, isPoint: true });
    }
  }

  /** Whether a snapshot is wanted after so many images; a batch may pass over the exact number. */
  isDue(images: number): boolean {
    return images >= (this.#wanted[0]?.images ?? Number.POSITIVE_INFINITY);
  }

  add(images: number, thresholds: Thresholds): void {
    let isPoint = false;
    while (this.isDue(images)) isPoint = this.#wanted.shift()?.isPoint || isPoint;
    this.#snapshots.push({ images, isPoint, thresholds });
  }

  /** The curve, given the thresholds of all images; empty for under 12 images. */
  finish(images: number, thresholds: Thresholds): readonly ConvergencePoint[] {
    const points = this.#snapshots.filter((snapshot) => snapshot.isPoint && snapshot.images < images);
    return [...points, { images, thresholds }].flatMap((end) => {
      const before = nearestToHalf(this.#snapshots, end.images);
      const change = before && changeBetween(before.thresholds, end.thresholds);
      return before && change ? [{ previousImages: before.images, images: end.images, ...change }] : [];
    });
  }
}
