/** What works on the host, as its doctor says. */

import { create } from 'zustand';
import type { HostClient, ResultOf } from '../../contract/procedures/index.ts';
import { type ShownFailure, shownFailure } from '../app/project-store.ts';

export type Check = ResultOf<'host.doctor'>['checks'][number];

interface DoctorState {
  /** Null until the host has answered. */
  readonly checks: readonly Check[] | null;
  readonly failure: ShownFailure | null;
  readonly asking: boolean;
  readonly ask: (client: HostClient) => Promise<void>;
}

export const useDoctor = create<DoctorState>((set, get) => ({
  checks: null,
  failure: null,
  asking: false,
  ask: async (client) => {
    if (get().asking) return;
    set({ asking: true });
    try {
      const { checks } = await client.call('host.doctor', {});
      set({ checks, failure: null });
    } catch (error) {
      set({ failure: shownFailure(error) });
    } finally {
      set({ asking: false });
    }
  },
}));

/** The checks as plain text, to put into a report of a problem. */
export function checksAsText(checks: readonly Check[]): string {
  return checks
    .map(
      ({ name, state, detail, remedy }) =>
        `${state.padEnd(8)}${name}: ${detail}${remedy === null ? '' : ` (${remedy})`}`,
    )
    .join('\n');
}
