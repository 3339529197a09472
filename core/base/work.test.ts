import { describe, expect, it } from 'vitest';
import { orCancelled } from './work.ts';

describe('orCancelled', () => {
  it('gives what the work gives', async () => {
    const { signal } = new AbortController();
    expect(await orCancelled(Promise.resolve(3), signal)).toBe(3);
    await expect(orCancelled(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
    expect(await orCancelled(Promise.resolve(4), undefined)).toBe(4);
  });

  it('does not wait for work that nobody wants any more, cancelled before or meanwhile', async () => {
    const endless = new Promise<number>(() => undefined);
    await expect(orCancelled(endless, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
    const controller = new AbortController();
    const waiting = orCancelled(endless, controller.signal);
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  });
});
