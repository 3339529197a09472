import { describe, expect, it } from 'vitest';
import type { ImageSet } from '../images/image-set.ts';
import { LabelIssues } from './label-issues.ts';
import { matchImages } from './match-images.ts';

function setOf(root: string, ...files: string[]): ImageSet {
  return { root, source: root, files: files.map((file) => ({ file, path: `${root}/${file}` })), ignored: [] };
}

function match(names: readonly string[], set: ImageSet, ignoreExtension = false) {
  const issues = new LabelIssues();
  const found = matchImages(names, set, { ignoreExtension }, issues);
  const pairs = Object.fromEntries([...found].map(([name, { file }]) => [name, file]));
  return { pairs, issues };
}

describe('matchImages', () => {
  it('prefers the relative path, then a unique base name', () => {
    const { pairs, issues } = match(
      ['a/1.jpg', '2.jpg', 'C:\\old\\3.jpg'],
      setOf('/d', 'a/1.jpg', 'b/2.jpg', '3.jpg'),
    );
    expect(pairs).toEqual({ 'a/1.jpg': 'a/1.jpg', '2.jpg': 'b/2.jpg', 'C:\\old\\3.jpg': '3.jpg' });
    expect(issues.sentences()).toEqual([]);
  });

  it('tells equal base names apart by their folders, also by those above the root', () => {
    const names = ['train/1.jpg', 'val/1.jpg'];
    expect(match(names, setOf('/d', 'val/1.jpg', 'train/1.jpg')).pairs).toEqual({
      'train/1.jpg': 'train/1.jpg',
      'val/1.jpg': 'val/1.jpg',
    });
    const onlyVal = match(names, setOf('/d/val', '1.jpg'));
    expect(onlyVal.pairs).toEqual({ 'val/1.jpg': '1.jpg' });
    expect(onlyVal.issues.examples('image-not-in-set')).toEqual(['train/1.jpg']);
    // The order of the names does not matter.
    expect(match([...names].reverse(), setOf('/d/val', '1.jpg')).pairs).toEqual({ 'val/1.jpg': '1.jpg' });
  });

  it('leaves out what fits equally well', () => {
    const several = match(['1.jpg'], setOf('/d', 'x/1.jpg', 'y/1.jpg'));
    expect(several.pairs).toEqual({});
    expect(several.issues.count('image-ambiguous')).toBe(1);
    const twice = match(['p/1.jpg', 'q/1.jpg'], setOf('/d', '1.jpg'));
    expect(twice.pairs).toEqual({});
    expect(twice.issues.count('image-ambiguous')).toBe(2);
  });

  it('can look at names without extensions', () => {
    expect(match(['/l/labels/val/a.b.txt'], setOf('/l/images/val', 'a.b.jpg'), true).pairs).toEqual({
      '/l/labels/val/a.b.txt': 'a.b.jpg',
    });
    expect(match(['a.png'], setOf('/d', 'a.jpg')).issues.count('image-not-in-set')).toBe(1);
  });
});
