/** The models that were opened lately on this host. */

import { create } from 'zustand';
import type { HostClient, ResultOf } from '../../contract/procedures/index.ts';
import { type ShownFailure, shownFailure } from '../app/project-store.ts';

export type RecentModel = ResultOf<'models.recent'>['models'][number];

interface RecentModelsState {
  /** Null until the host has answered. */
  readonly models: readonly RecentModel[] | null;
  readonly failure: ShownFailure | null;
  readonly load: (client: HostClient) => Promise<void>;
  /** Takes a model out of the list; the file is not touched. */
  readonly forget: (client: HostClient, id: string) => Promise<void>;
}

export const useRecentModels = create<RecentModelsState>((set, get) => ({
  models: null,
  failure: null,
  load: async (client) => {
    try {
      const { models } = await client.call('models.recent', {});
      set({ models, failure: null });
    } catch (error) {
      set({ failure: shownFailure(error) });
    }
  },
  forget: async (client, id) => {
    const before = get().models;
    set({ models: before?.filter((model) => model.id !== id) ?? null });
    try {
      await client.call('models.forget', { id });
    } catch (error) {
      set({ models: before, failure: shownFailure(error) });
    }
  },
}));
