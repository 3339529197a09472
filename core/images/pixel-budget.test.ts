import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mapConcurrently } from './map-concurrently.ts';
import { PixelBudget } from './pixel-budget.ts';

describe('PixelBudget', () => {
  it('never holds more than its limit, except one image alone, and serves everyone', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 30 }),
        async (sizes) => {
          const budget = new PixelBudget(20);
          const held: number[] = [];
          let served = 0;
          await Promise.all(
            sizes.map(async (pixels) => {
              await budget.acquire(pixels);
              held.push(pixels);
              const sum = held.reduce((a, b) => a + b, 0);
              expect(sum <= 20 || held.length === 1).toBe(true);
              await Promise.resolve();
              held.splice(held.indexOf(pixels), 1);
              budget.release(pixels);
              served++;
            }),
          );
          expect(served).toBe(sizes.length);
        },
      ),
    );
  });
});

describe('mapConcurrently', () => {
  it('keeps order and the bound', async () => {
    let running = 0;
    let most = 0;
    const items = Array.from({ length: 20 }, (_, i) => i);
    const results = await mapConcurrently(items, 3, 'item', {}, async (item) => {
      most = Math.max(most, ++running);
      await delay((item * 7) % 5);
      running--;
      return item * 2;
    });
    expect(results).toEqual(items.map((item) => item * 2));
    expect(most).toBe(3);
    expect(await mapConcurrently([], 3, 'item', {}, async () => 1)).toEqual([]);
  });

  it('begins nothing more after a failure', async () => {
    let begun = 0;
    const work = async () => {
      begun++;
      await delay(1);
      throw new Error('broken');
    };
    await expect(mapConcurrently(Array(50).fill(0), 2, 'item', {}, work)).rejects.toThrow('broken');
    await delay(10);
    expect(begun).toBeLessThanOrEqual(3);
  });
});
