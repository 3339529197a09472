import { describe, expect, it } from 'vitest';
import { type UploadProgress, uploadFiles } from './upload.ts';

const file = (name: string, bytes: number) => ({ name, file: new File([new Uint8Array(bytes)], name) });
const base = { title: 'Teile & mehr.onnx', filesUrl: (path: string) => `/files/${path}`, limitBytes: 1000 };

describe('sending files to the host', () => {
  it('answers their paths in order and ends at a full share', async () => {
    const seen: UploadProgress[] = [];
    const urls: string[] = [];
    const paths = await uploadFiles([file('a b.onnx', 300), file('c.data', 100)], {
      ...base,
      signal: new AbortController().signal,
      onProgress: (progress) => seen.push(progress),
      send: async (url, sent, _, onBytes) => {
        urls.push(url);
        onBytes(sent.size / 2);
        return `/uploads/${sent.name}`;
      },
    });
    expect(paths).toEqual(['/uploads/a b.onnx', '/uploads/c.data']);
    expect(urls[0]).toContain('name=a%20b.onnx');
    const groups = new Set(urls.map((url) => new URL(url, 'http://host').searchParams.get('group')));
    expect(groups.size).toBe(1);
    expect([...groups][0]).toMatch(/^Teile-mehr-[0-9a-f]{10}$/);
    expect(seen[seen.length - 1]).toEqual({ value: 1, sentFiles: 2, files: 2 });
    const values = seen.map(({ value }) => value);
    expect([...values].sort((left, right) => left - right)).toEqual(values);
  });

  it('refuses a file beyond the limit before anything is sent', async () => {
    let sent = 0;
    const sending = uploadFiles([file('small.jpg', 10), file('large.onnx', 2000)], {
      ...base,
      signal: new AbortController().signal,
      onProgress: () => undefined,
      send: async () => {
        sent += 1;
        return '';
      },
    });
    await expect(sending).rejects.toMatchObject({ remedy: expect.stringContaining('path') });
    expect(sent).toBe(0);
  });

  it('stops the others when one fails', async () => {
    const aborted: string[] = [];
    const sending = uploadFiles([file('bad.jpg', 10), file('slow.jpg', 10)], {
      ...base,
      signal: new AbortController().signal,
      onProgress: () => undefined,
      send: (_, { name }, signal) =>
        name === 'bad.jpg'
          ? Promise.reject(new Error('disk full'))
          : new Promise((_resolve, reject) =>
              signal.addEventListener('abort', () => {
                aborted.push(name);
                reject(new Error('stopped'));
              }),
            ),
    });
    await expect(sending).rejects.toThrow('disk full');
    expect(aborted).toEqual(['slow.jpg']);
  });

  it('ends when it is cancelled', async () => {
    const abort = new AbortController();
    const sending = uploadFiles([file('a.jpg', 10)], {
      ...base,
      signal: abort.signal,
      onProgress: () => undefined,
      send: (_url, _file, signal) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(new Error('stopped'))),
        ),
    });
    abort.abort();
    await expect(sending).rejects.toThrow();
  });
});
