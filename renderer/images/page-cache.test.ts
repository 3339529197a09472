import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ImageItem } from './image-types.ts';
import { createPageCache, type ImagePage } from './page-cache.ts';

const itemAt = (index: number): ImageItem => ({
  index,
  file: `${index}.jpg`,
  state: 'ok',
  reason: null,
  width: 640,
  height: 480,
  labels: null,
});

/** A set of `total` images whose answers wait until they are released. */
function host(total: number) {
  const asked: { offset: number; signal: AbortSignal; answer: () => void; fail: (error: Error) => void }[] =
    [];
  const load = (offset: number, limit: number, signal: AbortSignal) =>
    new Promise<ImagePage>((resolve, reject) => {
      const length = Math.max(0, Math.min(limit, total - offset));
      signal.addEventListener('abort', () => reject(new Error('aborted')));
      asked.push({
        offset,
        signal,
        answer: () => resolve({ total, items: Array.from({ length }, (_, i) => itemAt(offset + i)) }),
        fail: reject,
      });
    });
  return { asked, load };
}

const settled = () => vi.advanceTimersByTimeAsync(100);

describe('createPageCache', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('fetches what is looked at, then its neighbours', async () => {
    const { asked, load } = host(100_000);
    const cache = createPageCache({ load, onError: () => {} });
    cache.look(0, 39);
    await settled();
    expect(asked.map(({ offset }) => offset)).toEqual([0]);
    asked[0]!.answer();
    await settled();
    expect(cache.total()).toBe(100_000);
    expect(cache.at(7)).toEqual(itemAt(7));
    expect(asked.map(({ offset }) => offset)).toEqual([0, 100]);
    expect(cache.at(150)).toBeUndefined();
  });

  it('aborts requests for places that were left', async () => {
    const { asked, load } = host(100_000);
    const cache = createPageCache({ load, onError: () => {} });
    cache.look(0, 39);
    await settled();
    asked[0]!.answer();
    await settled();
    expect(asked[1]!.offset).toBe(100);
    cache.look(50_000, 50_039);
    await settled();
    expect(asked[1]!.signal.aborted).toBe(true);
    expect(asked.slice(2).map(({ offset }) => offset)).toEqual([50_000, 49_900]);
  });

  it('starts few requests while the window races by', async () => {
    const { asked, load } = host(100_000);
    const cache = createPageCache({ load, onError: () => {}, settleMs: 60 });
    cache.look(0, 39);
    await settled();
    asked[0]!.answer();
    await settled();
    const before = asked.length;
    for (let frame = 1; frame <= 60; frame++) {
      cache.look(frame * 1000, frame * 1000 + 39);
      await vi.advanceTimersByTimeAsync(16);
    }
    // One second of dragging: about 17 windows, two requests each.
    expect(asked.length - before).toBeLessThan(40);
    expect(asked.filter(({ signal }) => !signal.aborted).length).toBeLessThanOrEqual(2 + 1);
  });

  it('keeps a bounded number of pages, whatever was looked at', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(99_960), { minLength: 1, maxLength: 30 }), async (places) => {
        const cache = createPageCache({
          load: async (offset, limit) => ({
            total: 100_000,
            items: Array.from({ length: Math.min(limit, 100_000 - offset) }, (_, i) => itemAt(offset + i)),
          }),
          onError: () => {},
          capacity: 8,
        });
        for (const place of places) {
          cache.look(place, place + 39);
          await vi.advanceTimersByTimeAsync(200);
          expect(cache.keptPages()).toBeLessThanOrEqual(8);
          expect(cache.at(place)?.index).toBe(place);
          expect(cache.at(place + 39)?.index).toBe(place + 39);
        }
        cache.dispose();
      }),
      { numRuns: 30 },
    );
  });

  it('shows the old items until changed ones have come', async () => {
    const { asked, load } = host(50);
    const cache = createPageCache({ load, onError: () => {} });
    cache.look(0, 39);
    await settled();
    asked[0]!.answer();
    await settled();
    cache.invalidate();
    await settled();
    expect(asked).toHaveLength(2);
    expect(cache.at(3)?.index).toBe(3);
    asked[1]!.answer();
    await settled();
    expect(asked).toHaveLength(2);
  });

  it('tells an error once and does not hammer a failing host', async () => {
    const { asked, load } = host(50);
    const errors: unknown[] = [];
    const cache = createPageCache({ load, onError: (error) => errors.push(error) });
    cache.look(0, 39);
    await settled();
    asked[0]!.fail(new Error('gone'));
    await vi.advanceTimersByTimeAsync(5000);
    expect(errors).toHaveLength(1);
    expect(asked).toHaveLength(1);
    cache.invalidate();
    await settled();
    expect(asked).toHaveLength(2);
  });

  it('says nothing after it was disposed', async () => {
    const { asked, load } = host(50);
    const cache = createPageCache({
      load,
      onError: () => expect.unreachable(),
    });
    cache.look(0, 39);
    await settled();
    cache.dispose();
    expect(asked[0]!.signal.aborted).toBe(true);
    await settled();
  });
});
