/** Hosts elsewhere that the user has added: their addresses in a settings file, their keys sealed by the system. */

import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { SavedHost } from '../../contract/bridge.ts';
import type { Secrets } from './adapters/secrets.ts';
import type { SettingsFile } from './settings-file.ts';

export const savedHostsSchema = z.array(
  z.object({
    id: z.string(),
    name: z.string(),
    /** Without token, without a slash at the end. */
    url: z.string(),
    /** The sealed key; null where this machine cannot keep a secret. */
    sealedKey: z.string().nullable(),
  }),
);

export type SavedHostRecords = z.infer<typeof savedHostsSchema>;

/** What the user pastes: where a host is, and the token of its present start. */
export interface HostAddress {
  readonly url: string;
  readonly token: string;
}

/** Where a host is and the cookie that lets in, which outlives its restarts. */
export interface HostKey {
  readonly url: string;
  readonly key: string;
}

/**
 * Address and token in what `engineroom serve` prints, e.g. `http://gpu-box:7420/?token=...`.
 * @throws Error with a sentence and a remedy for anything else
 */
export function parseHostAddress(text: string): HostAddress {
  const remedy = 'Paste the whole address that "engineroom serve" prints, with its token.';
  let address: URL;
  try {
    address = new URL(text.trim());
  } catch {
    throw new Error(`"${text.trim()}" is not an address. ${remedy}`);
  }
  if (address.protocol !== 'http:' && address.protocol !== 'https:') {
    throw new Error(`${address.protocol}// is not how a host is reached. ${remedy}`);
  }
  const token = address.searchParams.get('token');
  if (!token) throw new Error(`The address ${address.origin} comes without a token. ${remedy}`);
  return { url: `${address.origin}${address.pathname.replace(/\/+$/, '')}`, token };
}

export class RemoteHosts {
  readonly #file: SettingsFile<SavedHostRecords>;
  readonly #secrets: Secrets;
  /** Keys of this session, needed where they cannot be sealed. */
  readonly #keys = new Map<string, string>();

  constructor(file: SettingsFile<SavedHostRecords>, secrets: Secrets) {
    this.#file = file;
    this.#secrets = secrets;
  }

  list(): readonly SavedHost[] {
    return this.#file.value.map(({ id, name, url }) => ({ id, name, url }));
  }

  /** Saves a host; one of the same address is replaced and keeps its id. */
  add({ url, key }: HostKey): SavedHost {
    const known = this.#file.value.find((host) => host.url === url);
    const id = known?.id ?? randomBytes(8).toString('hex');
    const name = new URL(url).host;
    const sealedKey = this.#secrets.seal(key) ?? null;
    this.#keys.set(id, key);
    this.#file.write([...this.#file.value.filter((host) => host.id !== id), { id, name, url, sealedKey }]);
    return { id, name, url };
  }

  remove(id: string): void {
    this.#keys.delete(id);
    this.#file.write(this.#file.value.filter((host) => host.id !== id));
  }

  /** @throws Error when there is no such host, or its key could not be kept */
  open(id: string): HostKey & { readonly name: string } {
    const host = this.#file.value.find((candidate) => candidate.id === id);
    if (!host) throw new Error('This host is no longer in the list. Add it again.');
    const key =
      this.#keys.get(id) ?? (host.sealedKey === null ? undefined : this.#secrets.open(host.sealedKey));
    if (key === undefined) {
      throw new Error(`The key of ${host.name} could not be kept on this machine. Add the host again.`);
    }
    return { url: host.url, name: host.name, key };
  }
}
