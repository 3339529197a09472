/**
 * The window's one connection to a host: made, lost, made again with growing pauses. Calls wait while it is away and
 * streams begin anew when it is back, so that the places need not know.
 */

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { HostClient, ResultOf } from '../../contract/procedures/index.ts';
import { type ClosableHostClient, createHostClient } from '../../contract/rpc/client.ts';
import { HostError } from '../../contract/rpc/host-error.ts';
import type { HostLink } from './host-link.ts';
import { createLastingClient, type LastingClient } from './lasting-client.ts';

export type HostInfo = ResultOf<'host.info'>;

export type ConnectionState =
  | { readonly phase: 'connecting' }
  | { readonly phase: 'ready' }
  /** It was there and is gone, or does not answer yet; `retryAt` in milliseconds since the epoch. */
  | {
      readonly phase: 'reconnecting';
      readonly attempt: number;
      readonly retryAt: number;
      readonly reason: string;
    }
  /** The token is wrong or missing: trying again would not help. */
  | { readonly phase: 'refused'; readonly message: string; readonly remedy: string }
  | { readonly phase: 'other-version'; readonly message: string; readonly remedy: string }
  /** The desktop could not start its host. */
  | { readonly phase: 'failed'; readonly message: string; readonly remedy: string };

export interface ConnectionData {
  readonly state: ConnectionState;
  /** What the host said of itself at the latest connection; null before the first. */
  readonly info: HostInfo | null;
  /** Changes when the host was started anew: what it kept in memory, such as open image sets, is gone. */
  readonly session: string | null;
}

export interface Connection {
  readonly store: StoreApi<ConnectionData>;
  readonly client: HostClient;
  readonly kind: HostLink['kind'];
  /** Tries at once instead of waiting for the pause to end. */
  retryNow(): void;
  /** The desktop tells that its host could not be started. */
  fail(message: string, remedy: string): void;
  close(): void;
}

const firstPauseMs = 500;
const longestPauseMs = 10_000;

/** Pause before attempt `attempt` (from 1), doubling up to ten seconds. */
export function pauseBefore(attempt: number): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** (attempt - 1));
}

export interface ConnectionOptions {
  readonly now?: () => number;
  readonly setTimer?: (run: () => void, milliseconds: number) => unknown;
  readonly clearTimer?: (timer: never) => void;
}

export function openConnection(
  link: HostLink,
  {
    now = Date.now,
    setTimer = (run, milliseconds) => setTimeout(run, milliseconds),
    clearTimer = (timer) => clearTimeout(timer),
  }: ConnectionOptions = {},
): Connection {
  const store = createStore<ConnectionData>(() => ({
    state: { phase: 'connecting' },
    info: null,
    session: null,
  }));
  const lasting: LastingClient = createLastingClient();
  let current: ClosableHostClient | null = null;
  let timer: unknown;
  let attempt = 0;
  let over = false;
  /** Nothing is tried any more until the user or the desktop says so. */
  let resting = false;

  const rest = (state: ConnectionState) => {
    resting = true;
    clearTimer(timer as never);
    store.setState({ state });
    if ('message' in state) lasting.giveUp(new HostError('disconnected', state.message, state.remedy));
  };

  const retryLater = (reason: string) => {
    attempt += 1;
    const pause = pauseBefore(attempt);
    store.setState({ state: { phase: 'reconnecting', attempt, retryAt: now() + pause, reason } });
    clearTimer(timer as never);
    timer = setTimer(connect, pause);
  };

  const lost = async (error: HostError, welcomed: boolean) => {
    lasting.detach();
    if (over || resting) return;
    if (error.code === 'protocol')
      return rest({ phase: 'other-version', message: error.message, remedy: error.remedy });
    if (!welcomed && (await link.diagnose()) === 'refused') {
      return rest({
        phase: 'refused',
        message: 'The host does not let this page in: its token is missing or wrong.',
        remedy: 'Open the address that `engineroom serve` printed when it started; it ends in ?token=…',
      });
    }
    if (!over && !resting && current === null) retryLater(error.message);
  };

  /** Takes a new transport into use; the one before it, if any, is replaced without a word. */
  const use = (transport: Parameters<typeof createHostClient>[0]) => {
    const before = current;
    current = null;
    lasting.detach();
    before?.close();
    let welcomed = false;
    const client: ClosableHostClient = createHostClient(transport, {
      name: `window (${link.kind})`,
      onWelcome: ({ session }) => {
        welcomed = true;
        void greet(client, session);
      },
      onClose: (error) => {
        if (current !== client) return;
        current = null;
        void lost(error, welcomed);
      },
    });
    current = client;
  };

  const greet = async (client: ClosableHostClient, session: string) => {
    try {
      const info = await client.call('host.info', {});
      if (current !== client) return;
      attempt = 0;
      resting = false;
      store.setState({ state: { phase: 'ready' }, info, session });
      lasting.attach(client);
    } catch {
      // The connection ended meanwhile, which its own listener answers to.
      client.close();
    }
  };

  function connect() {
    clearTimer(timer as never);
    link.open(use);
  }

  connect();
  return {
    store,
    client: lasting.client,
    kind: link.kind,
    retryNow() {
      const { phase } = store.getState().state;
      if (phase === 'ready' || phase === 'connecting') return;
      attempt = 0;
      resting = false;
      store.setState({ state: { phase: 'connecting' } });
      connect();
    },
    fail(message, remedy) {
      rest({ phase: 'failed', message, remedy });
    },
    close() {
      over = true;
      clearTimer(timer as never);
      current?.close();
      current = null;
    },
  };
}
