/** What main itself wants to know of the host of this app: how many runs would be lost, which models were opened. */

import { type ClosableHostClient, createHostClient } from '../../contract/rpc/client.ts';
import type { HostLink } from './host-link.ts';
import type { RecentModel } from './menu.ts';

const longestMenu = 10;

export class HostWatch {
  readonly #active = new Set<string>();
  #client: ClosableHostClient | undefined;

  constructor(link: HostLink) {
    link.onState(({ state }) => {
      if (state === 'ready' || state === 'restarted') this.#follow(link);
      else this.#active.clear();
    });
  }

  /** Runs that are queued or running now, and end with the host. */
  get activeRuns(): number {
    return this.#active.size;
  }

  /** The models opened last, newest first; empty while the host cannot be asked. */
  async recentModels(): Promise<readonly RecentModel[]> {
    try {
      const { models } = (await this.#client?.call('models.recent', {})) ?? { models: [] };
      return models.filter((model) => model.present).slice(0, longestMenu);
    } catch {
      return [];
    }
  }

  #follow(link: HostLink): void {
    const transport = link.connect();
    if (!transport) return;
    this.#active.clear();
    const client = createHostClient(transport, { name: 'desktop menu' });
    this.#client = client;
    client.listen('runs.watch', {}, ({ id, state }) => {
      if (client !== this.#client) return;
      if (state === 'queued' || state === 'running') this.#active.add(id);
      else this.#active.delete(id);
    });
  }
}
