/** What the engines place knows: every engine that was built, what verifying them found, and what is under way. */

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { HostClient } from '../../contract/procedures/index.ts';
import { type ShownFailure, shownFailure } from '../app/project-store.ts';
import type { Engine, Verification } from './engine-rows.ts';

export type Verifying =
  | { readonly state: 'busy' }
  | { readonly state: 'done'; readonly found: Verification }
  | { readonly state: 'failed'; readonly failure: ShownFailure };

export interface EnginesState {
  /** Null until the host has answered. */
  readonly engines: readonly Engine[] | null;
  readonly failure: ShownFailure | null;
  readonly verified: ReadonlyMap<string, Verifying>;
}

export interface EnginesStore {
  readonly state: StoreApi<EnginesState>;
  refresh(): Promise<void>;
  verify(id: string): Promise<Verifying>;
  /** Verifies one engine after the other, since each is read from end to end. */
  verifyAll(ids: readonly string[], signal: AbortSignal): Promise<void>;
  /** Takes the engine off the list at once, and back onto it when the host refuses. */
  remove(id: string): Promise<void>;
  restore(id: string): Promise<void>;
}

export function createEnginesStore(client: HostClient): EnginesStore {
  const state = createStore<EnginesState>()(() => ({ engines: null, failure: null, verified: new Map() }));

  const refresh = async (): Promise<void> => {
    try {
      const { engines } = await client.call('engines.list', {});
      state.setState({ engines, failure: null });
    } catch (error) {
      state.setState({ failure: shownFailure(error) });
    }
  };

  const note = (id: string, verifying: Verifying): void => {
    state.setState({ verified: new Map(state.getState().verified).set(id, verifying) });
  };

  const verify = async (id: string): Promise<Verifying> => {
    note(id, { state: 'busy' });
    let verifying: Verifying;
    try {
      verifying = { state: 'done', found: await client.call('engines.verify', { id }) };
    } catch (error) {
      verifying = { state: 'failed', failure: shownFailure(error) };
    }
    note(id, verifying);
    return verifying;
  };

  return {
    state,
    refresh,
    verify,
    async verifyAll(ids, signal) {
      for (const id of ids) {
        if (signal.aborted) return;
        await verify(id);
      }
    },
    async remove(id) {
      const engines = state.getState().engines?.filter((engine) => engine.id !== id) ?? null;
      state.setState({ engines });
      try {
        await client.call('engines.remove', { id });
      } catch (error) {
        await refresh();
        throw error;
      }
    },
    async restore(id) {
      await client.call('engines.restore', { id });
      await refresh();
    },
  };
}
