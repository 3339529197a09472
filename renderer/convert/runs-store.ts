/** All runs of the host as they stand now, kept by its stream of summaries, through lost connections. */

import { createStore } from 'zustand/vanilla';
import type { HostClient } from '../../contract/procedures/index.ts';
import type { RunSummary } from './run-types.ts';

export interface WireFailure {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

export interface RunsState {
  /** Null before the host has answered for the first time. */
  readonly runs: ReadonlyMap<string, RunSummary> | null;
  /** What went wrong with the last wish of the user, until it is dismissed or another wish succeeds. */
  readonly failure: WireFailure | null;
  /** Runs that were asked to stop and have not stopped yet. */
  readonly stopping: ReadonlySet<string>;
}

export interface RunsStore {
  readonly getState: () => RunsState;
  readonly subscribe: (listener: (state: RunsState, before: RunsState) => void) => () => void;
  /** Follows the host until the returned function is called; asks again when the stream ends, ever more slowly. */
  watch(client: HostClient): () => void;
  cancel(client: HostClient, id: string): Promise<void>;
  repeat(client: HostClient, id: string): Promise<RunSummary | null>;
  remove(client: HostClient, id: string): Promise<void>;
  /** Puts a run in that was just submitted, before the stream tells of it. */
  add(run: RunSummary): void;
  dismissFailure(): void;
}

const retryMs = [500, 1000, 2000, 5000] as const;

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

export function createRunsStore(): RunsStore {
  const store = createStore<RunsState>(() => ({ runs: null, failure: null, stopping: new Set() }));
  const { getState, setState, subscribe } = store;

  const put = (run: RunSummary) => {
    const { runs, stopping } = getState();
    const next = new Map(runs ?? []);
    next.set(run.id, run);
    const open = run.state === 'queued' || run.state === 'running';
    const stop = new Set(stopping);
    if (!open) stop.delete(run.id);
    setState({ runs: next, stopping: stop });
  };

  /** Carries a wish out; what goes wrong is shown, and does not throw. */
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

  return {
    getState,
    subscribe,
    add: put,
    dismissFailure: () => setState({ failure: null }),
    watch(client) {
      let stopped = false;
      let failures = 0;
      let timer: ReturnType<typeof setTimeout> | null = null;
      let stop = () => {};
      const controller = new AbortController();
      const begin = () => {
        timer = null;
        /** Summaries that the stream brought while the list was under way are newer than the list. */
        const fresh = new Map<string, RunSummary>();
        let listed = false;
        stop = client.listen(
          'runs.watch',
          {},
          (run) => {
            failures = 0;
            if (!listed) fresh.set(run.id, run);
            put(run);
          },
          () => {
            if (stopped) return;
            const wait = retryMs[Math.min(failures, retryMs.length - 1)] ?? 5000;
            failures++;
            timer = setTimeout(begin, wait);
          },
        );
        // The list tells which runs are gone; the stream alone would keep them.
        client
          .call('runs.list', {}, { signal: controller.signal })
          .then(({ runs }) => {
            listed = true;
            if (stopped) return;
            setState({ runs: new Map([...runs.map((run) => [run.id, run] as const), ...fresh]) });
          })
          .catch(() => {
            // The end of the stream says the same and is retried.
          });
      };
      begin();
      return () => {
        stopped = true;
        if (timer !== null) clearTimeout(timer);
        controller.abort();
        stop();
      };
    },
    async cancel(client, id) {
      setState(({ stopping }) => ({ stopping: new Set(stopping).add(id) }));
      const done = await attempt(() => client.call('runs.cancel', { id }));
      if (done === null) {
        const stopping = new Set(getState().stopping);
        stopping.delete(id);
        setState({ stopping });
      }
    },
    async repeat(client, id) {
      const run = await attempt(() => client.call('runs.repeat', { id }));
      if (run !== null) put(run);
      return run;
    },
    async remove(client, id) {
      const done = await attempt(() => client.call('runs.remove', { id }));
      if (done === null) return;
      const runs = new Map(getState().runs ?? []);
      runs.delete(id);
      setState({ runs });
    },
  };
}

/** The one store of this window. */
export const runsStore = createRunsStore();
