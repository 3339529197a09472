/** What a model says of itself, in words for people. */

import type { ModelDetails } from '../app/project-store.ts';

type Value = ModelDetails['inputs'][number];

/** `1 × 3 × 640 × 640`; a symbolic size by its name, an unknown one as `?`. */
export function formatDims(dims: Value['dims']): string {
  if (dims.length === 0) return 'scalar';
  return dims.map((dim) => (dim === null ? '?' : String(dim))).join(' × ');
}

const layoutNames: Readonly<Record<ModelDetails['layout'], string>> = {
  yolov5: 'YOLOv5',
  yolov8: 'YOLOv8 style',
  'end-to-end': 'End to end',
  'nms-rows': 'Rows after NMS',
  'yolov5-raw': 'YOLOv5 raw heads',
  none: 'No known detector',
};

export function layoutName(layout: ModelDetails['layout']): string {
  return layoutNames[layout];
}

/** What a known layout holds, one sentence. */
export function layoutMeaning(layout: ModelDetails['layout']): string {
  switch (layout) {
    case 'yolov5':
      return 'Centre, size, objectness and class scores for each candidate; NMS runs outside of the model.';
    case 'yolov8':
      return 'Centre, size and class scores for each candidate; NMS runs outside of the model.';
    case 'end-to-end':
      return 'Corners, score and class of each detection; nothing is left to do outside of the model.';
    case 'nms-rows':
      return 'One row for each detection, after the NMS inside the model.';
    case 'yolov5-raw':
      return 'Three heads before sigmoid and grid arithmetic, which run outside of the model.';
    case 'none':
      return 'It can be converted and timed; accuracy and agreement need boxes and are left out.';
  }
}

/** The input size of the model and how firm it is. */
export function inputSizeWords(model: Pick<ModelDetails, 'inputSize' | 'dynamicSize' | 'dynamicBatch'>): {
  readonly value: string;
  readonly note: string;
} {
  const value = model.inputSize === null ? 'open' : `${model.inputSize.width} × ${model.inputSize.height}`;
  const size = model.dynamicSize ? (model.inputSize === null ? 'any size' : 'others possible') : 'fixed';
  return { value, note: `${size}, ${model.dynamicBatch ? 'any batch' : 'batch fixed'}` };
}

/** Errors first, then warnings, each in their given order. */
export function sortedProblems(problems: ModelDetails['problems']): ModelDetails['problems'] {
  return [
    ...problems.filter(({ severity }) => severity === 'error'),
    ...problems.filter(({ severity }) => severity !== 'error'),
  ];
}
