import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ImageSet, scanImages } from '../../images/image-set.ts';
import { defaultPreprocessing } from '../../images/preprocessing.ts';
import { serialiseModel } from '../../onnx/model-file.ts';
import { floatTensor } from '../../onnx/tensors.ts';
import { convertToHalfPrecision } from '../../quantization/half-precision.ts';
import { smallDetector } from '../../quantization/testing/small-detector.ts';
import type { EngineFacts } from '../run-inputs.ts';
import { makeMagnitudeProbe, observeMagnitudes } from './magnitudes.ts';

const facts: EngineFacts = {
  preprocessing: { ...defaultPreprocessing(8, 8), resize: 'stretch' },
  layout: { kind: 'none', outputs: [], classCount: 0, classNames: [], reason: 'not needed' },
  batch: 1,
  dynamicBatch: false,
  threads: 1,
};

let folder: string;
let set: ImageSet;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engineroom-magnitudes-'));
  const grey = (value: number) => ({
    create: { width: 8, height: 8, channels: 3 as const, background: { r: value, g: value, b: value } },
  });
  await sharp(grey(0)).png().toFile(join(folder, 'black.png'));
  await sharp(grey(255)).png().toFile(join(folder, 'white.png'));
  set = await scanImages(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A small detector whose Sigmoid-gated stem goes beyond 65504 on bright images, and on no other. */
function overflowing() {
  const model = smallDetector();
  const { initializer } = model.proto.graph!;
  const replace = (name: string, dims: number[], values: Float32Array) => {
    initializer[initializer.findIndex((tensor) => tensor.name === name)] = floatTensor(name, dims, values);
  };
  // 27 weights of 10,000 over an image of ones make 270,000 inside, and zeros make the bias of 1.
  replace('stem_w', [4, 3, 3, 3], new Float32Array(108).fill(10_000));
  replace('stem_b', [4], new Float32Array(4).fill(1));
  return model;
}

describe('observeMagnitudes', () => {
  const observe = (model = smallDetector(), known = new Map<string, number>()) =>
    observeMagnitudes(model, known, { set, facts, probePath: join(folder, 'probe.onnx') }, {});

  it('sees every float tensor of the body, whether it is quantized or not, and none of the decode', async () => {
    const seen = await observe();
    const body = ['images', 'stem_x', 'stem_s', 'stem', 'a', 'b', 'sum', 'pooled', 'joined', 'c', 'raw'];
    for (const tensor of body) expect(seen.get(tensor), tensor).toBeGreaterThan(0);
    for (const tensor of ['rows', 'unit', 'out']) expect(seen.has(tensor), tensor).toBe(false);
    expect(seen.get('images')).toBe(1);
    expect(seen.get('stem_s')).toBeLessThanOrEqual(1);
    expect(existsSync(join(folder, 'probe.onnx'))).toBe(false);
  });

  it('keeps the larger of what was known and what it sees', async () => {
    const seen = await observe(
      smallDetector(),
      new Map([
        ['images', 0.25],
        ['sum', 1e6],
      ]),
    );
    expect(seen.get('images')).toBe(1);
    expect(seen.get('sum')).toBe(1e6);
  });

  it('leads to float32 for a node whose activation exceeds 65504 on one image, and to its name', async () => {
    const model = overflowing();
    const dark = await observeMagnitudes(
      model,
      new Map(),
      {
        set: { ...set, files: set.files.filter(({ file }) => file === 'black.png') },
        facts,
        probePath: join(folder, 'probe.onnx'),
      },
      {},
    );
    expect(convertToHalfPrecision(model, { observedAbsMax: dark }).overflows).toEqual([]);

    const { overflows, leftInFloat } = convertToHalfPrecision(model, {
      observedAbsMax: await observe(model),
    });
    expect(overflows).toContainEqual({ tensor: 'stem_x', value: 270_001, node: 'stem_conv' });
    const kept = new Map(leftInFloat.map(({ name, reason }) => [name, reason]));
    expect(kept.get('stem_conv')).toMatch(/stem_x reached 270001/);
    // Its readers too; the gate's own result of at most 1 fits.
    expect(kept.has('stem_sigmoid')).toBe(true);
    expect(overflows.map(({ tensor }) => tensor)).not.toContain('stem_s');
  });

  it('is stopped by an abort', async () => {
    const controller = new AbortController();
    controller.abort();
    const probePath = join(folder, 'probe.onnx');
    await expect(
      observeMagnitudes(smallDetector(), new Map(), { set, facts, probePath }, { signal: controller.signal }),
    ).rejects.toMatchObject({ code: 'cancelled' });
    expect(existsSync(probePath)).toBe(false);
  });

  it.each([11, 13, 17, 18, 21])('makes a probe that loads at opset %i', async (opset) => {
    const { model } = makeMagnitudeProbe(smallDetector(opset));
    await InferenceSession.create(serialiseModel(model.proto), { logSeverityLevel: 3 });
  });
});
