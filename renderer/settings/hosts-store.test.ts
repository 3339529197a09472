import { describe, expect, it } from 'vitest';
import type { DesktopBridge } from '../../contract/bridge.ts';
import { checksAsText } from './doctor-store.ts';
import { addressProblem, useHosts } from './hosts-store.ts';

describe('the address of another host', () => {
  it('must be whole, over HTTP, and carry the token', () => {
    expect(addressProblem('http://gpu-box:7420/?token=abcdefgh')).toBeNull();
    expect(addressProblem(' https://gpu-box/?token=abcdefgh ')).toBeNull();
    expect(addressProblem('gpu-box')).toContain('whole address');
    expect(addressProblem('ftp://gpu-box/?token=abcdefgh')).toContain('http://');
    expect(addressProblem('http://gpu-box:7420/')).toContain('token');
  });
});

describe('the hosts of the desktop', () => {
  it('are listed again after one was added, and a failure is kept with its remedy', async () => {
    const saved = [{ id: '1', name: 'gpu-box', url: 'http://gpu-box:7420' }];
    const bridge = {
      listHosts: async () => saved,
      addHost: async (url: string) => {
        if (url.includes('wrong'))
          throw Object.assign(new Error('The token is wrong.'), { remedy: 'Copy it again.' });
        return saved[0];
      },
    } as unknown as DesktopBridge;
    expect(await useHosts.getState().add(bridge, ' http://gpu-box/?token=right ')).toBe(true);
    expect(useHosts.getState()).toMatchObject({ hosts: saved, failure: null });
    expect(await useHosts.getState().add(bridge, 'http://gpu-box/?token=wrong')).toBe(false);
    expect(useHosts.getState().failure).toEqual({ message: 'The token is wrong.', remedy: 'Copy it again.' });
  });
});

describe('the checks as text', () => {
  it('hold state, name, detail and remedy', () => {
    expect(checksAsText([{ name: 'Node', state: 'ok', detail: '24', remedy: null }])).toBe(
      'ok      Node: 24',
    );
    expect(checksAsText([{ name: 'X', state: 'missing', detail: 'none', remedy: 'Get it.' }])).toBe(
      'missing X: none (Get it.)',
    );
  });
});
