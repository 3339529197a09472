import { describe, expect, it } from 'vitest';
import { rpcAddress } from './host-link.ts';
import { joinFilesUrl } from './use-host.ts';

describe('addresses of the host', () => {
  it('are those of the page, with its token while it has one', () => {
    const page = { protocol: 'http:', host: 'gpu-box:7420', search: '' };
    expect(rpcAddress(page)).toBe('ws://gpu-box:7420/rpc');
    expect(rpcAddress({ ...page, protocol: 'https:', search: '?token=a+b/c' })).toBe(
      'wss://gpu-box:7420/rpc?token=a%20b%2Fc',
    );
  });

  it('join a prefix of either kind with a path', () => {
    expect(joinFilesUrl('/files', 'images/1/2?width=160')).toBe('/files/images/1/2?width=160');
    expect(joinFilesUrl('http://127.0.0.1:1/files/TOKEN/', 'runs/7/report.html')).toBe(
      'http://127.0.0.1:1/files/TOKEN/runs/7/report.html',
    );
  });
});
