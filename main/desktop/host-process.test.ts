/** The host is started, restarted with a reason and a limit, and ended; seen through a child that a test plays. */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HostState } from '../../contract/bridge.ts';
import type { HostCommand } from '../../contract/rpc/host-channel.ts';
import type { ChildExit, HostChild } from './adapters/host-child.ts';
import {
  deathLimit,
  exitReason,
  firstBackOffMs,
  HostProcess,
  readyTimeoutMs,
  shutDownTimeoutMs,
} from './host-process.ts';

class PlayedChild implements HostChild {
  readonly sent: HostCommand[] = [];
  killed = false;
  readonly pid = 1;
  #message: (message: unknown) => void = () => undefined;
  #exit: (exit: ChildExit) => void = () => undefined;
  send(command: HostCommand): void {
    this.sent.push(command);
  }
  onMessage(listener: (message: unknown) => void): void {
    this.#message = listener;
  }
  onExit(listener: (exit: ChildExit) => void): void {
    this.#exit = listener;
  }
  lastWords(): string {
    return 'first\nError: disk is upside down';
  }
  kill(): void {
    this.killed = true;
    this.exit({ code: null, signal: 'SIGKILL' });
  }
  say(message: unknown): void {
    this.#message(message);
  }
  exit(exit: ChildExit = { code: 1, signal: null }): void {
    this.#exit(exit);
  }
}

let children: PlayedChild[];
let states: HostState[];
let host: HostProcess;
const latest = () => children.at(-1)!;

beforeEach(() => {
  vi.useFakeTimers();
  children = [];
  states = [];
  host = new HostProcess(() => {
    children.push(new PlayedChild());
    return latest();
  });
  host.onState((state) => states.push(state));
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the life of the host process', () => {
  it('is ready when it says so, and only then takes connections', () => {
    host.start();
    expect(host.connect()).toBeUndefined();
    latest().say({ kind: 'ready' });
    expect(states).toEqual([{ state: 'starting' }, { state: 'ready' }]);
    expect(host.connect()).toBeDefined();
    expect(latest().sent).toEqual([{ kind: 'open', connection: 1 }]);
  });

  it('is started again after a pause, with the reason', () => {
    host.start();
    latest().say({ kind: 'ready' });
    latest().exit({ code: null, signal: 'SIGSEGV' });
    expect(states.at(-1)).toEqual({ state: 'starting' });
    expect(children).toHaveLength(1);
    vi.advanceTimersByTime(firstBackOffMs);
    expect(children).toHaveLength(2);
    latest().say({ kind: 'ready' });
    expect(states.at(-1)).toEqual({
      state: 'restarted',
      reason: 'It crashed (SIGSEGV). Its last words: Error: disk is upside down',
    });
  });

  it('waits longer each time and gives up after the limit; start() tries anew', () => {
    host.start();
    const starts: number[] = [];
    for (let death = 1; death <= deathLimit; death++) {
      const before = Date.now();
      latest().exit();
      while (death < deathLimit && children.length === death) vi.advanceTimersByTime(10);
      starts.push(Date.now() - before);
    }
    expect(starts.slice(0, -1)).toEqual([250, 500, 1000, 2000]);
    vi.advanceTimersByTime(600_000);
    expect(children).toHaveLength(deathLimit);
    expect(states.at(-1)).toMatchObject({ state: 'failed', message: /ended 5 times within a minute/ });
    host.start();
    latest().say({ kind: 'ready' });
    expect(states.at(-1)).toEqual({ state: 'ready' });
  });

  it('deaths far apart do not add up', () => {
    host.start();
    for (let death = 0; death < deathLimit * 2; death++) {
      latest().say({ kind: 'ready' });
      vi.advanceTimersByTime(61_000);
      latest().exit();
      vi.advanceTimersByTime(firstBackOffMs);
    }
    expect(states.some(({ state }) => state === 'failed')).toBe(false);
    expect(children).toHaveLength(deathLimit * 2 + 1);
  });

  it('a host that never becomes ready is ended and started again', () => {
    host.start();
    vi.advanceTimersByTime(readyTimeoutMs);
    expect(children[0]!.killed).toBe(true);
    vi.advanceTimersByTime(firstBackOffMs);
    expect(children).toHaveLength(2);
  });

  it('a host that cannot be launched is a failure with a remedy', () => {
    const missing = new HostProcess(() => {
      throw new Error('/x/node is missing');
    });
    missing.start();
    expect(missing.state).toEqual({
      state: 'failed',
      message: 'The host could not be started: /x/node is missing.',
      remedy: 'Install Engine Room again; a part of it is missing.',
    });
  });

  it('is asked to shut down, and not started again', async () => {
    host.start();
    latest().say({ kind: 'ready' });
    const stopped = host.stop();
    expect(latest().sent).toEqual([{ kind: 'shut-down' }]);
    latest().exit({ code: 0, signal: null });
    await stopped;
    vi.advanceTimersByTime(60_000);
    expect(children).toHaveLength(1);
  });

  it('is killed when it does not shut down in time', async () => {
    host.start();
    const stopped = host.stop();
    vi.advanceTimersByTime(shutDownTimeoutMs);
    await stopped;
    expect(latest().killed).toBe(true);
  });

  it('stops at once while it waits for a restart', async () => {
    host.start();
    latest().exit();
    await host.stop();
    vi.advanceTimersByTime(60_000);
    expect(children).toHaveLength(1);
  });
});

describe('connections over the one channel', () => {
  beforeEach(() => {
    host.start();
    latest().say({ kind: 'ready' });
    latest().sent.length = 0;
  });

  it('are kept apart in both directions', () => {
    const [one, two] = [host.connect()!, host.connect()!];
    const heard: unknown[] = [];
    one.onMessage((message) => heard.push(['one', message]));
    two.onMessage((message) => heard.push(['two', message]));
    two.send({ a: 1 });
    latest().say({ kind: 'message', connection: 1, message: 'x' });
    latest().say({ kind: 'message', connection: 2, message: 'y' });
    expect(latest().sent).toContainEqual({ kind: 'message', connection: 2, message: { a: 1 } });
    expect(heard).toEqual([
      ['one', 'x'],
      ['two', 'y'],
    ]);
  });

  it('end when the host closes them or dies, once each', () => {
    const [one, two] = [host.connect()!, host.connect()!];
    const ends: string[] = [];
    one.onClose((reason) => ends.push(`one: ${reason}`));
    two.onClose((reason) => ends.push(`two: ${reason}`));
    latest().say({ kind: 'close', connection: 1 });
    latest().exit();
    expect(ends).toEqual(['one: the host closed it', 'two: the host process ended']);
    one.send('too late');
    expect(children[0]!.sent.filter(({ kind }) => kind === 'message')).toEqual([]);
  });

  it('tell the host when the client closes them', () => {
    const one = host.connect()!;
    one.close();
    one.close();
    expect(latest().sent.filter(({ kind }) => kind === 'close')).toEqual([{ kind: 'close', connection: 1 }]);
  });

  it('messages of other senders on the channel, malformed ones and unknown connections change nothing', () => {
    const before = states.length;
    for (const noise of [null, 7, 'ready', { kind: 'reday' }, { type: 'log' }, { kind: 'message' }]) {
      latest().say(noise);
    }
    latest().say({ kind: 'message', connection: 99, message: 1 });
    latest().say({ kind: 'close', connection: 99 });
    expect(states).toHaveLength(before);
  });

  it('what a dead child still says is not believed', () => {
    const first = latest();
    first.exit();
    first.say({ kind: 'ready' });
    expect(states.at(-1)).toEqual({ state: 'starting' });
  });
});

it('the reason names memory, code, or why it never started', () => {
  expect(exitReason({ code: null, signal: 'SIGKILL' }, '')).toBe(
    'It was ended from outside, perhaps because memory ran out.',
  );
  expect(exitReason({ code: 3, signal: null }, '')).toBe('It ended with code 3.');
  expect(exitReason({ code: null, signal: null, error: new Error('ENOENT') }, 'x')).toBe(
    'It could not be started: ENOENT.',
  );
});
