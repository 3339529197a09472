/** Boxes that a detector found in one image. */

export interface Detections {
  readonly count: number;
  /** [count, 4] corners x1 y1 x2 y2 in pixels of the source image, falling score. */
  readonly boxes: Float32Array;
  /** [count], 0 to 1. */
  readonly scores: Float32Array;
  /** [count], class index. */
  readonly classes: Int32Array;
}
