/** Saved hosts: what an address must look like, and that keys are written only when sealed. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseHostAddress, RemoteHosts, savedHostsSchema } from './remote-hosts.ts';
import { openSettings } from './settings-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hosts-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const file = () => openSettings(join(folder, 'hosts.json'), savedHostsSchema, []);
const keyring = {
  seal: (text: string) => Buffer.from(text).toString('hex'),
  open: (sealed: string) => Buffer.from(sealed, 'hex').toString(),
};
const noKeyring = { seal: () => undefined, open: () => undefined };

describe('parseHostAddress', () => {
  it.each([
    ['http://box:7420/?token=abc', 'http://box:7420'],
    ['  http://box:7420/?token=abc#models ', 'http://box:7420'],
    ['https://lab.example/engine-room/?token=abc', 'https://lab.example/engine-room'],
  ])('%s', (given, url) => {
    expect(parseHostAddress(given)).toEqual({ url, token: 'abc' });
  });

  it.each([
    ['box', 'is not an address'],
    ['http://box:7420/', 'without a token'],
    ['ftp://box/?token=a', 'is not how a host is reached'],
    ['javascript:alert(1)', 'is not how a host is reached'],
  ])('%s is refused', (given, message) => {
    expect(() => parseHostAddress(given)).toThrow(message);
  });
});

describe('RemoteHosts', () => {
  const box = { url: 'http://box:7420', key: 'a=secret-key' };

  it('keeps a host and its sealed key from one start to the next', () => {
    const { id } = new RemoteHosts(file(), keyring).add(box);
    expect(readFileSync(join(folder, 'hosts.json'), 'utf8')).not.toContain('secret-key');
    const again = new RemoteHosts(file(), keyring);
    expect(again.list()).toEqual([{ id, name: 'box:7420', url: 'http://box:7420' }]);
    expect(again.open(id)).toEqual({ ...box, name: 'box:7420' });
  });

  it('without a keyring the key lasts for the session', () => {
    const hosts = new RemoteHosts(file(), noKeyring);
    const { id } = hosts.add(box);
    expect(hosts.open(id).key).toBe('a=secret-key');
    expect(readFileSync(join(folder, 'hosts.json'), 'utf8')).not.toContain('secret-key');
    expect(() => new RemoteHosts(file(), noKeyring).open(id)).toThrow(
      /could not be kept.*Add the host again/,
    );
  });

  it('the same address replaces the host and keeps its id', () => {
    const hosts = new RemoteHosts(file(), keyring);
    const { id } = hosts.add(box);
    expect(hosts.add({ ...box, key: 'newer' }).id).toBe(id);
    expect(hosts.list()).toHaveLength(1);
    expect(hosts.open(id).key).toBe('newer');
  });

  it('forgets a removed host', () => {
    const hosts = new RemoteHosts(file(), keyring);
    const { id } = hosts.add(box);
    hosts.remove(id);
    expect(() => hosts.open(id)).toThrow('no longer in the list');
  });

  it('a damaged file is an empty list', () => {
    writeFileSync(join(folder, 'hosts.json'), '[{"id": 3}]');
    expect(new RemoteHosts(file(), keyring).list()).toEqual([]);
    writeFileSync(join(folder, 'hosts.json'), '{{');
    expect(new RemoteHosts(file(), keyring).list()).toEqual([]);
  });
});
