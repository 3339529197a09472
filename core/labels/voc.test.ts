import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLabels } from './read-labels.ts';
import { DataSet, failureText } from './testing/data-set.ts';
import { parseVoc } from './voc.ts';

const object = (name: string, box: readonly number[], rest = '') =>
  `<object><name>${name}</name>${rest}<bndbox><xmin>${box[0]}</xmin><ymin>${box[1]}</ymin><xmax>${box[2]}</xmax><ymax>${box[3]}</ymax></bndbox></object>`;
const annotation = (objects: string, size = '<size><width>100</width><height>50</height></size>') =>
  `<?xml version="1.0"?><annotation><filename>x.jpg</filename>${size}${objects}</annotation>`;

describe('parseVoc', () => {
  it('reads one, several and no objects, names as text', () => {
    expect(parseVoc(annotation(object('007', [1, 2, 30, 40])))).toEqual({
      size: { width: 100, height: 50 },
      objects: [{ name: '007', difficult: false, x1: 1, y1: 2, x2: 30, y2: 40 }],
    });
    expect(parseVoc(annotation(object('a', [1, 2, 3, 4]) + object('b &amp; c', [1, 2, 3, 4])))).toMatchObject(
      {
        objects: [{ name: 'a' }, { name: 'b & c' }],
      },
    );
    expect(parseVoc(annotation(''))).toMatchObject({ objects: [] });
    expect(parseVoc('<annotation></annotation>')).toEqual({ size: undefined, objects: [] });
  });

  it('says what is wrong', () => {
    expect(parseVoc('<annotation><object></annotation>')).toMatch(/line 1: not valid XML/);
    expect(parseVoc('<labels/>')).toBe('expected <annotation>, found <labels>');
    expect(parseVoc(annotation('<object><name>a</name></object>'))).toMatch(/object\.0\.bndbox/);
    expect(parseVoc(annotation(object('a', [1, 2, 3, 4]).replace('<xmax>3', '<xmax>wide')))).toMatch(/xmax/);
  });

  it('answers damaged files with a reason and never expands entities without bound', () => {
    const good = annotation(object('a', [1, 2, 3, 4]) + object('b', [1, 2, 3, 4]));
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(40), fc.string(), (at, length, text) => {
        const result = parseVoc(good.slice(0, at) + text + good.slice(at + length));
        expect(typeof result === 'string' ? result : result.objects.length).toBeDefined();
      }),
      { numRuns: 500 },
    );
    const entities = Array.from({ length: 12 }, (_, i) => `<!ENTITY e${i + 1} "${`&e${i};`.repeat(10)}">`);
    const bomb = `<!DOCTYPE a [<!ENTITY e0 "0123456789">${entities.join('')}]>`;
    const result = parseVoc(bomb + annotation(object('&e12;', [1, 2, 3, 4])).replace(/<\?xml.*?\?>/, ''));
    const longest = typeof result === 'string' ? result.length : (result.objects[0]?.name.length ?? 0);
    expect(longest).toBeLessThan(10_000);
  });
});

describe('VOC labels', () => {
  it('order classes as the caller, then by name; coordinates as they stand', async () => {
    using set = new DataSet();
    await set.writeImages(['images/a.png', 'images/b.png', 'images/c.png']);
    set.write('voc/a.xml', annotation(object('dog', [1, 2, 30, 40]) + object('ant', [5, 5, 6, 6])));
    set.write('voc/b.xml', annotation(object('cat', [0, 0, 50, 50], '<difficult>1</difficult>'), ''));
    const images = await set.images();
    const truth = await readLabels(set.file('voc'), images, { classNames: ['dog'] });
    expect(truth).toMatchObject({ format: 'voc', classes: ['dog', 'ant', 'cat'] });
    expect(truth.images.map(({ boxes }) => boxes.map(({ classIndex }) => classIndex))).toEqual([
      [0, 1],
      [2],
      [],
    ]);
    expect(truth.images[0]?.boxes[0]).toMatchObject({ x1: 1, y1: 2, x2: 30, y2: 40, area: 29 * 38 });
    expect(truth.images[1]).toMatchObject({ width: 100, height: 50 });
    expect([...truth.warnings].sort()).toEqual([
      '1 image has no label file and counts as background, e.g. c.png.',
      '1 object marked difficult counts as ordinary, e.g. in b.png.',
    ]);
    expect((await readLabels(set.file('voc'), images)).classes).toEqual(['ant', 'cat', 'dog']);
  });

  it('pass over a malformed file with its name, fail when all are', async () => {
    using set = new DataSet();
    await set.writeImages(['images/a.png', 'images/b.png']);
    set.write('voc/a.xml', '<annotation><object>');
    set.write('voc/b.xml', annotation(object('cat', [0, 0, 150, 40])));
    const truth = await readLabels(set.file('voc'), await set.images());
    expect(truth.warnings[0]).toMatch(
      /^1 malformed label entry was passed over: a\.xml: line 1: not valid XML/,
    );
    expect(truth.warnings.join(' ')).toMatch(/1 box reaches outside .*object 1 \(cat\) of b\.png/);
    set.write('voc/b.xml', '<html></html>');
    expect(await failureText(readLabels(set.file('voc'), await set.images()))).toMatch(
      /None of the 2 XML files .*a\.xml.*b\.xml: expected <annotation>, found <html>.*<bndbox>/,
    );
  });

  it('fail when no file belongs to an image', async () => {
    using set = new DataSet();
    await set.writeImages(['images/a.png']);
    set.write('voc/z.xml', annotation(''));
    expect(await failureText(readLabels(set.file('voc'), await set.images()))).toMatch(
      /None of the 1 XML files .*z\.xml\) belongs to an image .*a\.png/,
    );
  });
});
