import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { WorkQueue } from './work-queue.ts';

describe('WorkQueue', () => {
  it('runs no more pieces at once than it may, in the order in which they came', async () => {
    const queue = new WorkQueue(2);
    const started: number[] = [];
    let running = 0;
    let most = 0;
    await Promise.all(
      [0, 1, 2, 3, 4].map((piece) =>
        queue.run(undefined, async () => {
          started.push(piece);
          most = Math.max(most, ++running);
          await wait(5);
          running--;
        }),
      ),
    );
    expect(started).toEqual([0, 1, 2, 3, 4]);
    expect(most).toBe(2);
  });

  it('never starts what was cancelled while it waited, and passes its turn on', async () => {
    const queue = new WorkQueue(1);
    const controller = new AbortController();
    const ran: string[] = [];
    const first = queue.run(undefined, async () => {
      await wait(10);
      ran.push('first');
    });
    const second = queue.run(controller.signal, async () => void ran.push('second'));
    const third = queue.run(undefined, async () => void ran.push('third'));
    controller.abort();
    await expect(second).rejects.toMatchObject({ code: 'cancelled' });
    await Promise.all([first, third]);
    expect(ran).toEqual(['first', 'third']);
  });

  it('goes on after a piece that failed', async () => {
    const queue = new WorkQueue(1);
    await expect(queue.run(undefined, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await queue.run(undefined, async () => 7)).toBe(7);
  });
});
