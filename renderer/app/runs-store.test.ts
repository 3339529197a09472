import { describe, expect, it } from 'vitest';
import type { HostClient } from '../../contract/procedures/index.ts';
import { activeRun, type RunSummary, useRuns, withRun } from './runs-store.ts';
import { fakeRun } from './testing/fake-data.ts';

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

  it('loses a run that was removed, be it in another window', () => {
    let tell: (run: RunSummary) => void = () => undefined;
    const client = {
      call: () => new Promise(() => undefined),
      listen: (_name: string, _params: object, onItem: (run: RunSummary) => void) => {
        tell = onItem;
        return () => undefined;
      },
    } as unknown as HostClient;
    useRuns.getState().watch(client);
    for (const id of ['a', 'b']) tell(fakeRun({ id }));
    tell({ ...fakeRun({ id: 'a' }), removed: true });
    expect(useRuns.getState().runs.map(({ id }) => id)).toEqual(['b']);
  });
});
