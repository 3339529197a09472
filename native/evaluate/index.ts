/** Typed face of the C++ that decodes detector outputs and computes COCO's box evaluation, both off the JS thread. */

import { addon } from '../addon.ts';

/** The numbers of `DetectionLayout` in detection_decoder.h. */
export const decodeLayouts = {
  yolov5: 0,
  yolov8: 1,
  'end-to-end': 2,
  'nms-rows': 3,
  'yolov5-raw': 4,
} as const;

export interface DecodeOutput {
  readonly data: Float32Array;
  /** Sizes; their product is the length of `data`. */
  readonly dims: Float64Array;
  /** For a raw head: w h pairs and the stride, pixels of the network input. Otherwise empty and 0. */
  readonly anchors: Float64Array;
  readonly stride: number;
}

/** The arrays must not change until the promise settles. */
export interface DecodeRequest {
  readonly layout: (typeof decodeLayouts)[keyof typeof decodeLayouts];
  /** 0 when unknown, which end-to-end layouts allow. */
  readonly classCount: number;
  readonly outputs: readonly DecodeOutput[];
  /** [images, 6] gainX, gainY, left, top, source width, source height. */
  readonly transforms: Float64Array;
  readonly scoreThreshold: number;
  readonly iouThreshold: number;
  readonly maxDetections: number;
  readonly multiLabel: boolean;
}

export interface DecodedImage {
  readonly count: number;
  /** [count, 4] corners in source pixels, falling score. */
  readonly boxes: Float32Array;
  readonly scores: Float32Array;
  readonly classes: Int32Array;
  /** NaN and infinite values of this image in each output. */
  readonly nonFinite: Float64Array;
}

export interface DecodedBatch {
  readonly images: readonly DecodedImage[];
  /** Rows over the threshold that name a class or an image that is not there. */
  readonly invalidRows: number;
}

/** Columns of boxes; image i owns rows offsets[i] to offsets[i + 1]. Boxes are corners in source pixels. */
export interface CocoRequest {
  readonly imageCount: number;
  readonly classCount: number;
  readonly truth: {
    readonly offsets: Int32Array;
    readonly classes: Int32Array;
    readonly boxes: Float64Array;
    readonly areas: Float64Array;
    readonly crowds: Uint8Array;
  };
  readonly detections: {
    readonly offsets: Int32Array;
    readonly classes: Int32Array;
    readonly boxes: Float32Array;
    readonly scores: Float32Array;
  };
}

/** Axes of the figures: IoU 0.50 to 0.95 by 0.05; areas all, small, medium, large; at most 1, 10, 100 detections. */
export const cocoAxes = { ious: 10, areas: 4, limits: 3 } as const;

/** -1 where a class has no box to find in an area range. */
export interface CocoFigures {
  /** [class, area, IoU] mean over the 101 recall points, at most 100 detections. */
  readonly precision: Float64Array;
  /** [class, area, limit, IoU] highest recall reached. */
  readonly recall: Float64Array;
  /** [class, area] boxes that count. */
  readonly truths: Int32Array;
}

interface EvaluateAddon {
  decodeDetections(request: DecodeRequest): Promise<DecodedBatch>;
  evaluateCoco(request: CocoRequest): Promise<CocoFigures>;
}

function checked(exports: unknown): EvaluateAddon {
  if (
    typeof exports !== 'object' ||
    exports === null ||
    !('decodeDetections' in exports && typeof exports.decodeDetections === 'function') ||
    !('evaluateCoco' in exports && typeof exports.evaluateCoco === 'function')
  ) {
    throw new Error('The native addon is older than its TypeScript: run "npm run build:native" again.');
  }
  return exports as EvaluateAddon;
}

export const { decodeDetections, evaluateCoco } = checked(addon);
