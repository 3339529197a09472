import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ImageSet, scanImages } from '../../images/image-set.ts';
import { defaultPreprocessing } from '../../images/preprocessing.ts';
import { type OnnxModel, writeModel } from '../../onnx/model-file.ts';
import { floatTensor } from '../../onnx/tensors.ts';
import { smallDetector } from '../../quantization/testing/small-detector.ts';
import type { EngineFacts } from '../run-inputs.ts';
import { observeActivations } from './observe-activations.ts';
import { withExtremes, withOutputs } from './observed-model.ts';

const tensors = ['images', 'stem', 'a', 'sum', 'joined', 'c'];
const facts: EngineFacts = {
  preprocessing: defaultPreprocessing(8, 8),
  layout: { kind: 'none', outputs: [], classCount: 0, classNames: [], reason: 'not needed to calibrate' },
  batch: 1,
  dynamicBatch: false,
  threads: 1,
};

describe('observeActivations with extremes alone', () => {
  let folder = '';
  let set: ImageSet;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'engineroom-extremes-'));
    for (let i = 0; i < 12; i++) {
      const background = { r: (i * 53) % 256, g: (i * 91) % 256, b: (i * 17) % 256 };
      const noise = { type: 'gaussian' as const, mean: 128, sigma: 20 + i };
      await sharp({ create: { width: 20 + i, height: 16, channels: 3, background, noise } })
        .png()
        .toFile(join(folder, `${i}.png`));
    }
    set = await scanImages(folder);
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function observe(model: OnnxModel, extremesOnly: boolean) {
    const observedPath = join(folder, 'observed.onnx');
    const watched = withExtremes(model, tensors);
    await writeModel(extremesOnly ? watched.model : withOutputs(model, tensors), observedPath);
    return await observeActivations(
      { observedPath, extremes: extremesOnly ? watched.extremes : null, facts, set },
      tensors,
      new Map([['key', { method: 'minmax' as const }]]),
      {},
    );
  }

  it('gives the ranges and the curve that whole tensors give, and no histograms of activations', async () => {
    const [short, whole] = [await observe(smallDetector(), true), await observe(smallDetector(), false)];
    expect(short.byKey.get('key')).toEqual(whole.byKey.get('key'));
    expect(short.byKey.get('key')?.ranges.map(({ tensor }) => tensor)).toEqual(tensors);
    expect(short.histograms.size).toBe(0);
    expect(whole.histograms.size).toBe(tensors.length);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])(
    'names the tensor in which a value is %s',
    async (value) => {
      const model = smallDetector();
      const initializers = model.proto.graph!.initializer;
      const bias = initializers.findIndex(({ name }) => name === 'c_b');
      initializers[bias] = floatTensor('c_b', [8], Float32Array.of(0, 0, 0, value, 0, 0, 0, 0));
      await expect(observe(model, true)).rejects.toMatchObject({
        code: 'bad-input',
        message: expect.stringMatching(/The activation c has/),
      });
    },
  );
});
