/** The hosts that this desktop knows: its own, and those that were added by address. */

import { create } from 'zustand';
import type { DesktopBridge, SavedHost } from '../../contract/bridge.ts';
import { type ShownFailure, shownFailure } from '../app/project-store.ts';

interface HostsState {
  /** Null until main has answered. */
  readonly hosts: readonly SavedHost[] | null;
  readonly failure: ShownFailure | null;
  readonly load: (bridge: DesktopBridge) => Promise<void>;
  /** Answers whether it was added; if not, `failure` says why. */
  readonly add: (bridge: DesktopBridge, url: string) => Promise<boolean>;
  readonly remove: (bridge: DesktopBridge, id: string) => Promise<void>;
  /** Null selects the desktop's own host. */
  readonly select: (bridge: DesktopBridge, id: string | null) => Promise<void>;
}

/** Why an address cannot be one that `engineroom serve` printed; null when it can. */
export function addressProblem(text: string): string | null {
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    return 'Enter the whole address, as in http://gpu-box:7420/?token=…';
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return 'The address must start with http:// or https://.';
  if ((url.searchParams.get('token') ?? '') === '') {
    return 'The address holds no token; copy all of what `engineroom serve` printed, with ?token=…';
  }
  return null;
}

export const useHosts = create<HostsState>((set) => {
  const attempt = async (work: () => Promise<void>): Promise<boolean> => {
    try {
      await work();
      set({ failure: null });
      return true;
    } catch (error) {
      set({ failure: shownFailure(error) });
      return false;
    }
  };
  const load = async (bridge: DesktopBridge) => set({ hosts: await bridge.listHosts() });
  return {
    hosts: null,
    failure: null,
    load: async (bridge) => {
      await attempt(() => load(bridge));
    },
    add: (bridge, url) =>
      attempt(async () => {
        await bridge.addHost(url.trim());
        await load(bridge);
      }),
    remove: async (bridge, id) => {
      await attempt(async () => {
        await bridge.removeHost(id);
        await load(bridge);
      });
    },
    select: async (bridge, id) => {
      await attempt(() => bridge.selectHost(id));
    },
  };
});
