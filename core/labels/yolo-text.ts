/** One YOLO label file as boxes, line by line. */

import type { ImageSize } from './image-sizes.ts';

export type YoloLine =
  | {
      readonly line: number;
      readonly classIndex: number;
      readonly x1: number;
      readonly y1: number;
      readonly x2: number;
      readonly y2: number;
    }
  | { readonly line: number; readonly problem: string };

/** Shares of the image beyond this are no rounding and no overhang: the file holds pixels. */
const largestShare = 2;

/**
 * `class cx cy w h` in shares of the image, or `class x1 y1 x2 y2 x3 y3 ...` for a polygon, whose bounding box is
 * taken; empty lines are passed over. Corners come in pixels of an image of `size`, not clipped.
 */
export function parseYolo(text: string, size: ImageSize): YoloLine[] {
  return text.split(/\r\n|\n|\r/).flatMap((content, index): YoloLine[] => {
    const trimmed = content.trim();
    return trimmed === '' ? [] : [parseLine(trimmed, index + 1, size)];
  });
}

function parseLine(content: string, line: number, size: ImageSize): YoloLine {
  const fields = content.split(/\s+/);
  const values = fields.map(Number);
  const wrong = fields.find((_, i) => !Number.isFinite(values[i]));
  if (wrong !== undefined) return { line, problem: `"${wrong.slice(0, 40)}" is not a number` };
  const [classIndex = -1, ...shares] = values;
  if (!Number.isInteger(classIndex) || classIndex < 0) {
    return { line, problem: `class ${classIndex} is not a whole number from 0` };
  }
  const isPolygon = shares.length >= 6 && shares.length % 2 === 0;
  if (shares.length !== 4 && !isPolygon) {
    return {
      line,
      problem: `${fields.length} values where 5 (class, centre x, centre y, width, height) are expected`,
    };
  }
  if (shares.some((share) => Math.abs(share) > largestShare)) {
    return { line, problem: 'coordinates are not shares of the image from 0 to 1' };
  }
  const [cx = 0, cy = 0, w = 0, h = 0] = shares;
  const xs = isPolygon ? shares.filter((_, i) => i % 2 === 0) : [cx - w / 2, cx + w / 2];
  const ys = isPolygon ? shares.filter((_, i) => i % 2 === 1) : [cy - h / 2, cy + h / 2];
  // A negative width or height stays one, so that it is dropped as a box without area.
  const [left = 0, right = 0] = isPolygon ? [Math.min(...xs), Math.max(...xs)] : xs;
  const [top = 0, bottom = 0] = isPolygon ? [Math.min(...ys), Math.max(...ys)] : ys;
  return {
    line,
    classIndex,
    x1: left * size.width,
    y1: top * size.height,
    x2: right * size.width,
    y2: bottom * size.height,
  };
}
