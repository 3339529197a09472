import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DigestRequest, DuplicateFinder } from './duplicate-finder.ts';

const headLength = 2;

/** Feeds files to the finder in batches, as the host does. */
function findDuplicates(files: readonly string[], batch: number) {
  const finder = new DuplicateFinder();
  const duplicates = new Map<number, number>();
  const read = { head: [] as number[], whole: [] as number[] };
  const contents = (index: number) => files[index] as string;
  for (let start = 0; start < files.length; start += batch) {
    const indices = [...files.keys()].slice(start, start + batch);
    let requests = indices.flatMap((index) => finder.addSize(index, contents(index).length));
    while (requests.length > 0) {
      const next: DigestRequest[] = [];
      for (const { index, kind } of requests.sort((a, b) => a.index - b.index)) {
        read[kind].push(index);
        if (kind === 'head') next.push(...finder.addHead(index, contents(index).slice(0, headLength)));
        else {
          const first = finder.addWhole(index, contents(index));
          if (first !== undefined) duplicates.set(index, first);
        }
      }
      requests = next;
    }
  }
  return { duplicates, read };
}

describe('DuplicateFinder', () => {
  it('finds every repeat of the first file with the same contents, whatever the batches', () => {
    const file = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 5 });
    fc.assert(
      fc.property(fc.array(file, { maxLength: 40 }), fc.integer({ min: 1, max: 10 }), (files, batch) => {
        const { duplicates, read } = findDuplicates(files, batch);
        const expected = new Map<number, number>();
        for (const [index, contents] of files.entries()) {
          const first = files.indexOf(contents);
          if (first < index) expected.set(index, first);
        }
        expect([...duplicates].sort(([a], [b]) => a - b)).toEqual([...expected]);
        for (const indices of Object.values(read)) expect(new Set(indices).size).toBe(indices.length);
      }),
    );
  });

  it('reads nothing of files whose size is their own, and only beginnings where these differ', () => {
    const { read } = findDuplicates(['a', 'bb', 'ccccc', 'ddddd', 'ccxxx'], 2);
    expect(read).toEqual({ head: [2, 3, 4], whole: [2, 4] });
  });
});
