import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../base/failure.ts';
import { type ImageSet, sampleImages, scanImages } from './image-set.ts';
import { TemporaryFolder } from './testing/fixtures.ts';

const pngStart = Buffer.from('\x89PNG\r\n\x1a\n....', 'latin1');

function fill(folder: TemporaryFolder, names: readonly string[]): void {
  for (const name of names) {
    mkdirSync(dirname(folder.file(name)), { recursive: true });
    writeFileSync(folder.file(name), '');
  }
}

async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Failure)) throw new Error(`expected a Failure, got ${error}`);
  return error;
}

describe('scanImages on a folder', () => {
  it('finds images below it in bytewise order with forward slashes', async () => {
    using folder = new TemporaryFolder();
    // U+FF5E sorts after U+1F600 by UTF-16 units, before it by bytes.
    fill(folder, [
      'b.JPG',
      'a/2.png',
      'a/10.webp',
      'Z.tiff',
      'a-b.bmp',
      '\u{1F600}.png',
      '\uFF5E.png',
      'é.jpeg',
    ]);
    const set = await scanImages(folder.path);
    expect(set.files.map(({ file }) => file)).toEqual([
      'Z.tiff',
      'a-b.bmp',
      'a/10.webp',
      'a/2.png',
      'b.JPG',
      'é.jpeg',
      '\uFF5E.png',
      '\u{1F600}.png',
    ]);
    expect(set.files[2]?.path).toBe(join(folder.path, 'a', '10.webp'));
    expect(set.root).toBe(folder.path);
  });

  it('counts what is no image, and looks inside files whose name says nothing', async () => {
    using folder = new TemporaryFolder();
    fill(folder, ['a.jpg', 'a.txt', '.hidden.jpg', 'notes.xyz']);
    writeFileSync(folder.file('frame0001'), pngStart);
    const set = await scanImages(folder.path);
    expect(set.files.map(({ file }) => file)).toEqual(['a.jpg', 'frame0001']);
    const ignored = set.ignored.map(({ file, reason }) => `${file}: ${reason}`).sort();
    expect(ignored).toEqual(['.hidden.jpg: hidden', 'a.txt: not an image', 'notes.xyz: not an image']);
  });

  it('follows links and ends where they run in circles', async () => {
    using folder = new TemporaryFolder();
    using elsewhere = new TemporaryFolder();
    fill(folder, ['a.jpg']);
    fill(elsewhere, ['b.jpg']);
    symlinkSync(elsewhere.path, folder.file('more'));
    symlinkSync(folder.path, elsewhere.file('back'));
    symlinkSync(folder.file('nowhere.jpg'), folder.file('broken.jpg'));
    const set = await scanImages(folder.path);
    expect(set.files.map(({ file }) => file)).toEqual(['a.jpg', 'more/b.jpg']);
    expect(set.ignored.map(({ file }) => file).sort()).toEqual(['broken.jpg', 'more/back']);
  });

  it('fails on an empty folder, a folder of text and a missing folder, saying what was found', async () => {
    using folder = new TemporaryFolder();
    const empty = await failureOf(scanImages(folder.path));
    expect(empty.code).toBe('bad-input');
    expect(empty.message).toContain('is empty');
    expect(empty.remedy).toContain('JPEG, PNG, WebP, BMP and TIFF');
    fill(folder, ['a.txt', 'b.txt', 'c.csv']);
    const text = await failureOf(scanImages(folder.path));
    expect(text.message).toMatch(/holds no image: 3 other files were found \(2 \.txt, 1 \.csv\)/);
    expect((await failureOf(scanImages(folder.file('missing')))).message).toMatch(/missing does not exist/);
  });

  it('tells of each file as it is found, in the order of the set', async () => {
    using folder = new TemporaryFolder();
    fill(folder, ['a.jpg', 'a/z.png', 'a/b/c.png', 'a0.jpg', 'a-/x.jpg', 'b.jpg', 'B/k.jpg', 'no.txt']);
    const heard: string[] = [];
    const set = await scanImages(folder.path, { onFile: ({ file }) => heard.push(file) });
    expect(heard).toEqual(['B/k.jpg', 'a-/x.jpg', 'a.jpg', 'a/b/c.png', 'a/z.png', 'a0.jpg', 'b.jpg']);
    expect(set.files.map(({ file }) => file)).toEqual(heard);
  });

  it('stops when cancelled', async () => {
    using folder = new TemporaryFolder();
    fill(folder, ['a.jpg', 'b.jpg']);
    const failure = await failureOf(scanImages(folder.path, { signal: AbortSignal.abort() }));
    expect(failure.code).toBe('cancelled');
  });
});

describe('scanImages on a list', () => {
  it('reads paths relative to the list and absolute ones, passing over comments and repeats', async () => {
    using folder = new TemporaryFolder();
    const lines = [
      '\uFEFF# a comment',
      '',
      'x/b.jpg',
      './x/a.jpg',
      folder.file('c.png'),
      'x/../x/b.jpg',
      '  d.png  ',
      'y.txt',
    ];
    writeFileSync(folder.file('list.txt'), lines.join('\r\n'));
    const set = await scanImages(folder.file('list.txt'));
    expect(set.files.map(({ file }) => file)).toEqual(['c.png', 'd.png', 'x/a.jpg', 'x/b.jpg']);
    expect(set.files[2]?.path).toBe(folder.file('x/a.jpg'));
    expect(set.ignored).toEqual([
      { file: 'x/b.jpg', reason: 'listed twice' },
      { file: 'y.txt', reason: 'not an image' },
    ]);
  });

  it('names an empty list', async () => {
    using folder = new TemporaryFolder();
    writeFileSync(folder.file('list.txt'), '# nothing\n');
    expect((await failureOf(scanImages(folder.file('list.txt')))).message).toMatch(/The list .* is empty/);
  });

  it('takes one image as a set of one', async () => {
    using folder = new TemporaryFolder();
    fill(folder, ['only.jpg']);
    expect((await scanImages(folder.file('only.jpg'))).files).toHaveLength(1);
  });
});

describe('sampleImages', () => {
  const setOf = (count: number): ImageSet => ({
    root: '/',
    source: '/',
    files: Array.from({ length: count }, (_, i) => ({ path: `/${i}`, file: String(i) })),
    ignored: [],
  });
  const indices = (set: ImageSet) => set.files.map(({ file }) => Number(file));

  it('spreads evenly, without repeats, over the whole set', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 3000 }), (total, n) => {
        const chosen = indices(sampleImages(setOf(total), n));
        expect(chosen).toHaveLength(Math.min(n, total));
        const gaps = chosen.slice(1).map((value, i) => value - chosen[i]!);
        if (gaps.length > 0) {
          expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1);
          expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1);
        }
        // As far from the start as from the end, within the rounding.
        expect(Math.abs(chosen[0]! - (total - 1 - chosen.at(-1)!))).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('is what a limit gives', async () => {
    expect(indices(sampleImages(setOf(10), 3))).toEqual([1, 5, 8]);
    using folder = new TemporaryFolder();
    fill(folder, ['0.jpg', '1.jpg', '2.jpg', '3.jpg']);
    const set = await scanImages(folder.path, { limit: 2 });
    expect(set.files.map(({ file }) => file)).toEqual(['1.jpg', '3.jpg']);
    expect((await failureOf(scanImages(folder.path, { limit: 0 }))).code).toBe('bad-usage');
  });
});
