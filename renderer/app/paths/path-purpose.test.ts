import { describe, expect, it } from 'vitest';
import { entriesFor } from './path-purpose.ts';
import { folderOf, lastPart } from './path-words.ts';

type Kind = 'folder' | 'model' | 'image' | 'labels' | 'other';
const entry = (name: string, kind: Kind) => ({ name, kind, path: `/data/${name}`, bytes: 1 });
const entries = [
  entry('sub', 'folder'),
  entry('m.onnx', 'model'),
  entry('a.jpg', 'image'),
  entry('list.txt', 'other'),
  entry('val.json', 'labels'),
  entry('notes.md', 'other'),
];
const selectable = (purpose: Parameters<typeof entriesFor>[1]) =>
  entriesFor(entries, purpose)
    .filter((shown) => shown.selectable)
    .map(({ name }) => name);

describe('what the path picker offers', () => {
  it('is what answers its question', () => {
    expect(selectable('model')).toEqual(['m.onnx']);
    expect(selectable('images')).toEqual(['list.txt']);
    expect(selectable('labels')).toEqual(['list.txt', 'val.json']);
    expect(selectable('output')).toEqual([]);
  });
  it('always has the folders, and images to know a folder by', () => {
    expect(entriesFor(entries, 'output').map(({ name }) => name)).toEqual(['sub']);
    expect(entriesFor(entries, 'images').map(({ name }) => name)).toEqual(['sub', 'a.jpg', 'list.txt']);
  });
});

describe('parts of paths', () => {
  it('are found in paths of either platform', () => {
    expect(lastPart('/data/Bilder 1/m.onnx')).toBe('m.onnx');
    expect(lastPart('C:\\data\\m.onnx')).toBe('m.onnx');
    expect(folderOf('C:\\data\\m.onnx')).toBe('C:\\data');
    expect(folderOf('/m.onnx')).toBe('/');
  });
});
