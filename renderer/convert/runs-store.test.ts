import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFollowStore } from './follow-store.ts';
import type { RunEvent, RunSummary } from './run-types.ts';
import { createRunsStore, inOrder } from './runs-store.ts';
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

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('createRunsStore', () => {
  it('holds every run as the stream tells it', async () => {
    const store = createRunsStore();
    const client = fakeClient({ 'runs.list': () => ({ runs: [run('a')] }) });
    store.watch(client);
    expect(store.getState().runs).toBeNull();
    await vi.advanceTimersByTimeAsync(0);
    client.streams[0]!.say(run('a', { state: 'running', progress: 0.5 }));
    client.streams[0]!.say(run('b', { state: 'queued', queuePosition: 0 }));
    expect([...(store.getState().runs?.values() ?? [])].map(({ id, state }) => [id, state])).toEqual([
      ['a', 'running'],
      ['b', 'queued'],
    ]);
  });

  it('does not let an older list undo what the stream said', async () => {
    const store = createRunsStore();
    let answer: (value: { runs: RunSummary[] }) => void = () => {};
    const client = fakeClient({ 'runs.list': () => new Promise((resolve) => (answer = resolve)) });
    store.watch(client);
    client.streams[0]!.say(run('a', { state: 'done' }));
    answer({ runs: [run('a', { state: 'running' })] });
    await vi.advanceTimersByTimeAsync(0);
    expect(store.getState().runs?.get('a')?.state).toBe('done');
  });

  it('listens again after a lost connection and forgets what is gone by then', async () => {
    const store = createRunsStore();
    let runs = [run('a'), run('b')];
    const client = fakeClient({ 'runs.list': () => ({ runs }) });
    const stop = store.watch(client);
    await vi.advanceTimersByTimeAsync(0);
    runs = [run('b')];
    client.streams[0]!.end(gone);
    expect(store.getState().runs?.size).toBe(2);
    await vi.advanceTimersByTimeAsync(600);
    expect(client.streams).toHaveLength(2);
    expect([...(store.getState().runs?.keys() ?? [])]).toEqual(['b']);
    stop();
    expect(client.streams[1]!.stopped).toBe(true);
    client.streams[1]!.end(gone);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(client.streams).toHaveLength(2);
  });

  it('asks ever more slowly while the host is away', async () => {
    const store = createRunsStore();
    const client = fakeClient({ 'runs.list': () => Promise.reject(gone) });
    store.watch(client);
    for (let second = 0; second < 60; second++) {
      client.streams[client.streams.length - 1]!.end(gone);
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(client.streams.length).toBeLessThan(20);
  });

  it('shows that a run is being stopped until it has', async () => {
    const store = createRunsStore();
    const client = fakeClient({
      'runs.list': () => ({ runs: [run('a', { state: 'running' })] }),
      'runs.cancel': () => ({}),
    });
    store.watch(client);
    await vi.advanceTimersByTimeAsync(0);
    await store.cancel(client, 'a');
    expect(store.getState().stopping.has('a')).toBe(true);
    client.streams[0]!.say(run('a', { state: 'running', progress: 0.9 }));
    expect(store.getState().stopping.has('a')).toBe(true);
    client.streams[0]!.say(run('a', { state: 'cancelled' }));
    expect(store.getState().stopping.has('a')).toBe(false);
  });

  it('keeps the sentence and the remedy of a wish that failed', async () => {
    const store = createRunsStore();
    const client = fakeClient({ 'runs.cancel': () => Promise.reject(gone) });
    await store.cancel(client, 'a');
    expect(store.getState()).toMatchObject({ failure: gone });
    expect(store.getState().stopping.size).toBe(0);
    store.dismissFailure();
    expect(store.getState().failure).toBeNull();
  });

  it('repeats and removes', async () => {
    const store = createRunsStore();
    const client = fakeClient({
      'runs.list': () => ({ runs: [run('a')] }),
      'runs.repeat': () => run('bb', { state: 'queued', queuePosition: 0 }),
      'runs.remove': () => ({}),
    });
    store.watch(client);
    await vi.advanceTimersByTimeAsync(0);
    expect((await store.repeat(client, 'a'))?.id).toBe('bb');
    await store.remove(client, 'a');
    expect([...(store.getState().runs?.keys() ?? [])]).toEqual(['bb']);
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

describe('createFollowStore', () => {
  const started: RunEvent = {
    type: 'run-started',
    run: 'a',
    steps: [{ id: 'prepare', title: 'Prepare', weight: 1 }],
  };
  const progress = (value: number): RunEvent => ({
    type: 'progress',
    step: 'prepare',
    value,
    stepValue: value,
    description: '',
    secondsLeft: null,
  });

  it('gathers a burst of events into one update', async () => {
    const store = createFollowStore();
    const client = fakeClient();
    store.follow(client, 'a');
    let updates = 0;
    store.subscribe(() => updates++);
    client.streams[0]!.say(started);
    for (let i = 1; i <= 50; i++) client.streams[0]!.say(progress(i / 100));
    await vi.advanceTimersByTimeAsync(150);
    expect(updates).toBe(1);
    expect(store.getState()).toMatchObject({ run: 'a', heard: true, progress: { value: 0.5 } });
  });

  it('catches up after a lost connection without showing less meanwhile', async () => {
    const store = createFollowStore();
    const client = fakeClient();
    store.follow(client, 'a');
    client.streams[0]!.say(started);
    client.streams[0]!.say(progress(0.5));
    await vi.advanceTimersByTimeAsync(150);
    client.streams[0]!.end(gone);
    await vi.advanceTimersByTimeAsync(1100);
    expect(client.streams).toHaveLength(2);
    expect(store.getState().progress.value).toBe(0.5);
    for (const event of [started, progress(0.5), progress(0.7)]) client.streams[1]!.say(event);
    await vi.advanceTimersByTimeAsync(150);
    expect(store.getState().progress).toMatchObject({ value: 0.7, steps: [{ state: 'running' }] });
  });

  it('rests when the run is over', async () => {
    const store = createFollowStore();
    const client = fakeClient();
    store.follow(client, 'a');
    client.streams[0]!.say(started);
    client.streams[0]!.say({ type: 'error', code: 'bad-input', message: 'm', remedy: 'r' });
    client.streams[0]!.end();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(client.streams).toHaveLength(1);
    expect(store.getState().progress.failure?.message).toBe('m');
  });

  it('shows nothing of the run before', async () => {
    const store = createFollowStore();
    const client = fakeClient();
    const stop = store.follow(client, 'a');
    client.streams[0]!.say(started);
    await vi.advanceTimersByTimeAsync(150);
    stop();
    store.follow(client, 'b');
    expect(store.getState()).toMatchObject({ run: 'b', heard: false, progress: { steps: [] } });
  });
});
