/** A model, a run and an image set that do not exist, whole enough to be shown. */

import type { ResultOf } from '../../../contract/procedures/index.ts';

export type RunSummary = ResultOf<'runs.submit'>;
export type ModelDetails = ResultOf<'models.open'>;
export type ImageSet = ResultOf<'images.open'>;

export const folderOfModels = '/data/models';

export function fakeModel(overrides: Partial<ModelDetails> = {}): ModelDetails {
  return {
    id: 'model-1',
    path: `${folderOfModels}/parts-yolov8n.onnx`,
    name: 'parts-yolov8n.onnx',
    sha256: '5f0c1d9a7b3e48c2a6d4f1907be2c35840a9d7716c2f4b8ee3d19a50c7b6f284',
    bytes: 12_842_176,
    opset: 17,
    producer: 'pytorch 2.4.1',
    inputs: [{ name: 'images', dtype: 'float32', dims: [1, 3, 640, 640] }],
    outputs: [{ name: 'output0', dtype: 'float32', dims: [1, 10, 8400] }],
    nodeCount: 233,
    parameterCount: 3_006_428,
    operators: [
      { operator: 'Conv', count: 64 },
      { operator: 'Sigmoid', count: 58 },
      { operator: 'Mul', count: 58 },
      { operator: 'Concat', count: 19 },
      { operator: 'Split', count: 9 },
      { operator: 'Add', count: 8 },
      { operator: 'Reshape', count: 5 },
      { operator: 'MaxPool', count: 3 },
      { operator: 'Resize', count: 2 },
    ],
    layout: 'yolov8',
    layoutReason: 'Output output0 is 1x10x8400: four box values and six scores for each of 8400 places.',
    classNames: ['bolt', 'nut', 'washer', 'gear', 'bearing', 'spring'],
    stride: 32,
    inputSize: { width: 640, height: 640 },
    dynamicSize: false,
    dynamicBatch: false,
    problems: [
      {
        severity: 'warning',
        message: 'The batch size is fixed at 1, so throughput is measured for single images only.',
        remedy: 'Export the model with a dynamic batch to measure larger batches.',
      },
    ],
    ...overrides,
  };
}

export function fakeRun(overrides: Partial<RunSummary> = {}): RunSummary {
  return {
    id: 'run-1',
    modelName: 'parts-yolov8n.onnx',
    modelPath: `${folderOfModels}/parts-yolov8n.onnx`,
    out: '/data/engines/parts',
    state: 'done',
    createdAt: '2026-11-20T09:12:00.000Z',
    finishedAt: '2026-11-20T09:16:12.000Z',
    progress: 1,
    step: null,
    secondsLeft: null,
    queuePosition: null,
    error: null,
    figures: [
      {
        precision: 'fp32',
        status: 'ok',
        bytes: 12_842_176,
        p50Ms: 41.2,
        map50: 0.913,
        map5095: 0.702,
        matchedShare: 1,
      },
      {
        precision: 'fp16',
        status: 'ok',
        bytes: 6_430_000,
        p50Ms: 42.9,
        map50: 0.913,
        map5095: 0.702,
        matchedShare: 0.999,
      },
      {
        precision: 'int8',
        status: 'ok',
        bytes: 3_510_000,
        p50Ms: 19.6,
        map50: 0.908,
        map5095: 0.694,
        matchedShare: 0.973,
      },
    ],
    ...overrides,
  };
}

export function fakeSet(source: string, labels: string | null): ImageSet {
  return {
    id: `set:${source}`,
    source,
    labels,
    labelFormat: labels === null ? null : 'coco',
    classNames: labels === null ? [] : ['bolt', 'nut', 'washer'],
    files: 480,
    phase: 'ready',
    examined: 480,
    unreadable: 1,
    duplicates: 2,
    warnings: [],
    error: null,
  };
}
