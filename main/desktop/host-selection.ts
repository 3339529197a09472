/** Which host the windows work with: the one of this app, or one that the user has added. */

import type { SavedHost } from '../../contract/bridge.ts';
import type { PageAnswer, PageRequest } from './adapters/protocol.ts';
import type { HostLink } from './host-link.ts';
import type { HostPorts } from './host-ports.ts';
import { fetchRemoteFile } from './remote-files.ts';
import { type HostKey, parseHostAddress, type RemoteHosts } from './remote-hosts.ts';
import { exchangeToken, RemoteLink, tryHost } from './remote-link.ts';

export class HostSelection {
  readonly #hosts: RemoteHosts;
  readonly #ports: HostPorts;
  readonly #own: HostLink;
  #remote: { readonly id: string; readonly key: HostKey; readonly link: RemoteLink } | undefined;

  constructor(hosts: RemoteHosts, ports: HostPorts, own: HostLink) {
    this.#hosts = hosts;
    this.#ports = ports;
    this.#own = own;
  }

  list(): readonly SavedHost[] {
    return this.#hosts.list();
  }

  /** Saves a host that answers to its token. @throws Error with a sentence and a remedy */
  async add(text: string): Promise<SavedHost> {
    const key = await exchangeToken(parseHostAddress(text));
    await tryHost(key);
    return this.#hosts.add(key);
  }

  remove(id: string): void {
    if (this.#remote?.id === id) this.select(null);
    this.#hosts.remove(id);
  }

  /** Bridges all windows to a saved host, or with null to the one of this app. */
  select(id: string | null): void {
    if (id !== null && id === this.#remote?.id) return;
    const before = this.#remote;
    if (id === null) {
      this.#remote = undefined;
      this.#ports.select(this.#own);
    } else {
      const key = this.#hosts.open(id);
      const link = new RemoteLink(key);
      this.#remote = { id, key, link };
      this.#ports.select(link);
    }
    before?.link.close();
  }

  /** What a page asks of the selected host's files; undefined while that is the host of this app. */
  files(request: PageRequest, pathAndQuery: string): Promise<PageAnswer> | undefined {
    return this.#remote && fetchRemoteFile(this.#remote.key, request, pathAndQuery);
  }

  close(): void {
    this.#remote?.link.close();
  }
}
