/** The host process of this app: started, connected to, started again when it dies, ended with the app. */

import type { HostState } from '../../contract/bridge.ts';
import { type HostCommand, hostNoticeSchema } from '../../contract/rpc/host-channel.ts';
import type { Transport } from '../../contract/rpc/messages.ts';
import type { ChildExit, HostChild } from './adapters/host-child.ts';
import type { HostLink } from './host-link.ts';

/** A host that has not said that it is ready by then is ended and counts as one that died. */
export const readyTimeoutMs = 20_000;
/** Waited before the first restart; doubled for each further one. */
export const firstBackOffMs = 250;
/** After this many deaths within `deathWindowMs` it is not started again by itself. */
export const deathLimit = 5;
export const deathWindowMs = 60_000;
/** How long a host may take to end when asked. */
export const shutDownTimeoutMs = 2_000;

/** The words for why a child is gone; `lastWords` is what it wrote to standard error. */
export function exitReason({ code, signal, error }: ChildExit, lastWords: string): string {
  if (error) return `It could not be started: ${error.message}.`;
  const how =
    signal === 'SIGKILL'
      ? 'It was ended from outside, perhaps because memory ran out.'
      : signal
        ? `It crashed (${signal}).`
        : `It ended with code ${code ?? 'unknown'}.`;
  const last = lastWords.split('\n').pop()?.trim();
  return last ? `${how} Its last words: ${last}` : how;
}

/** One client's connection over the channel that all share. */
class Connection implements Transport {
  readonly #send: (message: unknown) => void;
  readonly #close: () => void;
  readonly #messageListeners: ((message: unknown) => void)[] = [];
  readonly #closeListeners: ((reason: string) => void)[] = [];
  #open = true;

  constructor(send: (message: unknown) => void, close: () => void) {
    this.#send = send;
    this.#close = close;
  }

  send(message: unknown): void {
    if (this.#open) this.#send(message);
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#messageListeners.push(listener);
  }

  onClose(listener: (reason: string) => void): void {
    this.#closeListeners.push(listener);
  }

  close(): void {
    if (!this.#open) return;
    this.#close();
    this.end('it was closed');
  }

  /** A message from the host. */
  receive(message: unknown): void {
    for (const listener of this.#messageListeners) listener(message);
  }

  /** The host ended the connection, or is gone. */
  end(reason: string): void {
    if (!this.#open) return;
    this.#open = false;
    for (const listener of this.#closeListeners) listener(reason);
  }
}

/** Keeps one host running. `launch` throws when there is no way to start it. */
export class HostProcess implements HostLink {
  readonly #launch: () => HostChild;
  readonly #listeners = new Set<(state: HostState) => void>();
  readonly #connections = new Map<number, Connection>();
  #state: HostState = { state: 'starting' };
  #child: HostChild | undefined;
  #nextConnection = 1;
  #deaths: number[] = [];
  #lastReason = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopping = false;
  #onStopped: (() => void) | undefined;

  constructor(launch: () => HostChild) {
    this.#launch = launch;
  }

  get state(): HostState {
    return this.#state;
  }

  /** Process id of the host, while there is one. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  onState(listener: (state: HostState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Starts the host; also once more after it has failed. */
  start(): void {
    if (this.#child || this.#stopping) return;
    clearTimeout(this.#timer);
    if (this.#state.state === 'failed') this.#deaths = [];
    this.#change({ state: 'starting' });
    this.#launchOnce();
  }

  connect(): Transport | undefined {
    const child = this.#child;
    if (!child || (this.#state.state !== 'ready' && this.#state.state !== 'restarted')) return undefined;
    const connection = this.#nextConnection++;
    const transport = new Connection(
      (message) => child.send({ kind: 'message', connection, message }),
      () => {
        this.#connections.delete(connection);
        child.send({ kind: 'close', connection });
      },
    );
    this.#connections.set(connection, transport);
    child.send({ kind: 'open', connection });
    return transport;
  }

  /** Ends the host and resolves when its process is gone. */
  stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (!child) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onStopped = resolve;
      const command: HostCommand = { kind: 'shut-down' };
      child.send(command);
      this.#timer = setTimeout(() => child.kill(), shutDownTimeoutMs);
    });
  }

  #change(state: HostState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }

  #launchOnce(): void {
    let child: HostChild;
    try {
      child = this.#launch();
    } catch (error) {
      this.#change({
        state: 'failed',
        message: `The host could not be started: ${error instanceof Error ? error.message : String(error)}.`,
        remedy: 'Install Engine Room again; a part of it is missing.',
      });
      return;
    }
    this.#child = child;
    child.onMessage((message) => this.#receive(child, message));
    child.onExit((exit) => this.#ended(child, exit));
    this.#timer = setTimeout(() => child.kill(), readyTimeoutMs);
  }

  #receive(child: HostChild, message: unknown): void {
    const notice = hostNoticeSchema.safeParse(message);
    // A library may use the same channel; what is not ours is not for us.
    if (!notice.success || child !== this.#child || this.#stopping) return;
    switch (notice.data.kind) {
      case 'ready':
        clearTimeout(this.#timer);
        this.#change(
          this.#deaths.length === 0 ? { state: 'ready' } : { state: 'restarted', reason: this.#lastReason },
        );
        return;
      case 'message':
        this.#connections.get(notice.data.connection)?.receive(notice.data.message);
        return;
      case 'close': {
        const connection = this.#connections.get(notice.data.connection);
        this.#connections.delete(notice.data.connection);
        connection?.end('the host closed it');
        return;
      }
    }
  }

  #ended(child: HostChild, exit: ChildExit): void {
    if (child !== this.#child) return;
    this.#child = undefined;
    clearTimeout(this.#timer);
    this.#lastReason = exitReason(exit, child.lastWords());
    const orphans = [...this.#connections.values()];
    this.#connections.clear();
    for (const connection of orphans) connection.end('the host process ended');
    if (this.#stopping) {
      this.#onStopped?.();
      return;
    }
    const now = Date.now();
    this.#deaths = [...this.#deaths.filter((at) => now - at < deathWindowMs), now];
    if (this.#deaths.length >= deathLimit) {
      this.#change({
        state: 'failed',
        message: `The host ended ${deathLimit} times within a minute and is not started again. ${this.#lastReason}`,
        remedy: 'Start Engine Room again; if that does not help, run "engineroom doctor" in a terminal.',
      });
      return;
    }
    this.#change({ state: 'starting' });
    this.#timer = setTimeout(() => this.#launchOnce(), firstBackOffMs * 2 ** (this.#deaths.length - 1));
  }
}
