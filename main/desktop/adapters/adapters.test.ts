/**
 * The thin layers between old and new Electron, both ways round. What only the new one has (`utilityProcess`,
 * `protocol.handle`, `setWindowOpenHandler`, `safeStorage`) is played here.
 */

import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { childEnvironment, launchHost } from './host-child.ts';
import { refuseNewWindows } from './new-windows.ts';
import { fileAnswer, handleProtocol, type PageRequest, type ProtocolLike, textAnswer } from './protocol.ts';
import { secretsOf } from './secrets.ts';
import { senderOf } from './sender.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'adapters-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('handleProtocol', () => {
  const requests: PageRequest[] = [];
  const handler = async (request: PageRequest) => {
    requests.push(request);
    if (request.url.endsWith('/fail')) throw new Error('secret detail');
    return textAnswer(200, 'hello');
  };

  it('answers through protocol.handle', async () => {
    let answer: ((request: Request) => Promise<Response>) | undefined;
    handleProtocol({ handle: (_scheme, listener) => (answer = listener) }, 'app', handler);
    const response = await answer!(
      new Request('http://x/a', {
        method: 'POST',
        body: 'picture',
        headers: { 'content-type': 'image/png' },
      }),
    );
    expect([response.status, await response.text()]).toEqual([200, 'hello']);
    const request = requests.at(-1)!;
    expect(request).toMatchObject({ method: 'POST', url: 'http://x/a' });
    expect(request.headers['content-type']).toBe('image/png');
    expect(await new Response(request.body).text()).toBe('picture');
    const failed = await answer!(new Request('http://x/fail'));
    expect([failed.status, await failed.text()]).toEqual([500, 'failed']);
  });

  it('answers through registerStreamProtocol', async () => {
    let serve: Parameters<NonNullable<ProtocolLike['registerStreamProtocol']>>[1] | undefined;
    handleProtocol({ registerStreamProtocol: (_scheme, listener) => (serve = listener) }, 'app', handler);
    const ask = (url: string) =>
      new Promise<{ statusCode: number; data: NodeJS.ReadableStream }>((resolve) =>
        serve!({ method: 'GET', url, headers: {} }, resolve),
      );
    const good = await ask('app://x/a');
    expect([good.statusCode, await text(good.data as Readable)]).toEqual([200, 'hello']);
    expect((await ask('app://x/fail')).statusCode).toBe(500);
  });
});

describe('fileAnswer', () => {
  it('streams a file with its size', async () => {
    writeFileSync(join(folder, 'a.css'), 'a{}');
    const answer = await fileAnswer(join(folder, 'a.css'), { 'content-type': 'text/css' });
    expect(answer.headers).toEqual({ 'content-type': 'text/css', 'content-length': '3' });
    expect(await text(answer.body)).toBe('a{}');
  });

  it('is 404 for a folder and for nothing', async () => {
    expect((await fileAnswer(folder, {})).status).toBe(404);
    expect((await fileAnswer(join(folder, 'no'), {})).status).toBe(404);
  });
});

describe('refuseNewWindows', () => {
  it('denies through setWindowOpenHandler', () => {
    let handler: ((details: { url: string }) => unknown) | undefined;
    const refused = vi.fn();
    refuseNewWindows({ setWindowOpenHandler: (given) => (handler = given), on: vi.fn() }, refused);
    expect(handler!({ url: 'https://x/' })).toEqual({ action: 'deny' });
    expect(refused).toHaveBeenCalledWith('https://x/');
  });

  it('prevents the event of old versions', () => {
    const contents = new EventEmitter();
    const refused = vi.fn();
    refuseNewWindows(contents as never, refused);
    const preventDefault = vi.fn();
    contents.emit('new-window', { preventDefault }, 'https://x/');
    expect(preventDefault).toHaveBeenCalled();
    expect(refused).toHaveBeenCalledWith('https://x/');
  });
});

describe('secretsOf', () => {
  const storage = {
    isEncryptionAvailable: () => true,
    getSelectedStorageBackend: () => 'gnome_libsecret',
    encryptString: (plain: string) => Buffer.from([...plain].reverse().join('')),
    decryptString: (sealed: Buffer) => [...sealed.toString()].reverse().join(''),
  };

  it('seals and opens', () => {
    const secrets = secretsOf(storage);
    const sealed = secrets.seal('token');
    expect(sealed).not.toContain('token');
    expect(secrets.open(sealed!)).toBe('token');
  });

  it.each([
    ['an Electron without safeStorage', undefined],
    ['a system without encryption', { ...storage, isEncryptionAvailable: () => false }],
    ['a Linux without keyring', { ...storage, getSelectedStorageBackend: () => 'basic_text' }],
  ])('keeps nothing with %s', (_name, given) => {
    expect(secretsOf(given).seal('token')).toBeUndefined();
    expect(secretsOf(given).open('eA==')).toBeUndefined();
  });

  it('opens nothing that another user sealed', () => {
    const broken = {
      ...storage,
      decryptString: () => {
        throw new Error('bad key');
      },
    };
    expect(secretsOf(broken).open('eA==')).toBeUndefined();
  });
});

it('senderOf tells main frames from others', () => {
  const sender = { id: 1, getURL: () => 'app://engineroom/' };
  expect(senderOf({ sender })).toEqual({ url: 'app://engineroom/', isMainFrame: true });
  expect(senderOf({ sender, senderFrame: null })).toBeUndefined();
  expect(senderOf({ sender, senderFrame: { url: 'u', parent: {} } })).toEqual({
    url: 'u',
    isMainFrame: false,
  });
});

describe('launchHost', () => {
  const program = (source: string) => {
    const entry = join(folder, 'entry.cjs');
    writeFileSync(entry, source);
    return { node: process.execPath, entry, args: [], environment: childEnvironment(process.env) };
  };

  it('talks with a host on a plain Node and hears its last words', async () => {
    const child = launchHost(
      program(
        "process.on('message', (m) => { process.send({ echo: m }); console.error('last words'); process.exitCode = 7; process.disconnect(); });",
      ),
      undefined,
    );
    const heard: unknown[] = [];
    child.onMessage((message) => heard.push(message));
    const ended = new Promise((resolve) => child.onExit(resolve));
    child.send({ kind: 'shut-down' });
    expect(await ended).toEqual({ code: 7, signal: null });
    expect(heard).toEqual([{ echo: { kind: 'shut-down' } }]);
    expect(child.lastWords()).toBe('last words');
    child.send({ kind: 'shut-down' });
  });

  it('takes a utility process where the plain Node is missing', async () => {
    class Utility extends EventEmitter {
      readonly stderr = Readable.from(['out of luck\n']);
      readonly posted: unknown[] = [];
      readonly pid = 5;
      postMessage(message: unknown) {
        this.posted.push(message);
      }
      kill() {
        return this.emit('exit', 0);
      }
    }
    const utility = new Utility();
    const fork = vi.fn(() => utility);
    const child = launchHost({ ...program(''), node: join(folder, 'no-node') }, { fork } as never);
    expect(fork).toHaveBeenCalledOnce();
    const [heard, exits]: [unknown[], unknown[]] = [[], []];
    child.onMessage((message) => heard.push(message));
    child.onExit((exit) => exits.push(exit));
    child.send({ kind: 'shut-down' });
    utility.emit('message', { kind: 'ready' });
    await once(utility.stderr, 'end');
    child.kill();
    expect([child.pid, utility.posted, heard]).toEqual([5, [{ kind: 'shut-down' }], [{ kind: 'ready' }]]);
    expect(exits).toEqual([{ code: 0, signal: null }]);
    expect(child.lastWords()).toBe('out of luck');
  });

  it('says what is missing when there is neither', () => {
    expect(() => launchHost({ ...program(''), node: join(folder, 'no-node') }, undefined)).toThrow(
      /no-node is missing/,
    );
  });

  it('a child does not inherit what was meant for us', () => {
    expect(
      childEnvironment({ PATH: '/bin', NODE_OPTIONS: '-r x', ELECTRON_RUN_AS_NODE: '1', LD_PRELOAD: 'x.so' }),
    ).toEqual({ PATH: '/bin' });
  });
});
