/** Follows one run's events, from its start and again after a lost connection, at most a few updates a second. */

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { HostClient } from '../../contract/procedures/index.ts';
import { afterEvent, noProgress, type RunProgress } from './run-progress.ts';
import type { RunEvent } from './run-types.ts';

export interface FollowState {
  readonly run: string | null;
  readonly progress: RunProgress;
  /** True once the stream has told the first event of this run. */
  readonly heard: boolean;
}

export interface FollowStore extends Omit<StoreApi<FollowState>, 'setState'> {
  /** Follows a run until the returned function is called. */
  follow(client: HostClient, run: string): () => void;
}

const updateEveryMs = 100;
const retryMs = 1000;

export function createFollowStore(): FollowStore {
  const store = createStore<FollowState>(() => ({ run: null, progress: noProgress, heard: false }));
  return {
    getState: store.getState,
    getInitialState: store.getInitialState,
    subscribe: store.subscribe,
    follow(client, run) {
      let progress = noProgress;
      let stopped = false;
      let stop = () => {};
      let retry: ReturnType<typeof setTimeout> | null = null;
      let update: ReturnType<typeof setTimeout> | null = null;
      if (store.getState().run !== run) store.setState({ run, progress, heard: false });

      const show = () => {
        update = null;
        if (!stopped) store.setState({ run, progress, heard: true });
      };
      const hear = (event: RunEvent) => {
        progress = afterEvent(progress, event);
        update ??= setTimeout(show, updateEveryMs);
      };
      const begin = () => {
        retry = null;
        // The stream starts over with the first event; what is shown stays until it has caught up.
        progress = noProgress;
        stop = client.listen('runs.follow', { id: run }, hear, (error) => {
          if (stopped || error === null || progress.finished) return;
          retry = setTimeout(begin, retryMs);
        });
      };
      begin();
      return () => {
        stopped = true;
        if (retry !== null) clearTimeout(retry);
        if (update !== null) clearTimeout(update);
        stop();
      };
    },
  };
}
