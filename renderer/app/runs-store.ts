/** All runs of the host and their present state, followed for as long as the window is open. */

import { create } from 'zustand';
import type { HostClient, ItemOf } from '../../contract/procedures/index.ts';

export type RunSummary = ItemOf<'runs.watch'>;

interface RunsState {
  /** Newest first. */
  readonly runs: readonly RunSummary[];
  /** False until the host has told of them once. */
  readonly loaded: boolean;
  /** Follows the host's runs; returns what ends it. */
  readonly watch: (client: HostClient, onFinished?: (run: RunSummary) => void) => () => void;
  /** Takes a removed run out of the list. */
  readonly forget: (id: string) => void;
}

export function isOver(run: RunSummary): boolean {
  return run.state !== 'queued' && run.state !== 'running';
}

/** The list with one summary put in or replaced, newest first. */
export function withRun(runs: readonly RunSummary[], run: RunSummary): readonly RunSummary[] {
  const index = runs.findIndex(({ id }) => id === run.id);
  if (index >= 0) return runs.map((present, at) => (at === index ? run : present));
  return [...runs, run].sort((left, right) => right.createdAt.localeCompare(left.createdAt));
}

export const useRuns = create<RunsState>((set, get) => ({
  runs: [],
  loaded: false,
  watch: (client, onFinished) => {
    const load = async () => {
      try {
        const { runs } = await client.call('runs.list', {});
        set({
          runs: [...runs].sort((left, right) => right.createdAt.localeCompare(left.createdAt)),
          loaded: true,
        });
      } catch {
        // The stream brings the same; the list only removes what is gone.
      }
    };
    void load();
    return client.listen('runs.watch', {}, (run) => {
      // Perhaps in another window.
      if (run.removed) {
        get().forget(run.id);
        return;
      }
      const before = get().runs.find(({ id }) => id === run.id);
      set({ runs: withRun(get().runs, run) });
      if (before !== undefined && !isOver(before) && isOver(run)) onFinished?.(run);
    });
  },
  forget: (id) => set({ runs: get().runs.filter((run) => run.id !== id) }),
}));

/** The run that is being carried out, else the one that is next. */
export function activeRun(runs: readonly RunSummary[]): RunSummary | undefined {
  return (
    runs.find((run) => run.state === 'running') ??
    [...runs]
      .filter((run) => run.state === 'queued')
      .sort((left, right) => (left.queuePosition ?? 0) - (right.queuePosition ?? 0))[0]
  );
}
