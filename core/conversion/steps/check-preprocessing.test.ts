import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scanImages } from '../../images/image-set.ts';
import type { Specification } from '../specification.ts';
import { type CheckPreprocessingOutput, checkPreprocessing } from './check-preprocessing.ts';
import { prepare } from './prepare.ts';

const root = join(import.meta.dirname, '../../..');
const sample = join(root, 'assets/sample');
// Blood cells are told by their colour, which parts of grey metal are not.
const fixtures = join(root, '../shared/fixtures');
const cells = {
  model: join(fixtures, 'models/cells-yolov5n-416-static.onnx'),
  source: join(fixtures, 'cells/images/val'),
  labels: join(fixtures, 'cells/data.yaml'),
  preprocessing: { width: 416, height: 416 },
};
const hasCells = existsSync(cells.model) && existsSync(cells.labels);
const images = join(sample, 'images/validation');
const sampleLabels = join(sample, 'annotations/validation.json');
/** The sample images are 640 x 480. */
const size = { width: 224, height: 224 };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engineroom-preprocessing-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Trial {
  readonly model?: string;
  readonly source?: string;
  readonly labels?: string;
  readonly limit?: number;
  readonly preprocessing?: Specification['preprocessing'];
  readonly batch?: number;
  readonly signal?: AbortSignal;
}

async function check(trial: Trial): Promise<CheckPreprocessingOutput> {
  const { model = join(sample, 'parts.onnx'), source = images, labels = sampleLabels } = trial;
  const { limit = 8, preprocessing = size, batch = 1, signal } = trial;
  const set = await scanImages(source, { limit });
  const enginePath = join(folder, 'prepared.onnx');
  const { facts } = await prepare(
    {
      modelPath: model,
      preparedPath: enginePath,
      batch,
      threads: 1,
      layout: 'auto',
      preprocessing: { ...size, ...preprocessing },
      evaluation: { set, labels },
    },
    {},
  );
  const detection = { scoreThreshold: 0.001, iouThreshold: 0.6, maxDetections: 300, multiLabel: true };
  return await checkPreprocessing({ enginePath, facts, set, labels, detection }, { signal });
}

/** A few images, by default the sample's, each passed through `change`. */
async function copyImages(
  name: string,
  count: number,
  change: (image: Sharp) => Sharp,
  from = images,
): Promise<string> {
  const copy = join(folder, name);
  await mkdir(copy);
  const { files } = await scanImages(from, { limit: count });
  for (const { path, file } of files) {
    await change(sharp(path)).jpeg({ quality: 95 }).toFile(join(copy, file));
  }
  return copy;
}

const swapRedBlue = (image: Sharp) =>
  image.recomb([
    [0, 0, 1],
    [0, 1, 0],
    [1, 0, 0],
  ]);

describe('checkPreprocessing', () => {
  it('confirms the preprocessing that the model was trained with', async () => {
    const { check: found, pictures } = await check({});
    expect(found).toMatchObject({ images: 8, offered: null });
    expect(found!.variants).toHaveLength(8);
    const [own, ...others] = found!.variants;
    expect(own).toMatchObject({ options: '', preprocessing: { color: 'rgb', resize: 'letterbox' } });
    expect(own!.map5095).toBeGreaterThan(0.3);
    for (const { map5095 } of others) expect(map5095).toBeLessThan(own!.map5095 + 0.05);
    expect(pictures).toHaveLength(1);
  });

  it.skipIf(!hasCells)(
    `confirms RGB, and offers --color bgr where the images have red and blue swapped${hasCells ? '' : ' (skipped: no fixtures)'}`,
    async () => {
      const right = await check(cells);
      expect(right.check!.offered).toBeNull();
      const source = await copyImages('swapped', 8, swapRedBlue, cells.source);
      const { check: found, pictures } = await check({ ...cells, source });
      expect(found!.offered).toBe('--color bgr');
      const reached = (options: string) => found!.variants.find((each) => each.options === options)!.map5095;
      // What was saved as JPEG once more is a little less than the original.
      expect(reached('--color bgr')).toBeGreaterThan(0.9 * right.check!.variants[0]!.map5095);
      expect(reached('')).toBeLessThan(0.3);
      expect(pictures.map(({ options }) => options)).toEqual(['', '--color bgr']);
    },
  );

  it('offers the way back from a wrong scale', async () => {
    const { check: found } = await check({ limit: 6, preprocessing: { ...size, scale: 1 } });
    expect(found!.offered).toBe(`--scale ${1 / 255}`);
  });

  it('gives the same figures with several images in a call', async () => {
    const single = await check({ limit: 5 });
    const batched = await check({ limit: 5, batch: 3 });
    for (const [i, { options, map5095 }] of single.check!.variants.entries()) {
      expect(batched.check!.variants[i]).toMatchObject({ options });
      expect(batched.check!.variants[i]!.map5095).toBeCloseTo(map5095, 3);
    }
  });

  it('leaves out ways of resizing that come to the same, and images that cannot be read', async () => {
    const { check: found } = await check({ limit: 5, preprocessing: { width: 256, height: 192 } });
    expect(found!.variants.map(({ options }) => options)).toEqual([
      '',
      '--color bgr',
      '--scale 1',
      '--color bgr --scale 1',
    ]);
    const source = await copyImages('broken', 6, (image) => image);
    const [first] = (await scanImages(source)).files;
    await writeFile(first!.path, 'no picture');
    const { check: rest, pictures } = await check({ source });
    expect(rest!.images).toBe(5);
    expect(pictures[0]!.file).not.toBe(first!.file);
  });

  it('draws the input with its border, in the order of its planes, and the labels in their places', async () => {
    const source = await copyImages('one', 1, (image) => image);
    const { pictures } = await check({ source, preprocessing: { ...size, pad: 200 } });
    const [{ source: uri, boxes, preprocessing }] = pictures as [
      CheckPreprocessingOutput['pictures'][number],
    ];
    expect(preprocessing).toMatchObject({ width: 224, height: 224, scale: 1 / 255 });
    const jpeg = Buffer.from(uri.replace('data:image/jpeg;base64,', ''), 'base64');
    const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: 224, height: 224, channels: 3 });
    // 640 x 480 becomes 224 x 168, so 28 rows of border lie above and below.
    for (const at of [0, 3 * 224 * 10, 3 * 224 * 223]) expect(Math.abs(data[at]! - 200)).toBeLessThan(4);
    const [file] = (await scanImages(source)).files;
    const expected = await sharp(file!.path).resize(224, 168, { fit: 'fill' }).removeAlpha().raw().toBuffer();
    let difference = 0;
    for (let i = 0; i < expected.length; i++) difference += Math.abs(expected[i]! - data[3 * 224 * 28 + i]!);
    expect(difference / expected.length).toBeLessThan(6);
    expect(boxes.length).toBeGreaterThan(0);
    for (const { x1, y1, x2, y2 } of boxes) {
      expect(Math.min(x1, x2 - x1, y2 - y1)).toBeGreaterThanOrEqual(0);
      expect(y1).toBeGreaterThanOrEqual(28);
      expect(y2).toBeLessThanOrEqual(196);
    }
  });

  it('ends when it is cancelled', async () => {
    await expect(check({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
  });
});
