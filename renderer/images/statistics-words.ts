/** What the statistics of a set say: bars ready to be drawn, and sentences on what stands out. */

import { formatCount, formatShare } from '../design/format.ts';
import type { ImageStatistics } from './image-types.ts';
import { plural } from './set-words.ts';

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** Beside the value, e.g. in how many images. */
  readonly note: string;
}

export function classBars({ classes }: ImageStatistics): readonly Bar[] {
  return classes.map(({ name, boxes, images }) => ({
    label: name,
    value: boxes,
    note: `in ${plural(images, 'image')}`,
  }));
}

const pixels = (edge: number) =>
  edge >= 10 ? String(Math.round(edge)) : edge.toFixed(1).replace(/\.0$/, '');

export function sizeBars({ boxSizes: { edges, counts } }: ImageStatistics): readonly Bar[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((value, bin) => ({
    label: `${pixels(edges[bin] ?? 0)} to ${pixels(edges[bin + 1] ?? 0)} px`,
    value,
    note: total === 0 ? '' : formatShare(value / total),
  }));
}

export function imageSizeBars({ imageSizes }: ImageStatistics, most = 12): readonly Bar[] {
  const sorted = [...imageSizes].sort((a, b) => b.images - a.images);
  const total = sorted.reduce((sum, { images }) => sum + images, 0);
  const bars = sorted.slice(0, most).map(({ width, height, images }) => ({
    label: `${width} × ${height}`,
    value: images,
    note: formatShare(images / total),
  }));
  const rest = sorted.slice(most);
  if (rest.length > 0) {
    const images = rest.reduce((sum, { images }) => sum + images, 0);
    bars.push({
      label: `${formatCount(rest.length)} other sizes`,
      value: images,
      note: formatShare(images / total),
    });
  }
  return bars;
}

/** Classes with less than a twentieth of the boxes that an even share would give them. */
const rareBelow = 0.05;
const smallBox = 16;

/** What to look at before trusting an average over classes. */
export function statisticsRemarks(statistics: ImageStatistics): readonly string[] {
  const { classes, boxes, boxSizes } = statistics;
  const remarks: string[] = [];
  const absent = classes.filter((entry) => entry.boxes === 0).map(({ name }) => name);
  if (absent.length > 0) {
    remarks.push(
      `${absent.length === 1 ? 'One class has' : `${absent.length} classes have`} no box here and will not count for mAP: ${listed(absent)}.`,
    );
  }
  const evenShare = boxes / Math.max(1, classes.length);
  const rare = classes.filter((entry) => entry.boxes > 0 && entry.boxes < evenShare * rareBelow);
  if (rare.length > 0) {
    remarks.push(
      `Rare: ${listed(rare.map(({ name }) => name))}. A single box more or less moves the precision of such a class.`,
    );
  }
  const small = boxSizes.counts.reduce(
    (sum, count, bin) =>
      sum + ((boxSizes.edges[bin + 1] ?? Number.POSITIVE_INFINITY) <= smallBox ? count : 0),
    0,
  );
  if (boxes > 0 && small / boxes > 0.25) {
    remarks.push(
      `${formatShare(small / boxes)} of the boxes are smaller than ${smallBox} by ${smallBox} pixels: look at the input size before blaming a precision.`,
    );
  }
  return remarks;
}

function listed(names: readonly string[], most = 6): string {
  if (names.length <= most) return names.join(', ');
  return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}
