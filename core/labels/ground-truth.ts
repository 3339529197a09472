/** The one form that COCO JSON, YOLO text and Pascal VOC labels are read into. */

export interface LabelBox {
  /** Index into `GroundTruth.classes`. */
  readonly classIndex: number;
  /** Corners in pixels of the source image. */
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  /** Area used for COCO's size classes, square pixels: the annotation's own where it has one. */
  readonly area: number;
  /** COCO's crowd regions: matched any number of times, never counted as missed. */
  readonly crowd: boolean;
}

export interface LabelledImage {
  /** File name relative to the image set's root, with forward slashes. */
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly LabelBox[];
}

export interface GroundTruth {
  readonly format: 'coco' | 'yolo' | 'voc';
  /** Class names by index; for COCO the categories in the order of their ids. */
  readonly classes: readonly string[];
  readonly images: readonly LabelledImage[];
  /** What was wrong and how it was dealt with, one sentence each (boxes clipped, ids without image, ...). */
  readonly warnings: readonly string[];
}
