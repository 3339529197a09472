import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scanImages } from '../../images/image-set.ts';
import { writeModel } from '../../onnx/model-file.ts';
import { dividingDetector } from '../testing/dividing-detector.ts';
import { type EvaluateOutput, evaluate } from './evaluate.ts';
import { prepare } from './prepare.ts';

const sample = join(import.meta.dirname, '../../../assets/sample');
const size = 224;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engineroom-evaluate-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function evaluateModel(
  modelPath: string,
  images: string,
  labels: string | null,
): Promise<EvaluateOutput> {
  const set = await scanImages(images);
  const evaluation = { set, labels };
  const preparedPath = join(folder, 'prepared.onnx');
  const { facts } = await prepare(
    {
      modelPath,
      preparedPath,
      batch: 1,
      threads: 1,
      layout: 'auto',
      preprocessing: { width: size, height: size },
      evaluation,
    },
    {},
  );
  return await evaluate(
    {
      precision: 'fp32',
      enginePath: preparedPath,
      facts,
      evaluation,
      detection: { scoreThreshold: 0.001, iouThreshold: 0.6, maxDetections: 300, multiLabel: true },
      detectionsPath: join(folder, 'detections.json'),
      referencePath: null,
      keepPath: null,
      agreementScore: 0.25,
    },
    {},
  );
}

/** A YOLO data set of the first images of the sample, of which `broken` have been spoilt. */
async function copySample(name: string, spoil: (image: Buffer) => Buffer | null): Promise<string> {
  const root = join(folder, name);
  for (const part of ['images', 'labels']) await mkdir(join(root, part, 'validation'), { recursive: true });
  await copyFile(join(sample, 'data.yaml'), join(root, 'data.yaml'));
  const names = (await readdir(join(sample, 'images/validation'))).sort().slice(0, 6);
  for (const [i, file] of names.entries()) {
    const image = await readFile(join(sample, 'images/validation', file));
    const kept = i === 2 ? spoil(image) : image;
    if (kept !== null) await writeFile(join(root, 'images/validation', file), kept);
    const text = file.replace(/\.jpg$/, '.txt');
    await copyFile(join(sample, 'labels/validation', text), join(root, 'labels/validation', text));
  }
  return root;
}

describe('evaluate', () => {
  const coco = join(sample, 'annotations/validation.json');
  const inBothForms = async (root: string) => {
    const images = join(root, 'images/validation');
    const model = join(sample, 'parts.onnx');
    const byYolo = await evaluateModel(model, images, join(root, 'data.yaml'));
    const byCoco = await evaluateModel(model, images, coco);
    return [byYolo, byCoco] as const;
  };

  it.each([
    ['is no image at all', () => Buffer.from('no picture')],
    ['is cut off in the middle', (image: Buffer) => image.subarray(0, image.length >> 1)],
  ])('leaves out an image that %s, whatever form the labels have', async (what, spoil) => {
    const whole = await inBothForms(await copySample(`without ${what}`, () => null));
    const broken = await inBothForms(await copySample(`with ${what}`, spoil));
    const [byYolo, byCoco] = broken;
    for (const [form, found] of broken.entries()) {
      expect(found.images).toBe(5);
      expect(found.unreadable.map(({ file }) => file)).toEqual(['parts_0003.jpg']);
      expect(found.accuracy!.images).toBe(5);
      expect(found.labels!.images).toBe(5);
      expect(found.accuracy).toEqual(whole[form]!.accuracy);
    }
    expect(byCoco.accuracy!.map50).toBeGreaterThan(0.3);
    // YOLO text rounds coordinates, which moves no match on this set.
    expect(byYolo.accuracy!.map50).toBeCloseTo(byCoco.accuracy!.map50!, 6);
    expect(byYolo.accuracy!.map5095).toBeCloseTo(byCoco.accuracy!.map5095!, 6);
    expect(byYolo.labels!.boxes).toBe(byCoco.labels!.boxes);
  });

  it('names image and tensor of outputs that are not finite', async () => {
    const images = join(folder, 'some-black');
    await mkdir(images);
    await copyFile(join(sample, 'images/validation/parts_0001.jpg'), join(images, 'good.jpg'));
    const black = { width: size, height: size, channels: 3 as const, background: 'black' };
    await sharp({ create: black }).png().toFile(join(images, 'black.png'));
    const model = join(folder, 'divides.onnx');
    await writeModel(await dividingDetector(join(sample, 'parts.onnx')), model);
    const { nonFinite, images: count } = await evaluateModel(model, images, null);
    expect(count).toBe(2);
    expect(nonFinite).toEqual([
      { file: 'black.png', outputs: [{ tensor: 'output0', count: expect.any(Number) }] },
    ]);
    expect(nonFinite[0]!.outputs[0]!.count).toBeGreaterThan(100);
  });
});
