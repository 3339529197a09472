import { mkdirSync, renameSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLabels } from './read-labels.ts';
import { DataSet, failureText } from './testing/data-set.ts';
import { labelPathOf } from './yolo.ts';
import { parseYolo } from './yolo-text.ts';

const size = { width: 100, height: 50 };

describe('parseYolo', () => {
  it('gives back boxes that were written to six decimals, within the rounding', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.nat(90), share, share, share, share, (classIndex, cx, cy, w, h) => {
        const line = [classIndex, ...[cx, cy, w, h].map((value) => value.toFixed(6))].join(' ');
        const [box] = parseYolo(`\n  ${line}\r\n`, size);
        expect(box).toMatchObject({ line: 2, classIndex });
        if (box === undefined || 'problem' in box) throw new Error('not parsed');
        expect(Math.abs(box.x1 - (cx - w / 2) * 100)).toBeLessThan(1e-4);
        expect(Math.abs(box.y2 - (cy + h / 2) * 50)).toBeLessThan(1e-4);
      }),
    );
  });

  it('takes the bounding box of a polygon', () => {
    expect(parseYolo('1 0.1 0.2 0.5 0.8 0.3 0.1', size)).toEqual([
      { line: 1, classIndex: 1, x1: 10, y1: 5, x2: 50, y2: 40 },
    ]);
  });

  it('says what is wrong with a line, whatever it holds', () => {
    const problem = (text: string) => {
      const [entry] = parseYolo(text, size);
      return entry && 'problem' in entry ? entry.problem : undefined;
    };
    expect(problem('cat 0.5 0.5 0.1 0.1')).toBe('"cat" is not a number');
    expect(problem('0 0.5 0.5 0.1')).toMatch(/4 values where 5/);
    expect(problem('0 0.5 0.5 0.1 0.1 0.99')).toMatch(/6 values where 5/);
    expect(problem('1.5 0.5 0.5 0.1 0.1')).toMatch(/class 1.5/);
    expect(problem('-1 0.5 0.5 0.1 0.1')).toMatch(/class -1/);
    expect(problem('0 320 240 50 50')).toMatch(/not shares/);
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const entry of parseYolo(text, size)) {
          if (!('problem' in entry))
            expect(Number.isFinite(entry.x1 + entry.y1 + entry.x2 + entry.y2)).toBe(true);
        }
      }),
    );
  });
});

describe('labelPathOf', () => {
  it('turns the last images folder into labels', () => {
    expect(labelPathOf('/data/images/set/images/val/a.b.jpg')).toBe('/data/images/set/labels/val/a.b.txt');
    expect(labelPathOf('/data/pictures/images.jpg')).toBe('/data/pictures/images.txt');
  });
});

describe('YOLO labels', () => {
  it('are found by convention from a data.yaml, and images without are background', async () => {
    using set = new DataSet();
    await set.writeImages(['images/val/a.png', 'images/val/b.png', 'images/val/deep/c.png']);
    set.write('labels/val/a.txt', '1 0.5 0.5 0.2 0.4\n\n0 0.1 0.1 0.2 0.2\n');
    set.write('labels/val/deep/c.txt', '');
    const yaml = set.write('data.yaml', 'path: /not/here\nval: images/val\nnames:\n  0: cat\n  1: dog\n');
    const truth = await readLabels(yaml, await set.images('images/val'));
    expect(truth).toMatchObject({ format: 'yolo', classes: ['cat', 'dog'] });
    expect(truth.images.map(({ file, boxes }) => [file, boxes.length])).toEqual([
      ['a.png', 2],
      ['b.png', 0],
      ['deep/c.png', 0],
    ]);
    const [box] = truth.images[0]?.boxes ?? [];
    expect(box?.classIndex).toBe(1);
    expect(box?.x1).toBeCloseTo(40);
    expect(box?.y1).toBeCloseTo(15);
    expect(box?.area).toBeCloseTo(400);
    expect(truth.warnings).toEqual(['1 image has no label file and counts as background, e.g. b.png.']);
  });

  it('are found in the label folders of the data.yaml when the images lie elsewhere', async () => {
    using set = new DataSet();
    await set.writeImages(['copied/a.png']);
    set.write('set/labels/val/a.txt', '0 0.5 0.5 0.2 0.4');
    set.write('set/labels/train/z.txt', '0 0.5 0.5 0.2 0.4');
    const yaml = set.write('set/data.yaml', 'train: images/train\nval: ./images/val/\nnc: 1\nnames: [cat]\n');
    const truth = await readLabels(yaml, await set.images('copied'));
    expect(truth.images[0]?.boxes).toHaveLength(1);
    expect(truth.warnings).toEqual([]);
  });

  it('use sizes after EXIF orientation', async () => {
    using set = new DataSet();
    await set.writeImages(['images/a.jpg'], 100, 50, 6);
    set.write('labels/a.txt', '0 0.5 0.5 1 1');
    set.write('data.yaml', 'names: [cat]');
    const truth = await readLabels(set.file('labels'), await set.images());
    expect(truth.images[0]).toMatchObject({ width: 50, height: 100, boxes: [{ x2: 50, y2: 100 }] });
  });

  it('take class names from a data.yaml above, a classes.txt, or the caller', async () => {
    using set = new DataSet();
    await set.writeImages(['images/a.png']);
    set.write('labels/a.txt', '0 0.5 0.5 0.2 0.2');
    const images = await set.images();
    expect(await failureText(readLabels(set.file('labels'), images))).toMatch(/no names.*classes\.txt/);
    const named = await readLabels(set.file('labels'), images, { classNames: ['given'] });
    expect(named.classes).toEqual(['given']);
    set.write('labels/classes.txt', 'listed\n');
    expect((await readLabels(set.file('labels'), images)).classes).toEqual(['listed']);
    set.write('data.yaml', 'names: [described]');
    expect((await readLabels(set.file('labels'), images)).classes).toEqual(['described']);
  });

  it('with malformed lines keep the rest and name file and line', async () => {
    using set = new DataSet();
    await set.writeImages(['images/a.png', 'images/b.png']);
    set.write('labels/a.txt', '0 0.5 0.5 0.2 0.2\n0 0.5\n0 nonsense 1 1 1');
    set.write('labels/b.txt', '3 0.5 0.5 0.1 0.1\n0 0.95 0.5 0.4 0.2\n0 0.5 0.5 0 0.2');
    set.write('data.yaml', 'names: [cat]');
    const truth = await readLabels(set.file('labels'), await set.images());
    expect(truth.images.map(({ boxes }) => boxes.length)).toEqual([1, 1]);
    expect([...truth.warnings].sort()).toEqual([
      expect.stringMatching(/^1 box has a class .*class 3 of 1 in .*b\.txt line 1\.$/),
      expect.stringMatching(/^1 box reaches outside .*b\.txt line 2 \(75 20 115 30 in 100x50\)\.$/),
      expect.stringMatching(/^1 box without area .*b\.txt line 3/),
      expect.stringMatching(
        /^2 malformed label entries .*a\.txt line 2: 2 values.*a\.txt line 3: "nonsense"/,
      ),
    ]);
  });

  it('fail when no line can be used, and when no file fits', async () => {
    using set = new DataSet();
    await set.writeImages(['images/a.png']);
    set.write('data.yaml', 'names: [cat]');
    set.write('labels/a.txt', '0 320 240 50 50');
    expect(await failureText(readLabels(set.file('labels'), await set.images()))).toMatch(
      /No label in .*a\.txt line 1: coordinates are not shares.*Expected lines/,
    );
    mkdirSync(set.file('other'));
    renameSync(set.file('labels/a.txt'), set.file('other/z.txt'));
    expect(await failureText(readLabels(set.file('other'), await set.images()))).toMatch(
      /no YOLO label file for any of the 1 images.*a\.png.*z\.txt/,
    );
    expect(await failureText(readLabels(set.file('data.yaml'), await set.images()))).toMatch(
      /no YOLO label file .*labels\/a\.txt/,
    );
  });
});

describe('data.yaml', () => {
  it.each([
    ['names: {0: a, 2: b}', /gives class 2 a name but none to class 1/],
    ['nc: 3\nnames: [a]', /says nc: 3 but names 1 classes/],
    ['names: 5', /names/],
    ['names: [a\n', /not valid YAML/],
  ])('%j is refused', async (text, message) => {
    using set = new DataSet();
    await set.writeImages(['images/a.png']);
    expect(await failureText(readLabels(set.write('data.yaml', text), await set.images()))).toMatch(message);
  });
});
