import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readModel } from '../../onnx/model-file.ts';
import { prepareModel } from '../../onnx/passes/prepare.ts';
import { fixturePath } from '../../onnx/testing/fixtures.ts';
import { planQuantization } from '../../quantization/plan.ts';
import { importTensorRtRanges } from './cached-ranges.ts';

const name = 'cells-yolov5n-416-static';
const model = fixturePath(name);
const cache = join(import.meta.dirname, `../../../../shared/tensorrt/golden/${name}.8.5.3.cache`);
const present = existsSync(model) && existsSync(cache);

describe.skipIf(!present)(
  `importTensorRtRanges${present ? '' : ' (skipped: ../shared/tensorrt/golden or ../shared/fixtures is absent)'}`,
  () => {
    it('finds every tensor of our plan in a cache that TensorRT wrote for the same model', async () => {
      const prepared = await prepareModel(await readModel(model));
      const tensors = planQuantization(prepared.model).tensors.map(({ tensor }) => tensor);
      const imported = await importTensorRtRanges(cache, tensors);
      expect(imported!.cache).toEqual({
        calibrator: 'EntropyCalibration2',
        version: 8503,
        scales: 261,
        matched: tensors.length,
      });
      expect(imported!.ranges.map(({ tensor }) => tensor)).toEqual(tensors);
      expect(imported!.ranges.every(({ scale }) => scale > 0)).toBe(true);
    });
  },
);
