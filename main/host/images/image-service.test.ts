import { linkSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { appendFile, copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  imageFilterSchema,
  imageItemSchema,
  imageSetSchema,
  imageStatisticsSchema,
} from '../../../contract/procedures/images.ts';
import { scanImages } from '../../../core/images/image-set.ts';
import { labelStatistics } from '../../../core/labels/class-statistics.ts';
import { readLabels } from '../../../core/labels/read-labels.ts';
import { built, call, root, type TestContext, testContext, whyNotBuilt } from '../testing/service-context.ts';
import { createImageService } from './image-service.ts';

const sample = join(root, 'assets', 'sample');
const validation = join(sample, 'images', 'validation');
const coco = join(sample, 'annotations', readdirSync(join(sample, 'annotations'))[0] as string);

describe.skipIf(!built)(`image service${whyNotBuilt}`, () => {
  let context: TestContext;
  let service: ReturnType<typeof createImageService>;

  beforeEach(async () => {
    context = await testContext();
    service = createImageService(context);
  });
  afterEach(() => context.end());

  const open = (source: string, labels: string | null = null, classNames: string[] = []) =>
    service.procedures['images.open']({ source, labels, classNames }, call);
  const page = (set: string, filter: object = {}, offset = 0, limit = 500) =>
    service.procedures['images.page']({ set, offset, limit, filter: imageFilterSchema.parse(filter) }, call);
  const files = async (set: string, filter: object) =>
    (await page(set, filter)).items.map(({ file }) => file);

  /** Watches a set to its end and returns all states that were told. */
  async function watched(set: string) {
    const states = [];
    for await (const state of service.streams['images.watch']({ set }, call)) {
      states.push(imageSetSchema.parse(state));
      if (state.phase === 'ready' || state.phase === 'failed') break;
    }
    return states;
  }
  const finished = async (source: string, labels: string | null = null) => {
    const { id } = await open(source, labels);
    const last = (await watched(id)).at(-1);
    if (last === undefined) throw new Error('no state was told');
    return last;
  };

  /** 12 files: 6 different pictures, 2 repeats, a text, an empty file, a cut-off JPEG, one with a non-Latin name. */
  async function mixedFolder(): Promise<string> {
    const folder = join(context.folder, 'mixed set');
    await mkdir(join(folder, 'sub'), { recursive: true });
    const names = readdirSync(validation).filter((name) => name.endsWith('.jpg'));
    for (const [i, name] of names.slice(0, 6).entries()) {
      await copyFile(join(validation, name), join(folder, `p${i}.jpg`));
    }
    await copyFile(join(folder, 'p1.jpg'), join(folder, 'sub', 'again.jpg'));
    await copyFile(join(folder, 'p1.jpg'), join(folder, 'z.jpg'));
    await writeFile(join(folder, 'text.jpg'), 'no picture at all');
    await writeFile(join(folder, 'empty.png'), '');
    const whole = readFileSync(join(folder, 'p0.jpg'));
    await writeFile(join(folder, 'cut.jpg'), whole.subarray(0, whole.length / 2));
    await copyFile(join(validation, names[7] as string), join(folder, '写真 é.jpg'));
    return folder;
  }

  it('goes through its phases, and counts the sample with its labels as core does', async () => {
    const { id } = await open(validation, coco);
    const states = await watched(id);
    const phases = states.map(({ phase }) => phase);
    expect(phases.at(-1)).toBe('ready');
    const expected = await readLabels(coco, await scanImages(validation));
    expect(states.at(-1)).toMatchObject({
      labelFormat: 'coco',
      classNames: expected.classes,
      files: 64,
      examined: 64,
      unreadable: 0,
      duplicates: 0,
      error: null,
    });

    const statistics = imageStatisticsSchema.parse(
      await service.procedures['images.statistics']({ set: id }, call),
    );
    const { classes, boxes } = labelStatistics(expected);
    expect(statistics.boxes).toBe(boxes);
    expect(statistics.classes).toEqual(classes.map(({ name, boxes, images }) => ({ name, boxes, images })));
    expect(statistics.boxSizes.counts.reduce((sum, count) => sum + count, 0)).toBe(boxes);
    expect(statistics.imageSizes.reduce((sum, { images }) => sum + images, 0)).toBe(64);

    const { items, total } = await page(id, { classIndex: 2 });
    const withWasher = expected.images.filter(({ boxes }) =>
      boxes.some(({ classIndex }) => classIndex === 2),
    );
    expect(total).toBe(withWasher.length);
    expect(items.map(({ file }) => file)).toEqual(withWasher.map(({ file }) => file));
    for (const item of items.slice(0, 5)) {
      imageItemSchema.parse(item);
      const truth = expected.images.find(({ file }) => file === item.file);
      expect(item).toMatchObject({ width: truth?.width, height: truth?.height, labels: truth?.boxes.length });
      const answer = await service.procedures['images.boxes']({ set: id, index: item.index }, call);
      expect(answer.boxes).toHaveLength(truth?.boxes.length ?? -1);
      expect(answer.boxes[0]?.x1).toBeCloseTo(truth?.boxes[0]?.x1 ?? Number.NaN, 3);
    }
  });

  it.each([
    ['YOLO text', join(sample, 'labels', 'validation'), 'yolo'],
    ['a data.yaml', join(sample, 'data.yaml'), 'yolo'],
  ])('reads labels from %s', async (_what, labels, format) => {
    const state = await finished(validation, labels);
    expect(state).toMatchObject({ labelFormat: format, classNames: ['bolt', 'nut', 'washer', 'gear'] });
    expect((await page(state.id)).items.every(({ labels: count }) => count !== null)).toBe(true);
  });

  it('marks unreadable files and duplicates, with reasons, and filters by them', async () => {
    const folder = await mixedFolder();
    const state = await finished(folder);
    expect(state).toMatchObject({ phase: 'ready', files: 12, unreadable: 3, duplicates: 2 });
    expect(await files(state.id, { state: 'unreadable' })).toEqual(['cut.jpg', 'empty.png', 'text.jpg']);
    const { items } = await page(state.id, { state: 'duplicate' });
    expect(items.map(({ file, reason }) => ({ file, reason }))).toEqual([
      { file: 'sub/again.jpg', reason: 'the same contents as p1.jpg' },
      { file: 'z.jpg', reason: 'the same contents as p1.jpg' },
    ]);
    const [cut] = (await page(state.id, { text: 'CUT' })).items;
    expect(cut).toMatchObject({ state: 'unreadable', reason: expect.stringMatching(/JPEG/) });
    expect(await files(state.id, { text: '写真' })).toEqual(['写真 é.jpg']);
    expect((await page(state.id, { state: 'unlabelled' })).total).toBe(12);
    expect((await page(state.id, {}, 10, 5)).items.map(({ index }) => index)).toEqual([10, 11]);
    expect((await page(state.id, {}, 50, 5)).items).toEqual([]);
  });

  it('picks images that differ, leaves duplicates and damaged ones out, and writes them down', async () => {
    const folder = await mixedFolder();
    const { id } = await finished(folder);
    const picked = await service.procedures['images.pick']({ set: id, count: 4 }, call);
    expect(picked.indices).toHaveLength(4);
    expect(picked.reason).toMatch(/^4 images, chosen by what they show/);
    expect(picked.reason).toContain('2 that look the same as another and 3 that cannot be read left out');
    const chosen = await files(id, { state: 'picked' });
    expect(chosen).toHaveLength(4);
    expect(chosen.some((file) => /text|empty|cut|again|^z/.test(file))).toBe(false);
    // The list is an image set of its own.
    const list = await scanImages(picked.listFile);
    expect(list.files.map(({ path }) => path)).toEqual(chosen.map((file) => join(folder, file)));
    const again = await service.procedures['images.pick']({ set: id, count: 4 }, call);
    expect(again.indices).toEqual(picked.indices);
    const all = await service.procedures['images.pick']({ set: id, count: 100 }, call);
    expect(all.indices).toHaveLength(7);
    expect(all.reason).toMatch(/^All of the 7 usable images .* fewer than the 100 asked for/);
    // Nothing depends on how far the examination has got.
    const early = await open(folder, null, ['another set']);
    expect(early.id).not.toBe(id);
    const sooner = await service.procedures['images.pick']({ set: early.id, count: 4 }, call);
    expect(sooner.indices).toEqual(picked.indices);
    expect(sooner.reason).toBe(picked.reason);
  });

  it('finds an open set again, but not after its folder changed or it was closed', async () => {
    const folder = await mixedFolder();
    const first = await finished(folder);
    expect((await open(folder)).id).toBe(first.id);
    await copyFile(join(folder, 'p0.jpg'), join(folder, 'new.jpg'));
    const second = await finished(folder);
    expect(second.id).not.toBe(first.id);
    expect(second.files).toBe(13);
    await service.procedures['images.close']({ set: second.id }, call);
    await expect(page(second.id)).rejects.toMatchObject({ code: 'bad-input', remedy: /Open/ });
  });

  it('keeps a set that another window watches until that one leaves', async () => {
    const { id } = await finished(validation);
    const other = service.streams['images.watch']({ set: id }, call)[Symbol.asyncIterator]();
    await other.next();
    await service.procedures['images.close']({ set: id }, call);
    expect((await page(id)).total).toBe(64);
    await other.return?.();
    await expect(page(id)).rejects.toMatchObject({ code: 'bad-input' });
  });

  it('says what is wrong with a source or labels that cannot be used', async () => {
    const empty = join(context.folder, 'empty');
    await mkdir(empty);
    expect(await finished(empty)).toMatchObject({
      phase: 'failed',
      error: { message: expect.stringContaining('is empty'), remedy: expect.stringContaining('JPEG') },
    });
    await expect(open(join(context.folder, 'missing'))).rejects.toMatchObject({ code: 'bad-input' });
    const broken = join(context.folder, 'labels.json');
    await writeFile(broken, '{"images": [');
    const state = await finished(validation, broken);
    expect(state).toMatchObject({ phase: 'ready', labelFormat: null, files: 64 });
    expect(state.warnings.join(' ')).toMatch(/labels are not used.*not valid JSON/);
  });

  it('lets a list name nothing outside of the roots and the data folder', async () => {
    const narrow = await testContext();
    const allowed = join(narrow.folder, 'allowed');
    await mkdir(allowed);
    const guarded = createImageService({ ...narrow, paths: { ...narrow.paths, roots: [allowed] } });
    const [first, second, third] = readdirSync(validation) as [string, string, string];
    await copyFile(join(validation, first), join(allowed, 'inside.jpg'));
    await copyFile(join(validation, third), join(narrow.dataFolder, 'uploaded.jpg'));
    const list = join(allowed, 'list.txt');
    const uploaded = join(narrow.dataFolder, 'uploaded.jpg');
    await writeFile(list, `inside.jpg\n${join(validation, second)}\n${uploaded}\n`);
    const { id } = await guarded.procedures['images.open'](
      { source: list, labels: null, classNames: [] },
      call,
    );
    for await (const state of guarded.streams['images.watch']({ set: id }, call)) {
      if (state.phase !== 'ready') continue;
      expect(state).toMatchObject({
        files: 2,
        warnings: [expect.stringContaining('outside of the allowed')],
      });
      break;
    }
    const { items } = await guarded.procedures['images.page'](
      { set: id, offset: 0, limit: 10, filter: imageFilterSchema.parse({}) },
      call,
    );
    expect(items.map(({ file }) => file)).toEqual(['../data/uploaded.jpg', 'inside.jpg']);
    await narrow.end();
  });

  describe('pictures', () => {
    const picture = (set: string, index: number, width = 160, signal = call.signal) =>
      service.imageFile(set, index, width, signal);

    it('are JPEGs no wider than asked, kept until the file changes', async () => {
      const folder = await mixedFolder();
      const { id } = await finished(folder);
      const index = (await page(id, { text: 'p2' })).items[0]?.index as number;
      const first = await picture(id, index);
      if (first.kind !== 'file') throw new Error('not kept');
      const { format, width } = await sharp(first.path).metadata();
      expect([format, width]).toEqual(['jpeg', 160]);
      expect(first.contentType).toBe('image/jpeg');
      expect(await picture(id, index)).toEqual(first);
      // 170 is rounded to the same width, 320 is not.
      expect(await picture(id, index, 170)).toEqual(first);
      expect(await picture(id, index, 320)).not.toEqual(first);
      await copyFile(join(folder, 'p3.jpg'), join(folder, 'p2.jpg'));
      await appendFile(join(folder, 'p2.jpg'), '\0');
      expect(await picture(id, index)).not.toEqual(first);
    });

    it('asked for by many at once are made once, and stop when nobody waits', async () => {
      const { id } = await finished(validation);
      const answers = await Promise.all(Array.from({ length: 20 }, () => picture(id, 5)));
      expect(new Set(answers.map((answer) => (answer.kind === 'file' ? answer.path : ''))).size).toBe(1);
      const controller = new AbortController();
      const waiting = Array.from({ length: 30 }, (_, i) => picture(id, 10 + i, 480, controller.signal));
      controller.abort();
      for (const outcome of await Promise.allSettled(waiting)) expect(outcome.status).toBe('rejected');
      expect(await picture(id, 20, 480)).toMatchObject({ kind: 'file' });
    });

    it('of files that have gone or are damaged beyond showing end in a sentence', async () => {
      const folder = await mixedFolder();
      const { id } = await finished(folder);
      const indexOf = async (text: string) => (await page(id, { text })).items[0]?.index as number;
      await expect(picture(id, await indexOf('text'))).rejects.toMatchObject({
        code: 'bad-input',
        message: expect.stringMatching(/text\.jpg cannot be shown: the content is not an image/),
      });
      // Half a picture is shown as far as it goes.
      expect(await picture(id, await indexOf('cut'))).toMatchObject({ kind: 'file' });
      const gone = await indexOf('p4');
      await rm(join(folder, 'p4.jpg'));
      await expect(picture(id, gone)).rejects.toMatchObject({
        code: 'bad-input',
        message: expect.stringMatching(/p4\.jpg is no longer there/),
      });
      await expect(picture(id, 999)).rejects.toMatchObject({ code: 'bad-input' });
      await expect(picture('none', 0)).rejects.toMatchObject({ code: 'bad-input' });
    });
  });

  it('lists 5,000 images in their final order and examines them one after the other', async () => {
    const folder = join(context.folder, 'many');
    for (let i = 0; i < 5000; i++) {
      const part = join(folder, `part-${i % 5}`);
      if (i < 5) mkdirSync(part, { recursive: true });
      const to = join(part, `${String(i).padStart(4, '0')}.png`);
      if (i < 40) writeFileSync(to, await tinyPng(i));
      else linkSync(join(folder, `part-${i % 5}`, `${String(i % 40).padStart(4, '0')}.png`), to);
    }
    const { id } = await open(folder);
    let early: { files: number; firstFile: string | undefined } | null = null;
    const examined: number[] = [];
    for await (const state of service.streams['images.watch']({ set: id }, call)) {
      examined.push(state.examined);
      if (early === null && state.files > 0) {
        early = { files: state.files, firstFile: (await page(id, {}, 0, 1)).items[0]?.file };
      }
      if (state.phase === 'ready') {
        expect(state).toMatchObject({ files: 5000, examined: 5000, unreadable: 0, duplicates: 4960 });
        break;
      }
    }
    expect(early?.firstFile).toBe('part-0/0000.png');
    expect(examined).toEqual([...examined].sort((a, b) => a - b));
    const { items } = await page(id, {}, 1000, 2);
    expect(items.map(({ file }) => file)).toEqual(['part-1/0001.png', 'part-1/0006.png']);
    const picked = await service.procedures['images.pick']({ set: id, count: 10 }, call);
    expect(new Set(picked.indices).size).toBe(10);
  });
});

async function tinyPng(seed: number): Promise<Buffer> {
  const data = Buffer.from(Uint8Array.from({ length: 8 * 6 * 3 }, (_, i) => (i * 7 + seed * 41) & 255));
  return await sharp(data, { raw: { width: 8, height: 6, channels: 3 } })
    .png()
    .toBuffer();
}
