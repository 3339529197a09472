import { describe, expect, it } from 'vitest';
import { pathsOf, roleFor } from './drop-store.ts';
import type { BrowserItem } from './read-drop.ts';

const item = (name: string, kind: 'file' | 'folder' = 'file'): BrowserItem => ({
  name,
  kind,
  bytes: 1,
  file: null,
  entry: null,
});
const none = { model: [], folders: [], images: [], labels: [] };
const below =
  (folder: string) =>
  ({ name }: BrowserItem) =>
    `${folder}/${name}`;

describe('the paths that a drop opens', () => {
  it('are the folder of single images and the folder of several label files', () => {
    const paths = pathsOf(
      {
        kind: 'open',
        ...none,
        images: [item('1.jpg'), item('2.jpg')],
        labels: [item('1.txt'), item('2.txt')],
      },
      below('/data/Bilder 😀'),
    );
    expect(paths).toEqual({ model: null, images: '/data/Bilder 😀', labels: '/data/Bilder 😀' });
  });

  it('are those of a model, a folder and one label file themselves', () => {
    const paths = pathsOf(
      {
        kind: 'open',
        model: [item('m.onnx'), item('m.data')],
        folders: [item('val', 'folder')],
        images: [],
        labels: [item('val.json')],
      },
      below('C:\\data'),
    );
    expect(paths).toEqual({ model: 'C:\\data/m.onnx', images: 'C:\\data/val', labels: 'C:\\data/val.json' });
  });
});

describe('the role of a dropped image set', () => {
  const images = { model: null, images: '/data', labels: null };
  it('is validation with labels', () => {
    expect(roleFor({ ...images, labels: '/data.json' }, {}, () => false)).toBe('validation');
  });
  it('is the one whose page is open', () => {
    expect(roleFor(images, { set: 'validation' }, () => false)).toBe('validation');
  });
  it('is otherwise the one that is still missing, calibration first', () => {
    expect(roleFor(images, {}, () => false)).toBe('calibration');
    expect(roleFor(images, {}, (role) => role === 'calibration')).toBe('validation');
    expect(roleFor(images, {}, () => true)).toBe('calibration');
  });
});
