import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFollowStore } from './follow-store.ts';
import type { RunEvent } from './run-types.ts';
import { fakeClient } from './testing/fake-client.ts';

const gone = { code: 'worker-lost', message: 'The connection was lost.', remedy: 'Wait.' };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
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
