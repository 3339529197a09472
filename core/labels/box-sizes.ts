/** How large labelled boxes are, in bins for a chart. */

export interface SizeHistogram {
  /** Pixels, ascending from 0; one more than `counts`. Bin i holds sizes from edges[i] to under edges[i + 1]. */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

/** Finer where boxes are small and detectors fail; 32 and 96 are the bounds of COCO's size classes. */
const usualEdges = [0, 8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512];

/**
 * Of the square roots of box areas in pixels, without gaps, up to the first edge beyond the largest box. Above 512 the
 * edges double. Boxes without area and sizes that are no numbers are not counted.
 * @param corners x1, y1, x2, y2 of each box
 */
export function boxSizeHistogram(corners: Float32Array | Float64Array): SizeHistogram {
  const sides: number[] = [];
  let largest = 0;
  const sizeAt = (at: number): number => {
    const width = (corners[at + 2] ?? 0) - (corners[at] ?? 0);
    const height = (corners[at + 3] ?? 0) - (corners[at + 1] ?? 0);
    return width > 0 && height > 0 ? Math.sqrt(width * height) : 0;
  };
  for (let at = 0; at < corners.length; at += 4) {
    const size = sizeAt(at);
    if (size > 0 && Number.isFinite(size)) {
      sides.push(size);
      largest = Math.max(largest, size);
    }
  }
  if (sides.length === 0) return { edges: [], counts: [] };
  const edges = [...usualEdges];
  while ((edges.at(-1) ?? 0) <= largest) edges.push((edges.at(-1) ?? 0) * 2);
  const used = edges.findIndex((edge) => edge > largest);
  edges.length = used + 1;
  const counts = new Array<number>(used).fill(0);
  for (const size of sides) {
    let bin = 0;
    while (size >= (edges[bin + 1] ?? Number.POSITIVE_INFINITY)) bin++;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { edges, counts };
}
