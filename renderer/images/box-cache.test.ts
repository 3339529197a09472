import { describe, expect, it } from 'vitest';
import { createBoxCache } from './box-cache.ts';
import type { ImageBox } from './image-types.ts';

const box = (classIndex: number): ImageBox => ({ classIndex, x1: 0, y1: 0, x2: 10, y2: 10 });
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

function held() {
  const asked: { index: number; signal: AbortSignal; answer: () => void }[] = [];
  const load = (index: number, signal: AbortSignal) =>
    new Promise<readonly ImageBox[]>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')));
      asked.push({ index, signal, answer: () => resolve([box(index)]) });
    });
  return { asked, load };
}

describe('createBoxCache', () => {
  it('asks once, a few at a time, the latest wish first', async () => {
    const { asked, load } = held();
    const cache = createBoxCache({ load, concurrency: 2 });
    for (const index of [1, 2, 3, 3]) expect(cache.want(index)).toBeUndefined();
    await turn();
    expect(asked.map(({ index }) => index)).toEqual([3, 2]);
    asked[0]!.answer();
    await turn();
    expect(asked.map(({ index }) => index)).toEqual([3, 2, 1]);
    expect(cache.want(3)).toEqual([box(3)]);
  });

  it('drops what is no longer looked at', async () => {
    const { asked, load } = held();
    const cache = createBoxCache({ load, concurrency: 1 });
    cache.want(1);
    await turn();
    cache.want(2);
    cache.leave(1);
    cache.leave(2);
    await turn();
    expect(asked).toHaveLength(1);
    expect(asked[0]!.signal.aborted).toBe(true);
    // Looked at again, it is asked for again.
    cache.want(1);
    await turn();
    expect(asked).toHaveLength(2);
  });

  it('keeps the most recently used', async () => {
    let loads = 0;
    const cache = createBoxCache({ load: async (index) => [box(index + 0 * loads++)], capacity: 2 });
    for (const index of [1, 2]) {
      cache.want(index);
      await turn();
    }
    cache.want(1);
    cache.want(3);
    await turn();
    expect(cache.want(1)).toBeDefined();
    expect(cache.want(2)).toBeUndefined();
    await turn();
    expect(loads).toBe(4);
  });

  it('takes a failure for an image without boxes', async () => {
    const cache = createBoxCache({ load: async () => Promise.reject(new Error('gone')) });
    cache.want(1);
    await turn();
    expect(cache.want(1)).toEqual([]);
  });
});
