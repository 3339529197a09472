import { describe, expect, it } from 'vitest';
import { activeRun, withRun } from './runs-store.ts';
import { fakeRun } from './testing/fake-host.ts';

describe('the list of runs', () => {
  it('puts new runs first and changes known ones in place', () => {
    const old = fakeRun({ id: 'a', createdAt: '2026-01-01T00:00:00Z' });
    const young = fakeRun({ id: 'b', createdAt: '2026-02-01T00:00:00Z' });
    const list = withRun(withRun([], old), young);
    expect(list.map(({ id }) => id)).toEqual(['b', 'a']);
    const changed = withRun(list, { ...old, state: 'failed' });
    expect(changed.map(({ id, state }) => [id, state])).toEqual([
      ['b', 'done'],
      ['a', 'failed'],
    ]);
  });

  it('takes the running run for the active one, else the next in the queue', () => {
    const queued = (id: string, queuePosition: number) => fakeRun({ id, state: 'queued', queuePosition });
    expect(activeRun([fakeRun()])).toBeUndefined();
    expect(activeRun([queued('later', 1), queued('next', 0)])?.id).toBe('next');
    expect(activeRun([queued('next', 0), fakeRun({ id: 'now', state: 'running' })])?.id).toBe('now');
  });
});
