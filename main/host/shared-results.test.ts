import { describe, expect, it } from 'vitest';
import { throwIfCancelled } from '../../core/base/work.ts';
import { SharedResults } from './shared-results.ts';

const { signal } = new AbortController();

/** Work that the test ends by hand. */
function controlled() {
  const started: AbortSignal[] = [];
  let finish = (_value: number): void => undefined;
  const compute = (stop: AbortSignal): Promise<number> => {
    started.push(stop);
    return new Promise((resolve, reject) => {
      finish = resolve;
      stop.addEventListener('abort', () => {
        try {
          throwIfCancelled(stop);
        } catch (error) {
          reject(error);
        }
      });
    });
  };
  return { started, compute, finish: (value: number) => finish(value) };
}

describe('SharedResults', () => {
  it('computes once for all who ask, and keeps the latest results', async () => {
    const results = new SharedResults<number>(2);
    let computed = 0;
    const compute = async () => ++computed;
    expect(await Promise.all([results.get('a', signal, compute), results.get('a', signal, compute)])).toEqual(
      [1, 1],
    );
    await results.get('b', signal, compute);
    expect(await results.get('a', signal, compute)).toBe(1);
    await results.get('c', signal, compute);
    // b was used least recently.
    expect(await results.get('a', signal, compute)).toBe(1);
    expect(await results.get('b', signal, compute)).toBe(4);
    results.forget('b');
    expect(await results.get('b', signal, compute)).toBe(5);
  });

  it('lets one who cancels go without stopping the work for the others', async () => {
    const results = new SharedResults<number>(2);
    const { started, compute, finish } = controlled();
    const leaving = new AbortController();
    const first = results.get('a', leaving.signal, compute);
    const second = results.get('a', signal, compute);
    leaving.abort();
    await expect(first).rejects.toMatchObject({ code: 'cancelled' });
    expect(started[0]?.aborted).toBe(false);
    finish(3);
    expect(await second).toBe(3);
    expect(started).toHaveLength(1);
  });

  it('stops the work when the last one leaves, and begins anew for the next', async () => {
    const results = new SharedResults<number>(2);
    const { started, compute, finish } = controlled();
    const leaving = new AbortController();
    const first = results.get('a', leaving.signal, compute);
    leaving.abort();
    await expect(first).rejects.toMatchObject({ code: 'cancelled' });
    expect(started[0]?.aborted).toBe(true);
    const next = results.get('a', signal, compute);
    finish(4);
    expect(await next).toBe(4);
  });

  it('does not keep failures', async () => {
    const results = new SharedResults<number>(2);
    await expect(results.get('a', signal, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await results.get('a', signal, async () => 5)).toBe(5);
  });
});
