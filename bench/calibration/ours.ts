/** Calibrates and quantizes one model in this process and prints seconds and peak memory, for calibration.ts. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { rangeMethods } from '../../core/calibration/ranges.ts';
import { calibrate } from '../../core/conversion/steps/calibrate.ts';
import { type ImageSet, scanImages } from '../../core/images/image-set.ts';
import { defaultPreprocessing } from '../../core/images/preprocessing.ts';
import { readModel, writeModel } from '../../core/onnx/model-file.ts';
import { insertQuantization } from '../../core/quantization/insert.ts';
import { planQuantization } from '../../core/quantization/plan.ts';

const size = 416;

const [modelPath, images, count, method, out] = z
  .tuple([z.string(), z.string(), z.coerce.number().int().positive(), z.enum(rangeMethods), z.string()])
  .parse(process.argv.slice(2));

/** The first `length` images by name, from the start again when there are fewer. */
function repeated(set: ImageSet, length: number): ImageSet {
  const files = Array.from({ length }, (_, i) => set.files[i % set.files.length]);
  return { ...set, files: files.filter((file) => file !== undefined) };
}

const folder = await mkdtemp(join(tmpdir(), 'calibration-bench-'));
try {
  const begin = performance.now();
  const model = await readModel(modelPath);
  const calibrated = await calibrate(
    {
      preparedPath: modelPath,
      modelSha256: model.sha256,
      observedPath: join(folder, 'observed.onnx'),
      facts: {
        preprocessing: defaultPreprocessing(size, size),
        layout: {
          kind: 'none',
          outputs: [],
          classCount: 0,
          classNames: [],
          reason: 'not needed to calibrate',
        },
        batch: 1,
        dynamicBatch: false,
        threads: 2,
      },
      set: repeated(await scanImages(images), count),
      method: { method },
      cachePath: join(folder, 'absent.json'),
      reuseStale: false,
      rangesPath: join(folder, 'calibration.json'),
    },
    {},
  );
  const thresholds = new Map(calibrated.ranges.map(({ tensor, threshold }) => [tensor, threshold]));
  const quantized = await insertQuantization(model, planQuantization(model), thresholds);
  await writeModel(quantized.model, out);
  console.log(
    JSON.stringify({
      images: calibrated.images,
      seconds: (performance.now() - begin) / 1000,
      peakRssBytes: process.resourceUsage().maxRSS * 1024,
      calibrationSeconds: calibrated.seconds,
      calibrationPeakRssBytes: calibrated.peakRssBytes,
      tensors: calibrated.ranges.length,
    }),
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
