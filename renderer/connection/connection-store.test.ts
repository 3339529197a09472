import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeRun } from '../app/testing/fake-data.ts';
import { createFakeHost } from '../app/testing/fake-host.ts';
import { type Connection, openConnection, pauseBefore } from './connection-store.ts';

/** Lets everything that is under way in microtasks and timers of up to `milliseconds` happen. */
const pass = (milliseconds = 0) => vi.advanceTimersByTimeAsync(milliseconds);

describe('the connection to a host', () => {
  let connection: Connection | undefined;
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    connection?.close();
    vi.useRealTimers();
  });
  const phase = () => connection?.store.getState().state.phase;

  it('is ready once the host has said who it is', async () => {
    connection = openConnection(createFakeHost({ session: 'first' }).link);
    expect(phase()).toBe('connecting');
    await pass();
    expect(phase()).toBe('ready');
    expect(connection.store.getState()).toMatchObject({ session: 'first', info: { hostName: 'gpu-box' } });
  });

  it('comes back by itself after it was cut, and keeps what it knew meanwhile', async () => {
    const host = createFakeHost();
    connection = openConnection(host.link);
    await pass();
    host.cut();
    await pass();
    expect(phase()).toBe('reconnecting');
    expect(connection.store.getState().info?.hostName).toBe('gpu-box');
    await pass(pauseBefore(1));
    expect(phase()).toBe('ready');
  });

  it('pauses longer from attempt to attempt, up to ten seconds', async () => {
    expect([1, 2, 3, 4, 5, 6, 20].map(pauseBefore)).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
    const host = createFakeHost();
    host.block('unreachable');
    connection = openConnection(host.link);
    await pass(1);
    expect(connection.store.getState().state).toMatchObject({ phase: 'reconnecting', attempt: 1 });
    await pass(pauseBefore(1) + 1);
    expect(connection.store.getState().state).toMatchObject({ phase: 'reconnecting', attempt: 2 });
    host.block(null);
    await pass(pauseBefore(2) + 1);
    expect(phase()).toBe('ready');
  });

  it('tries at once when asked to', async () => {
    const host = createFakeHost();
    host.block('unreachable');
    connection = openConnection(host.link);
    await pass(1);
    host.block(null);
    connection.retryNow();
    await pass();
    expect(phase()).toBe('ready');
  });

  it('does not try again with a token that was refused', async () => {
    const host = createFakeHost();
    host.block('refused');
    connection = openConnection(host.link);
    await pass(1);
    expect(phase()).toBe('refused');
    host.block(null);
    await pass(60_000);
    expect(phase()).toBe('refused');
    await expect(connection.client.call('models.recent', {})).rejects.toMatchObject({ code: 'disconnected' });
  });

  it('names both versions when the host speaks another protocol', async () => {
    const listeners: ((message: unknown) => void)[] = [];
    connection = openConnection({
      kind: 'browser',
      open: (onTransport) =>
        onTransport({
          send: () => {
            const welcome = { kind: 'welcome', protocol: 99, version: '9.0.0', session: 's' };
            queueMicrotask(() => {
              for (const tell of listeners) tell(welcome);
            });
          },
          onMessage: (listener) => listeners.push(listener),
          onClose: () => undefined,
          close: () => undefined,
        }),
      diagnose: async () => 'unreachable',
    });
    await pass();
    expect(connection.store.getState().state).toMatchObject({ phase: 'other-version' });
    expect(JSON.stringify(connection.store.getState().state)).toContain('9.0.0');
  });

  it('holds calls until the connection is back', async () => {
    const host = createFakeHost();
    connection = openConnection(host.link);
    const early = connection.client.call('models.recent', {});
    await pass(1);
    expect((await early).models.length).toBe(1);
    host.cut();
    await pass();
    const meanwhile = connection.client.call('models.recent', {});
    await pass(pauseBefore(1) + 1);
    expect((await meanwhile).models.length).toBe(1);
  });

  it('repeats what only reads when it is cut under way, and leaves the rest to its caller', async () => {
    const host = createFakeHost({ delayMs: 50, runs: [fakeRun()] });
    connection = openConnection(host.link);
    await pass(60);
    const reading = connection.client.call('models.recent', {});
    const changing = connection.client.call('models.forget', { id: 'model-1' });
    const refused = expect(changing).rejects.toMatchObject({ code: 'disconnected' });
    host.cut();
    await refused;
    await pass(pauseBefore(1) + 60);
    expect((await reading).models.length).toBe(1);
  });

  it('gives up a waiting call when its caller does', async () => {
    const host = createFakeHost();
    host.block('unreachable');
    connection = openConnection(host.link);
    await pass(1);
    const abort = new AbortController();
    const waiting = connection.client.call('models.recent', {}, { signal: abort.signal });
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('begins streams anew after a cut, and not those that were stopped', async () => {
    const host = createFakeHost({ runs: [fakeRun()] });
    connection = openConnection(host.link);
    const followed: string[] = [];
    const stopped: string[] = [];
    let ends = 0;
    connection.client.listen(
      'runs.watch',
      {},
      ({ id }) => followed.push(id),
      () => {
        ends += 1;
      },
    );
    const stop = connection.client.listen('runs.watch', {}, ({ id }) => stopped.push(id));
    await pass();
    expect(followed).toEqual(['run-1']);
    stop();
    host.cut();
    await pass(pauseBefore(1));
    expect(followed).toEqual(['run-1', 'run-1']);
    expect(stopped).toEqual(['run-1']);
    expect(ends).toBe(0);
  });

  it('shows what the desktop says of a host that cannot start', async () => {
    const host = createFakeHost();
    host.block('unreachable');
    connection = openConnection(host.link);
    connection.fail('The host could not be started.', 'Install it again.');
    await pass(60_000);
    expect(connection.store.getState().state).toEqual({
      phase: 'failed',
      message: 'The host could not be started.',
      remedy: 'Install it again.',
    });
  });
});
