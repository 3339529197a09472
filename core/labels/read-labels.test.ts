import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../base/failure.ts';
import { scanImages } from '../images/image-set.ts';
import { fixtures, fixturesNote, hasFixtures } from '../images/testing/fixtures.ts';
import { labelStatistics } from './class-statistics.ts';
import type { GroundTruth } from './ground-truth.ts';
import { readLabels } from './read-labels.ts';
import { DataSet, failureText } from './testing/data-set.ts';

const cells = join(fixtures, 'cells');

function coordinates(truth: GroundTruth) {
  return truth.images.map(({ file, width, height, boxes }) => ({
    file,
    width,
    height,
    boxes: boxes.map((box) => [box.classIndex, box.x1, box.y1, box.x2, box.y2, Number(box.crowd)]),
  }));
}

function largestDifference(a: GroundTruth, b: GroundTruth): number {
  let largest = 0;
  const [left, right] = [coordinates(a), coordinates(b)];
  expect(left.map(({ boxes, ...rest }) => ({ ...rest, count: boxes.length }))).toEqual(
    right.map(({ boxes, ...rest }) => ({ ...rest, count: boxes.length })),
  );
  for (const [i, { boxes }] of left.entries()) {
    for (const [j, box] of boxes.entries()) {
      for (const [k, value] of box.entries()) {
        largest = Math.max(largest, Math.abs(value - right[i]!.boxes[j]![k]!));
      }
    }
  }
  return largest;
}

describe.skipIf(!hasFixtures)(`the three forms of the cells data set${fixturesNote}`, () => {
  it.each(['val', 'train'])('give the same boxes for %s', async (split) => {
    const images = await scanImages(join(cells, 'images', split));
    const coco = await readLabels(join(cells, 'annotations', `instances_${split}.json`), images);
    const yaml = await readLabels(join(cells, 'data.yaml'), images);
    const text = await readLabels(join(cells, 'labels', split), images);
    const voc = await readLabels(join(cells, 'voc', split), images);
    const root = await readLabels(cells, images);
    for (const truth of [coco, yaml, text, voc, root]) {
      expect(truth.classes).toEqual(['Platelets', 'RBC', 'WBC']);
    }
    expect([coco, yaml, text, voc, root].map(({ format }) => format)).toEqual([
      'coco',
      'yolo',
      'yolo',
      'voc',
      'yolo',
    ]);
    expect(largestDifference(coco, voc)).toBe(0);
    expect(largestDifference(coco, yaml)).toBeLessThan(1e-2);
    expect(largestDifference(yaml, text)).toBe(0);
    expect(largestDifference(yaml, root)).toBe(0);
    expect(coco.warnings).toEqual([]);
    expect(yaml.warnings).toEqual([]);
    expect(text.warnings).toEqual([]);
    const dropped = split === 'val' ? '338' : '343';
    expect(voc.warnings).toEqual([
      expect.stringMatching(
        new RegExp(`^1 box without area was dropped, e\\.g\\. .*BloodImage_00${dropped}`),
      ),
    ]);
  });

  it('have the counts that their description states', async () => {
    const images = await scanImages(join(cells, 'images', 'val'));
    const statistics = labelStatistics(await readLabels(join(cells, 'data.yaml'), images));
    expect(statistics).toMatchObject({ images: 87, backgroundImages: 0, boxes: 1137 });
    expect(statistics.classes.map(({ name, boxes }) => [name, boxes])).toEqual([
      ['Platelets', 83],
      ['RBC', 967],
      ['WBC', 87],
    ]);
  });
});

describe('readLabels', () => {
  it('tells the forms apart by content, whatever the file is called', async () => {
    using set = new DataSet();
    await set.writeImages(['images/a.png']);
    const coco = { images: [], annotations: [], categories: [{ id: 1, name: 'x' }] };
    expect(await failureText(readLabels(set.writeJson('labels.txt', coco), await set.images()))).toMatch(
      /None of the 0 images in .*labels\.txt/,
    );
    set.write('labels/a.txt', '0 0.5 0.5 0.2 0.2');
    const yaml = set.write('settings.cfg', 'names: [thing]\n');
    expect((await readLabels(yaml, await set.images())).format).toBe('yolo');
  });

  it('says what it expected and what it found', async () => {
    using set = new DataSet();
    await set.writeImages(['images/a.png']);
    const images = await set.images();
    const text = (name: string, contents: string) =>
      failureText(readLabels(set.write(name, contents), images));
    expect(await text('empty.json', '')).toMatch(/empty\.json is empty.*COCO \.json, a data\.yaml/);
    expect(await text('broken.json', '{"images": [')).toMatch(/broken\.json is not valid JSON/);
    expect(await text('list.json', '[1, 2]')).toMatch(/not COCO labels but a list/);
    expect(await text('results.json', '[{"image_id":1,"bbox":[0,0,1,1],"score":0.5}]')).toMatch(
      /COCO results/,
    );
    expect(await text('other.json', '{"shapes": [], "version": 1}')).toMatch(
      /an object with "shapes", "version"/,
    );
    expect(await text('one.xml', '<annotation/>')).toMatch(/is one XML file.*folder/);
    expect(await text('prose.md', 'hello world')).toMatch(/starts with "hello world"/);
    expect(await text('bad.yaml', 'nothing: here\n')).toMatch(/not the data\.yaml .*names.*found: nothing/);
    set.write('none/readme.pdf', '');
    expect(await failureText(readLabels(set.file('none'), images))).toMatch(/holds 1 files, none of them/);
    expect(await failureText(readLabels(set.file('missing'), images))).toMatch(/missing does not exist/);
  });

  it('answers whatever a file holds with labels or with a Failure', async () => {
    using set = new DataSet();
    await set.writeImages(['images/a.png']);
    const images = await set.images();
    const attempt = async (name: string, contents: string) => {
      const error: unknown = await readLabels(set.write(name, contents), images).catch(
        (reason: unknown) => reason,
      );
      if (error instanceof Error) expect(error).toBeInstanceOf(Failure);
    };
    const almostCoco = fc.record({
      images: fc.oneof(
        fc.jsonValue(),
        fc.array(fc.record({ id: fc.jsonValue(), file_name: fc.constantFrom('a.png', 'b') })),
      ),
      annotations: fc.array(
        fc.record({ image_id: fc.jsonValue(), category_id: fc.jsonValue(), bbox: fc.array(fc.double()) }),
      ),
      categories: fc.array(fc.record({ id: fc.jsonValue(), name: fc.string() })),
    });
    await fc.assert(
      fc.asyncProperty(almostCoco, fc.jsonValue(), fc.string(), async (coco, json, text) => {
        await attempt('l.json', JSON.stringify(coco));
        await attempt('l.json', JSON.stringify(json));
        await attempt('l.yaml', text);
        await attempt('l.yaml', `names: ${text}`);
      }),
      { numRuns: 60 },
    );
  });

  it('stops when cancelled', async () => {
    using set = new DataSet();
    await set.writeImages(['images/a.png']);
    const images = await set.images();
    const cancelled = readLabels(set.path, images, { signal: AbortSignal.abort() });
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
  });
});
