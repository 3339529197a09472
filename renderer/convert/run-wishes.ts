/** What the user wants done to runs: stopped, repeated, taken off the list; and what came of it. */

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { HostClient } from '../../contract/procedures/index.ts';
import { isOpen, type RunSummary } from './run-types.ts';

export interface WireFailure {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

export interface WishesState {
  /** What went wrong with the last wish, until it is dismissed or another one succeeds. */
  readonly failure: WireFailure | null;
  /** Runs that were asked to stop. */
  readonly stopping: ReadonlySet<string>;
}

export interface RunWishes extends Omit<StoreApi<WishesState>, 'setState'> {
  /** True from the wish to stop until the run has stopped. */
  isStopping(run: RunSummary): boolean;
  cancel(client: HostClient, id: string): Promise<void>;
  /** The new run, or null when the host refused. */
  repeat(client: HostClient, id: string): Promise<RunSummary | null>;
  remove(client: HostClient, id: string): Promise<boolean>;
  dismissFailure(): void;
}

/** Code, sentence and remedy of whatever was thrown. */
export function failureFrom(error: unknown): WireFailure {
  const { code, message, remedy } = (error ?? {}) as Partial<WireFailure>;
  return {
    code: typeof code === 'string' ? code : 'internal',
    message: typeof message === 'string' && message !== '' ? message : 'Something went wrong.',
    remedy:
      typeof remedy === 'string' ? remedy : 'Try again; if it happens again, look into the log of the host.',
  };
}

/** Open runs first, in the order in which they are worked on, then the rest, latest first. */
export function inOrder(runs: Iterable<RunSummary>): readonly RunSummary[] {
  const rank = ({ state, queuePosition }: RunSummary) =>
    state === 'running' ? -1 : state === 'queued' ? (queuePosition ?? 0) : Number.POSITIVE_INFINITY;
  return [...runs].sort((a, b) => {
    const [ra, rb] = [rank(a), rank(b)];
    if (ra !== rb) return ra - rb;
    return a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : 0;
  });
}

export function createRunWishes(): RunWishes {
  const store = createStore<WishesState>(() => ({ failure: null, stopping: new Set() }));
  const { getState, setState } = store;

  const attempt = async <T>(work: () => Promise<T>): Promise<T | null> => {
    try {
      const value = await work();
      setState({ failure: null });
      return value;
    } catch (error) {
      setState({ failure: failureFrom(error) });
      return null;
    }
  };
  const setStopping = (id: string, stopping: boolean) => {
    const ids = new Set(getState().stopping);
    if (stopping) ids.add(id);
    else ids.delete(id);
    setState({ stopping: ids });
  };

  return {
    getState,
    getInitialState: store.getInitialState,
    subscribe: store.subscribe,
    isStopping: (run) => isOpen(run) && getState().stopping.has(run.id),
    dismissFailure: () => setState({ failure: null }),
    async cancel(client, id) {
      setStopping(id, true);
      if ((await attempt(() => client.call('runs.cancel', { id }))) === null) setStopping(id, false);
    },
    repeat: (client, id) => attempt(() => client.call('runs.repeat', { id })),
    async remove(client, id) {
      return (await attempt(() => client.call('runs.remove', { id }))) !== null;
    },
  };
}

/** The one store of this window. */
export const runWishes = createRunWishes();
