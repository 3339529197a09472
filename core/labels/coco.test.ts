import { describe, expect, it } from 'vitest';
import { readLabels } from './read-labels.ts';
import { DataSet, failureText } from './testing/data-set.ts';

const categories = [
  { id: 7, name: 'late' },
  { id: 2, name: 'early' },
];
const image = (id: number, file_name: string) => ({ id, file_name, width: 100, height: 50 });
const annotation = (id: number, image_id: number, bbox: unknown, rest = {}) => ({
  id,
  image_id,
  category_id: 2,
  bbox,
  ...rest,
});

describe('readCoco', () => {
  it('orders classes by category id and keeps area and crowd', async () => {
    using set = new DataSet();
    await set.writeImages(['images/a.png', 'images/b.png']);
    const path = set.writeJson('labels.json', {
      images: [image(1, 'b.png'), image(2, 'a.png')],
      annotations: [
        annotation(1, 1, [10, 20, 30, 20], { category_id: 7, area: 321, iscrowd: 1 }),
        annotation(2, 1, [0, 0, 10, 10], { iscrowd: 0 }),
      ],
      categories,
    });
    const truth = await readLabels(path, await set.images());
    expect(truth.classes).toEqual(['early', 'late']);
    expect(truth.images).toEqual([
      { file: 'a.png', width: 100, height: 50, boxes: [] },
      {
        file: 'b.png',
        width: 100,
        height: 50,
        boxes: [
          { classIndex: 1, x1: 10, y1: 20, x2: 40, y2: 40, area: 321, crowd: true },
          { classIndex: 0, x1: 0, y1: 0, x2: 10, y2: 10, area: 100, crowd: false },
        ],
      },
    ]);
    expect(truth.warnings).toEqual([]);
  });

  it('clips, drops and warns, one sentence for each kind', async () => {
    using set = new DataSet();
    await set.writeImages(['images/a.png', 'images/unlisted.png']);
    const path = set.writeJson('labels.json', {
      images: [image(1, 'a.png'), image(2, 'gone.png')],
      annotations: [
        annotation(1, 1, [90, 40, 30, 30]),
        annotation(2, 1, [-20, 0, 30, 30]),
        annotation(3, 1, [5, 5, 0, 8]),
        annotation(4, 1, [200, 5, 8, 8]),
        annotation(5, 99, [0, 0, 5, 5]),
        annotation(6, 1, [0, 0, 5, 5], { category_id: 55 }),
        annotation(7, 1, [0, 0, 100.3, 50]),
      ],
      categories,
    });
    const truth = await readLabels(path, await set.images());
    expect(truth.images).toHaveLength(1);
    expect(truth.images[0]?.boxes.map(({ x1, y1, x2, y2 }) => [x1, y1, x2, y2])).toEqual([
      [90, 40, 100, 50],
      [0, 0, 10, 30],
      [0, 0, 100, 50],
    ]);
    expect([...truth.warnings].sort()).toEqual([
      '1 annotation names an image id that the file does not list, e.g. id 99.',
      '1 box has a class that the data set does not name and was passed over, e.g. category 55 in annotation 6 of a.png.',
      '1 image of the set is not in the label file and left out of the evaluation, e.g. unlisted.png.',
      '1 labelled image is not in the image set, e.g. gone.png; its boxes are not used.',
      '2 boxes reach outside the image and were clipped, e.g. annotation 1 of a.png (90 40 120 70 in 100x50).',
      '2 boxes without area were dropped, e.g. annotation 3 of a.png (5 5 5 13 in 100x50).',
    ]);
  });

  it('reads sizes that the file leaves out, and warns of sizes that differ', async () => {
    using set = new DataSet();
    await set.writeImages(['images/a.png', 'images/b.png']);
    const path = set.writeJson('labels.json', {
      images: [
        { id: 1, file_name: 'a.png' },
        { id: 2, file_name: 'b.png', width: 200, height: 100 },
      ],
      annotations: [annotation(1, 1, [0, 0, 500, 500])],
      categories,
    });
    const truth = await readLabels(path, await set.images());
    expect(truth.images[0]).toMatchObject({ width: 100, height: 50, boxes: [{ x2: 100, y2: 50 }] });
    expect(truth.warnings).toContainEqual(expect.stringMatching(/b\.png is 100x50, labels say 200x100/));
  });

  it('fails with the entries of the wrong form, and on images that all belong elsewhere', async () => {
    using set = new DataSet();
    await set.writeImages(['images/a.png']);
    const images = await set.images();
    const attempt = (contents: unknown) => failureText(readLabels(set.writeJson('l.json', contents), images));
    const base = { images: [image(1, 'a.png')], annotations: [] as unknown[], categories };
    expect(await attempt({ ...base, annotations: [annotation(1, 1, [0, 0, 'x', 4])] })).toMatch(
      /annotations\.0\.bbox\.2: .*expected number/,
    );
    expect(await attempt({ ...base, annotations: [annotation(1, 1, [0, 0, 4])] })).toMatch(
      /annotations\.0\.bbox/,
    );
    expect(await attempt({ ...base, categories: [] })).toMatch(/categories/);
    expect(await attempt({ ...base, categories: [categories[0], categories[0]] })).toMatch(
      /category id 7 twice/,
    );
    expect(await attempt({ ...base, images: [image(1, 'a.png'), image(1, 'b.png')] })).toMatch(
      /image id 1 twice/,
    );
    expect(await attempt({ ...base, images: [image(1, 'else.png')] })).toMatch(
      /None of the 1 images in .*l\.json \(e\.g\. else\.png\) is in .*images \(e\.g\. a\.png\)/,
    );
  });
});
