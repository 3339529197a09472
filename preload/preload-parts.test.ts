/** Notices that come early are kept; paths of dropped files are found in new and old Electron. */

import { describe, expect, it } from 'vitest';
import { backlog } from './backlog.ts';
import { filePaths } from './dropped-files.ts';

describe('backlog', () => {
  it('tells the first listener what it missed, the newest only', () => {
    const paths = backlog<string>(2);
    for (const path of ['a', 'b', 'c']) paths.tell(path);
    const heard: string[] = [];
    paths.listen((path) => heard.push(path));
    paths.tell('d');
    expect(heard).toEqual(['b', 'c', 'd']);
  });

  it('tells every listener what comes later, and nothing twice', () => {
    const paths = backlog<string>(2);
    paths.tell('a');
    const [one, two]: [string[], string[]] = [[], []];
    paths.listen((path) => one.push(path));
    paths.listen((path) => two.push(path));
    paths.tell('b');
    expect([one, two]).toEqual([['a', 'b'], ['b']]);
  });
});

describe('filePaths', () => {
  function page() {
    const listeners = new Map<string, (event: unknown) => void>();
    return {
      addEventListener: (type: string, listener: (event: unknown) => void) => listeners.set(type, listener),
      dispatch: (type: string, event: unknown) => listeners.get(type)?.(event),
      count: () => listeners.size,
    };
  }
  const file = {} as File;

  it('asks webUtils where it is there', () => {
    const window = page();
    const pathOf = filePaths({ getPathForFile: (given) => (given === file ? '/m/a.onnx' : '') }, window);
    expect(pathOf(file)).toBe('/m/a.onnx');
    expect(window.count()).toBe(0);
  });

  it('knows a single dropped or chosen file in an old Electron', () => {
    const window = page();
    const pathOf = filePaths(undefined, window);
    expect(pathOf(file)).toBe('');
    window.dispatch('drop', { dataTransfer: { files: [{ path: '/m/a.onnx' }] } });
    expect(pathOf(file)).toBe('/m/a.onnx');
    window.dispatch('change', { target: { files: [{ path: '/m/b.onnx' }] } });
    expect(pathOf(file)).toBe('/m/b.onnx');
  });

  it('guesses nothing among several', () => {
    const window = page();
    const pathOf = filePaths(undefined, window);
    window.dispatch('drop', { dataTransfer: { files: [{ path: '/a' }, { path: '/b' }] } });
    expect(pathOf(file)).toBe('');
  });
});
