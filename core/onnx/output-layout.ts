/** What the numbers in a detector's outputs mean. */

export const layoutKinds = ['yolov5', 'yolov8', 'end-to-end', 'nms-rows', 'yolov5-raw', 'none'] as const;

/**
 * - `yolov5`: [B, N, 5+C], centre x, centre y, width, height, objectness, class scores;
 * - `yolov8`: [B, 4+C, N], centre x, centre y, width, height, class scores;
 * - `end-to-end`: [B, K, 6], corners, score, class; rows of score 0 are padding;
 * - `nms-rows`: [M, 7], image index, corners, class, score (ONNX NonMaxSuppression inside);
 * - `yolov5-raw`: three heads [B, A*(5+C), H, W] or [B, A, H, W, 5+C] before sigmoid and grid arithmetic;
 * - `none`: not a detector that we know; conversion works, accuracy does not.
 * Boxes are in pixels of the network input.
 */
export type LayoutKind = (typeof layoutKinds)[number];

export interface OutputLayout {
  readonly kind: LayoutKind;
  /** Names of the outputs that hold it, in order (one, except for `yolov5-raw`). */
  readonly outputs: readonly string[];
  /** Number of classes, 0 when `kind` is `none`. */
  readonly classCount: number;
  /** Class names by index; `class 0`, ... where the model has none. */
  readonly classNames: readonly string[];
  /** Why this layout was chosen, one sentence. */
  readonly reason: string;
  /** For `yolov5-raw`: anchors in input pixels for each head, [w, h] pairs, and the heads' strides. */
  readonly anchors?: readonly (readonly (readonly [number, number])[])[];
  readonly strides?: readonly number[];
}
