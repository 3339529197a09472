/** Each window's port reaches the selected host, again after a restart, and nothing leaks when windows go. */

import { beforeEach, expect, it } from 'vitest';
import type { HostState } from '../../contract/bridge.ts';
import type { Transport } from '../../contract/rpc/messages.ts';
import type { HostLink } from './host-link.ts';
import { HostPorts, type PortWindow } from './host-ports.ts';

/** Two ends that hand each other what is sent. */
class End implements Transport {
  other!: End;
  readonly heard: unknown[] = [];
  closed = false;
  #messages: ((message: unknown) => void)[] = [];
  #closes: ((reason: string) => void)[] = [];
  send(message: unknown): void {
    if (this.closed) return;
    this.other.heard.push(message);
    for (const listener of this.other.#messages) listener(message);
  }
  onMessage(listener: (message: unknown) => void): void {
    this.#messages.push(listener);
  }
  onClose(listener: (reason: string) => void): void {
    this.#closes.push(listener);
  }
  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const listener of this.#closes) listener('closed');
    this.other.close();
  }
}

function pair(): [End, End] {
  const [a, b] = [new End(), new End()];
  a.other = b;
  b.other = a;
  return [a, b];
}

class PlayedLink implements HostLink {
  state: HostState = { state: 'starting' };
  readonly ends: End[] = [];
  readonly listeners = new Set<(state: HostState) => void>();
  connect(): Transport | undefined {
    if (this.state.state !== 'ready') return undefined;
    const [ours, theirs] = pair();
    this.ends.push(theirs);
    return ours;
  }
  onState(listener: (state: HostState) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  become(state: HostState): void {
    this.state = state;
    for (const listener of [...this.listeners]) listener(state);
  }
}

function playedWindow(id: number) {
  const pages: End[] = [];
  const states: string[] = [];
  const window: PortWindow = {
    id,
    openPort() {
      const [ours, page] = pair();
      pages.push(page);
      return ours;
    },
    tellState: ({ state }) => states.push(state),
  };
  return { window, pages, states };
}

let link: PlayedLink;
let ports: HostPorts;
beforeEach(() => {
  link = new PlayedLink();
  ports = new HostPorts(link);
});

it('a window that asks early gets its port when the host is ready', () => {
  const { window, pages, states } = playedWindow(1);
  ports.connect(window);
  expect(pages).toHaveLength(0);
  link.become({ state: 'ready' });
  expect(states).toEqual(['starting', 'ready']);
  pages[0]!.send('question');
  expect(link.ends[0]!.heard).toEqual(['question']);
  link.ends[0]!.send('answer');
  expect(pages[0]!.heard).toEqual(['answer']);
});

it('two windows have connections of their own', () => {
  link.become({ state: 'ready' });
  const [one, two] = [playedWindow(1), playedWindow(2)];
  ports.connect(one.window);
  ports.connect(two.window);
  two.pages[0]!.send('from two');
  expect(link.ends.map((end) => end.heard)).toEqual([[], ['from two']]);
});

it('a new port comes after a restart, and the old one is closed', () => {
  link.become({ state: 'ready' });
  const { window, pages } = playedWindow(1);
  ports.connect(window);
  link.ends[0]!.close();
  expect(pages[0]!.closed).toBe(true);
  link.become({ state: 'ready' });
  expect(pages).toHaveLength(2);
  pages[1]!.send('again');
  expect(link.ends[1]!.heard).toEqual(['again']);
});

it('closing a window closes its connection and no other', () => {
  link.become({ state: 'ready' });
  const [one, two] = [playedWindow(1), playedWindow(2)];
  ports.connect(one.window);
  ports.connect(two.window);
  ports.release(1);
  expect(link.ends.map((end) => end.closed)).toEqual([true, false]);
  link.become({ state: 'ready' });
  expect(one.pages).toHaveLength(1);
});

it('a page that asks again gets another connection, and is not told of an end', () => {
  link.become({ state: 'ready' });
  const { window, pages } = playedWindow(1);
  ports.connect(window);
  ports.connect(window);
  // A page would answer to an end by asking again, without end.
  expect(pages.map((page) => page.closed)).toEqual([false, false]);
  expect(link.ends.map((end) => end.closed)).toEqual([true, false]);
  pages[0]!.close();
  pages[1]!.send('still there');
  expect(link.ends[1]!.heard).toEqual(['still there']);
});

it('selecting another host moves all windows, and the one before is no longer heard', () => {
  link.become({ state: 'ready' });
  const { window, pages, states } = playedWindow(1);
  ports.connect(window);
  const other = new PlayedLink();
  ports.select(other);
  expect(link.ends[0]!.closed).toBe(true);
  expect(pages[0]!.closed).toBe(true);
  other.become({ state: 'ready' });
  pages[1]!.send('to the other');
  expect(other.ends[0]!.heard).toEqual(['to the other']);
  link.become({ state: 'restarted', reason: 'x' });
  expect(states).toEqual(['ready', 'starting', 'ready']);
  expect(link.listeners.size).toBe(0);
});
