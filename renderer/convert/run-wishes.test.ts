import { describe, expect, it } from 'vitest';
import type { RunSummary } from './run-types.ts';
import { createRunWishes, inOrder } from './run-wishes.ts';
import { fakeClient } from './testing/fake-client.ts';

const run = (id: string, change: Partial<RunSummary> = {}): RunSummary => ({
  id,
  modelName: id,
  modelPath: `/${id}.onnx`,
  out: '/out',
  state: 'done',
  createdAt: `2026-11-24T12:00:0${id.length}Z`,
  finishedAt: null,
  progress: 0,
  step: null,
  secondsLeft: null,
  queuePosition: null,
  error: null,
  figures: [],
  ...change,
});
const gone = { code: 'worker-lost', message: 'The connection was lost.', remedy: 'Wait.' };

describe('createRunWishes', () => {
  it('shows that a run is being stopped until it has', async () => {
    const wishes = createRunWishes();
    const client = fakeClient({ 'runs.cancel': () => ({}) });
    await wishes.cancel(client, 'a');
    expect(wishes.isStopping(run('a', { state: 'running' }))).toBe(true);
    expect(wishes.isStopping(run('a', { state: 'cancelled' }))).toBe(false);
    expect(client.calls).toEqual([{ name: 'runs.cancel', params: { id: 'a' } }]);
  });

  it('keeps the sentence and the remedy of a wish that failed', async () => {
    const wishes = createRunWishes();
    const client = fakeClient({ 'runs.cancel': () => Promise.reject(gone) });
    await wishes.cancel(client, 'a');
    expect(wishes.getState().failure).toEqual(gone);
    expect(wishes.isStopping(run('a', { state: 'running' }))).toBe(false);
    wishes.dismissFailure();
    expect(wishes.getState().failure).toBeNull();
  });

  it('repeats and removes, and tells whether it was done', async () => {
    const wishes = createRunWishes();
    const client = fakeClient({
      'runs.repeat': () => run('bb', { state: 'queued', queuePosition: 0 }),
      'runs.remove': () => ({}),
    });
    expect((await wishes.repeat(client, 'a'))?.id).toBe('bb');
    expect(await wishes.remove(client, 'a')).toBe(true);
    expect(await wishes.remove(fakeClient(), 'a')).toBe(false);
  });
});

describe('inOrder', () => {
  it('puts what is worked on first, then what waits in its order, then the latest', () => {
    const runs = [
      run('old'),
      run('older-by-name', { createdAt: '2026-11-20T00:00:00Z' }),
      run('second', { state: 'queued', queuePosition: 1 }),
      run('now', { state: 'running' }),
      run('first', { state: 'queued', queuePosition: 0 }),
    ];
    expect(inOrder(runs).map(({ id }) => id)).toEqual(['now', 'first', 'second', 'old', 'older-by-name']);
  });
});
