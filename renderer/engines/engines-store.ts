/** What the engines place knows: every engine that was built, what verifying them found, and what is under way. */

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { HostClient } from '../../contract/procedures/index.ts';
import type { Engine, Verification } from './engine-rows.ts';

export interface Trouble {
  readonly message: string;
  readonly remedy: string;
}

export type Verifying =
  | { readonly state: 'busy' }
  | { readonly state: 'done'; readonly found: Verification }
  | { readonly state: 'failed'; readonly trouble: Trouble };

export interface EnginesState {
  /** Null until the host has answered. */
  readonly engines: readonly Engine[] | null;
  readonly trouble: Trouble | null;
  readonly verified: ReadonlyMap<string, Verifying>;
}

export interface EnginesStore {
  readonly state: StoreApi<EnginesState>;
  refresh(): Promise<void>;
  verify(id: string): Promise<void>;
  /** Verifies one engine after the other, since each is read from end to end. */
  verifyAll(signal?: AbortSignal): Promise<void>;
  /** Takes the engine off the list at once, and back onto it when the host refuses. */
  remove(id: string): Promise<void>;
  restore(id: string): Promise<void>;
}

function troubleOf(error: unknown): Trouble {
  if (typeof error === 'object' && error !== null && 'message' in error) {
    const remedy = 'remedy' in error && typeof error.remedy === 'string' ? error.remedy : '';
    return { message: String(error.message), remedy };
  }
  return { message: String(error), remedy: '' };
}

export function createEnginesStore(client: HostClient): EnginesStore {
  const state = createStore<EnginesState>()(() => ({ engines: null, trouble: null, verified: new Map() }));

  const refresh = async (): Promise<void> => {
    try {
      const { engines } = await client.call('engines.list', {});
      state.setState({ engines, trouble: null });
    } catch (error) {
      state.setState({ trouble: troubleOf(error) });
    }
  };

  const note = (id: string, verifying: Verifying): void => {
    state.setState({ verified: new Map(state.getState().verified).set(id, verifying) });
  };

  const verify = async (id: string): Promise<void> => {
    note(id, { state: 'busy' });
    try {
      note(id, { state: 'done', found: await client.call('engines.verify', { id }) });
    } catch (error) {
      note(id, { state: 'failed', trouble: troubleOf(error) });
    }
  };

  return {
    state,
    refresh,
    verify,
    async verifyAll(signal) {
      for (const { id } of state.getState().engines ?? []) {
        if (signal?.aborted) return;
        await verify(id);
      }
    },
    async remove(id) {
      const before = state.getState().engines;
      state.setState({ engines: before?.filter((engine) => engine.id !== id) ?? null });
      try {
        await client.call('engines.remove', { id });
      } catch (error) {
        state.setState({ engines: before });
        throw error;
      }
    },
    async restore(id) {
      await client.call('engines.restore', { id });
      await refresh();
    },
  };
}
