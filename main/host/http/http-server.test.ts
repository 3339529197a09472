/** Who is let in over HTTP, and what an address can and cannot reach. */

import { once } from 'node:events';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { eventually } from '../testing/eventually.ts';
import { noStore, startTestHost, type TestHost } from '../testing/test-host.ts';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

describe.skipIf(noStore !== '')(`the HTTP server${noStore}`, () => {
  let test: TestHost;
  let renderer: string;
  let cookie: string;

  /** By node:http, which sends a path and a Host header as they are. */
  function ask(
    path: string,
    {
      headers = {},
      method = 'GET',
      body,
    }: { headers?: Record<string, string>; method?: string; body?: string | Buffer } = {},
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { port } = new URL(test.base);
      const sent = httpRequest(
        { host: '127.0.0.1', port, path, method, headers, agent: false },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: Buffer.concat(chunks).toString(),
            }),
          );
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }
  const withCookie = (path: string, headers: Record<string, string> = {}) =>
    ask(path, { headers: { cookie, ...headers } });

  function connectSocket(path: string, options: { headers?: Record<string, string>; origin?: string } = {}) {
    return new Promise<number>((resolve) => {
      const socket = new WebSocket(`${test.base.replace('http', 'ws')}${path}`, options);
      socket.on('open', () => {
        socket.terminate();
        resolve(101);
      });
      socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
      socket.on('error', () => undefined);
    });
  }

  beforeAll(async () => {
    test = await startTestHost({ uploadLimitBytes: 1000 });
    renderer = join(test.folder, 'renderer');
    await test.end();
    await mkdir(join(renderer, 'assets'), { recursive: true });
    await writeFile(join(renderer, 'index.html'), '<!doctype html><head><title>Engine Room</title></head>');
    await writeFile(join(renderer, 'assets', 'main-1a2b.js'), 'export {};');
    await writeFile(join(test.folder, 'secret.txt'), 'secret');
    await symlink(join(test.folder, 'secret.txt'), join(renderer, 'link.txt'));
    test = await startTestHost({ uploadLimitBytes: 1000, rendererFolder: renderer }, test.folder);
    const exchanged = await ask(`/?token=${test.token}`);
    cookie = String(exchanged.headers['set-cookie']).split(';')[0] ?? '';
  });
  afterAll(async () => {
    expect(test.problems).toEqual([]);
    await test.end();
  });

  describe('rights', () => {
    it('exchanges the token for a cookie that scripts and other sites do not get', async () => {
      const answer = await ask(`/?token=${test.token}`);
      expect(answer).toMatchObject({ status: 303, headers: { location: '/' } });
      const set = String(answer.headers['set-cookie']);
      expect(set).toMatch(/^engineroom-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
      expect(set).not.toContain(test.token);
      expect((await withCookie('/')).body).toContain('<title>Engine Room</title>');
    });

    it.each([
      ['no token', '/', {}],
      ['a wrong token', '/?token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', {}],
      ['an empty token', '/?token=', {}],
      ['a wrong cookie', '/', { cookie: 'engineroom-1=x' }],
      ['no token for a script', '/assets/main-1a2b.js', {}],
      ['no token for pictures', '/files/images/x/0', {}],
      ['a wrong token in the path', `/files/${'A'.repeat(32)}/images/x/0`, {}],
    ])('refuses %s', async (_, path, headers) => {
      const answer = await ask(path, { headers });
      expect(answer.status).toBe(401);
      expect(answer.body).toMatch(/token/i);
      expect(answer.body).not.toContain('Engine Room</title><script');
      expect(answer.headers['set-cookie']).toBeUndefined();
    });

    it('lets pictures into other pages only with the token', async () => {
      const policy = async (path: string, headers: Record<string, string>) =>
        (await ask(path, { headers })).headers['cross-origin-resource-policy'];
      expect(await policy(`/files/${test.token}/images/x/0`, {})).toBe('cross-origin');
      expect(await policy('/files/images/x/0', { cookie })).toBe('same-origin');
    });

    it('does not take the right cookie for a wrong token', async () => {
      expect((await withCookie('/?token=wrong')).status).toBe(401);
    });

    it('lets the cookie in again after a restart, and not the old token', async () => {
      const { token } = test;
      const { port } = new URL(test.base);
      await test.host.close();
      test = await startTestHost(
        {
          uploadLimitBytes: 1000,
          rendererFolder: renderer,
          http: { host: '127.0.0.1', port: Number(port), allowedHosts: [], allowedOrigins: [] },
        },
        test.folder,
      );
      expect((await withCookie('/')).status).toBe(200);
      expect((await ask(`/?token=${token}`)).status).toBe(401);
      const { mode } = await stat(join(test.folder, 'data', 'session.key'));
      expect(mode & 0o077).toBe(0);
    });

    it('refuses a WebSocket without right, from another site, and elsewhere than at /rpc', async () => {
      expect(await connectSocket('/rpc')).toBe(401);
      expect(await connectSocket('/rpc?token=wrong')).toBe(401);
      expect(await connectSocket('/rpc', { headers: { cookie }, origin: 'http://evil.example' })).toBe(403);
      expect(await connectSocket(`/rpc?token=${test.token}`, { origin: 'null' })).toBe(403);
      expect(await connectSocket(`/rpc?token=${test.token}`, { headers: { host: 'evil.example' } })).toBe(
        421,
      );
      expect(await connectSocket(`/other?token=${test.token}`)).toBe(404);
      expect(await connectSocket('/rpc', { headers: { cookie }, origin: test.base })).toBe(101);
      expect(await connectSocket(`/rpc?token=${test.token}`)).toBe(101);
    });
  });

  describe('names and origins', () => {
    it.each(['evil.example', 'evil.example:80', '127.0.0.1.evil.example', '10.0.0.1', '[::2]'])(
      'refuses the host name "%s" even with the token',
      async (host) => {
        const answer = await ask(`/?token=${test.token}`, { headers: { host } });
        expect([400, 421]).toContain(answer.status);
        expect(answer.headers['set-cookie']).toBeUndefined();
      },
    );

    it.each(['localhost:1', 'LOCALHOST', '127.0.0.1:7420', '[::1]:7420'])(
      'knows itself as "%s", whatever the port (it may be forwarded)',
      async (host) => {
        expect((await withCookie('/', { host })).status).toBe(200);
      },
    );

    it.each(['http://evil.example', 'null', 'http://localhost:1', 'https://127.0.0.1.evil.example'])(
      'refuses the origin "%s"',
      async (origin) => {
        expect((await withCookie('/', { origin })).status).toBe(403);
      },
    );

    it('takes its own origin, also behind a proxy that adds TLS', async () => {
      const { host } = new URL(test.base);
      for (const origin of [`http://${host}`, `https://${host}`]) {
        expect((await withCookie('/', { origin })).status).toBe(200);
      }
    });
  });

  describe('files of the window', () => {
    it('come with headers under which nothing foreign runs', async () => {
      const { headers, body } = await withCookie('/');
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toMatch(/unsafe-(?:inline|eval)/);
      expect(headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      });
      // The page may add styles of its own, under a nonce that is another one at every load.
      const [, nonce = ''] = /'nonce-([\w-]{22})'/.exec(policy) ?? [];
      expect(body).toContain(`nonce="${nonce}"`);
      expect((await withCookie('/')).body).not.toContain(nonce);
      const script = await withCookie('/assets/main-1a2b.js');
      expect(script).toMatchObject({ status: 200, body: 'export {};' });
      expect(script.headers).toMatchObject({
        'content-type': 'text/javascript; charset=utf-8',
        'cache-control': expect.stringContaining('immutable'),
      });
    });

    it.each([
      '/../secret.txt',
      '/assets/../../secret.txt',
      '/%2e%2e/secret.txt',
      '/..%2fsecret.txt',
      '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
      '//etc/passwd',
      '/%00',
      '/link.txt',
      '/assets',
      '/%ff',
      '/assets/..%5c..%5csecret.txt',
    ])('end at their folder: %s', async (path) => {
      const { status, body } = await withCookie(path);
      expect([400, 404]).toContain(status);
      expect(body).not.toContain('secret"');
      expect(body).not.toMatch(/^secret|root:/m);
    });

    it('can only be read', async () => {
      expect((await ask('/', { method: 'DELETE', headers: { cookie } })).status).toBe(405);
      const head = await ask('/assets/main-1a2b.js', { method: 'HEAD', headers: { cookie } });
      expect(head).toMatchObject({ status: 200, body: '', headers: { 'content-length': '10' } });
    });
  });

  describe('uploads', () => {
    const upload = (
      name: string,
      body: string | Buffer,
      group = 'g1',
      headers: Record<string, string> = {},
    ) =>
      ask(`/files/uploads?name=${encodeURIComponent(name)}&group=${encodeURIComponent(group)}`, {
        method: 'POST',
        body,
        headers: { cookie, ...headers },
      });
    const uploads = () => join(test.folder, 'data', 'uploads');

    it('arrive whole, files of a group beside each other', async () => {
      const model = JSON.parse((await upload('model.onnx', 'onnx')).body) as { path: string };
      const data = JSON.parse((await upload('model.onnx_data', 'weights')).body) as { path: string };
      expect(await readFile(model.path, 'utf8')).toBe('onnx');
      expect(data.path).toBe(join(uploads(), 'g1', 'model.onnx_data'));
      const image = JSON.parse((await upload('날개 Ü/bild 1.png', 'png', 'g2')).body) as { path: string };
      expect(image.path).toBe(join(uploads(), 'g2', '날개 Ü', 'bild 1.png'));
      const client = await test.client();
      const { entries } = await client.call('host.listFolder', { path: join(uploads(), 'g1') });
      expect(entries.map(({ name, kind }) => [name, kind])).toEqual([
        ['model.onnx', 'model'],
        ['model.onnx_data', 'other'],
      ]);
    });

    it.each([
      ['../../evil.onnx', 'evil.onnx'],
      ['/etc/evil.onnx', 'etc/evil.onnx'],
      ['..\\..\\evil.onnx', 'evil.onnx'],
      ['.hidden.onnx', 'hidden.onnx'],
      ['a\u0000\u202eb.onnx', 'a__b.onnx'],
    ])('keep a harmless name for %j', async (name, expected) => {
      const { status, body } = await upload(name, 'x', 'names');
      expect(status).toBe(200);
      expect(JSON.parse(body).path).toBe(join(uploads(), 'names', expected));
    });

    it('never leave the folder of uploads, whatever their name', async () => {
      const { uploadName } = await import('./uploads.ts');
      fc.assert(
        fc.property(fc.string({ unit: 'binary' }), (name) => {
          let parts: readonly string[];
          try {
            parts = uploadName(`${name}.onnx`);
          } catch (error) {
            expect(error).toMatchObject({ code: 'bad-input' });
            return;
          }
          const path = join('/u', ...parts);
          expect(path.startsWith('/u/')).toBe(true);
          expect(parts.every((part) => !part.includes('/') && part !== '..' && !part.includes('\0'))).toBe(
            true,
          );
        }),
      );
    });

    it.each(['evil.sh', 'index.html', 'notes.md', 'model.pt', 'CON.png', '', '..', 'x'.repeat(300)])(
      'refuse the file "%s"',
      async (name) => {
        const { status, body } = await upload(name, 'x');
        expect(status).toBe(404);
        expect(JSON.parse(body)).toMatchObject({ message: expect.any(String), remedy: expect.any(String) });
      },
    );

    it.each(['', '..', 'a/b', '../x', 'ä', 'x'.repeat(65)])('refuse the group "%s"', async (group) => {
      expect((await upload('a.onnx', 'x', group)).status).toBe(404);
    });

    it('end at the limit, stated or not, and leave nothing', async () => {
      const stated = await upload('big.onnx', Buffer.alloc(1001), 'big');
      expect(stated.status).toBe(400);
      const chunked = await upload('big.onnx', Buffer.alloc(1001), 'big', { 'transfer-encoding': 'chunked' });
      expect(chunked).toMatchObject({ status: 400, body: expect.stringContaining('larger') });
      expect(await readdir(join(uploads(), 'big')).catch(() => [])).toEqual([]);
    });

    it('that are cut off leave nothing', async () => {
      const { port } = new URL(test.base);
      const socket = connect(Number(port), '127.0.0.1');
      await once(socket, 'connect');
      socket.write(
        `POST /files/uploads?name=cut.onnx&group=cut HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\nContent-Length: 900\r\n\r\nhalf`,
      );
      await eventually(async () => expect(await readdir(join(uploads(), 'cut'))).toHaveLength(1));
      expect(await readdir(join(uploads(), 'cut'))).not.toContain('cut.onnx');
      socket.destroy();
      await eventually(async () => expect(await readdir(join(uploads(), 'cut'))).toEqual([]));
    });

    it('that a killed host cut off are removed at the next start', async () => {
      await mkdir(join(uploads(), 'killed', 'sub'), { recursive: true });
      await writeFile(join(uploads(), 'killed', 'sub', '.a.onnx.0a1b2c3d.part'), 'half');
      await writeFile(join(uploads(), 'killed', 'whole.onnx'), 'whole');
      const { removeCutOffUploads } = await import('./uploads.ts');
      await removeCutOffUploads(uploads());
      expect(await readdir(join(uploads(), 'killed', 'sub'))).toEqual([]);
      expect(await readdir(join(uploads(), 'killed'))).toContain('whole.onnx');
    });

    it('need the right and the own origin', async () => {
      const path = '/files/uploads?name=a.onnx&group=g';
      expect((await ask(path, { method: 'POST', body: 'x' })).status).toBe(401);
      const foreign = { cookie, origin: 'http://evil.example' };
      expect((await ask(path, { method: 'POST', body: 'x', headers: foreign })).status).toBe(403);
      expect((await ask(path, { headers: { cookie } })).status).toBe(405);
    });
  });

  it('answers to texts that are no JSON, and lives', async () => {
    const socket = new WebSocket(`${test.base.replace('http', 'ws')}/rpc?token=${test.token}`);
    await once(socket, 'open');
    const heard: string[] = [];
    socket.on('message', (data) => heard.push(String(data)));
    socket.send('{');
    socket.send(Buffer.from([1, 2, 3]));
    socket.send('"hello"');
    await eventually(() => expect(heard).toHaveLength(3));
    for (const text of heard) expect(JSON.parse(text)).toMatchObject({ kind: 'error', id: null });
    socket.terminate();
    expect((await withCookie('/')).status).toBe(200);
  });
});
