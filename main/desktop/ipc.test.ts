/** Requests are answered for our own page in our own window, with checked arguments, and for nobody else. */

import { describe, expect, it, vi } from 'vitest';

const registered = vi.hoisted(() => [] as string[]);
vi.mock('electron', () => ({ ipcMain: { handle: (name: string) => registered.push(name) } }));

import { answerRequest, notify, type RequestEvent, type RequestHandlers, serveWindows } from './ipc.ts';

const window = { id: 1 } as never;
const handlers = {
  'choose-folder': (_window: unknown, purpose: string) => `/chosen/${purpose}`,
  'add-host': () => {
    throw new Error('It is not there. Look again.');
  },
} as unknown as RequestHandlers;
const ours: RequestEvent = {
  sender: { id: 1, getURL: () => 'app://engineroom/index.html' },
  senderFrame: { url: 'app://engineroom/index.html', parent: null },
};
const answer = (event: RequestEvent, args: unknown[], windowOf = () => window) =>
  answerRequest('choose-folder', handlers, windowOf, event, args);

describe('answerRequest', () => {
  it('answers the main frame of our own page', async () => {
    expect(await answer(ours, ['images'])).toEqual({ ok: true, value: '/chosen/images' });
  });

  it('answers in an Electron without senderFrame by the page of the sender', async () => {
    const { sender } = ours;
    expect(await answer({ sender }, ['images'])).toMatchObject({ ok: true });
    const foreign = { sender: { id: 1, getURL: () => 'https://example.org/' } };
    await expect(answer(foreign, ['images'])).rejects.toThrow('refused for https://example.org/');
  });

  it.each([
    ['a foreign page', { ...ours, senderFrame: { url: 'https://example.org/', parent: null } }],
    ['a frame inside our page', { ...ours, senderFrame: { url: 'app://engineroom/', parent: {} } }],
    ['a frame that is gone', { ...ours, senderFrame: null }],
  ])('refuses %s', async (_name, event) => {
    await expect(answer(event, ['images'])).rejects.toThrow('refused');
  });

  it('refuses what is no window of ours', async () => {
    await expect(answer(ours, ['images'], () => undefined as never)).rejects.toThrow('refused');
  });

  it.each([[[]], [['elsewhere']], [['images', 'more']], [[['images']]]])(
    'refuses the arguments %j',
    async (args) => {
      await expect(answer(ours, args)).rejects.toThrow('wrong arguments');
    },
  );

  it('an error of a handler travels as its sentence', async () => {
    expect(await answerRequest('add-host', handlers, () => window, ours, ['x'])).toEqual({
      ok: false,
      message: 'It is not there. Look again.',
    });
  });
});

it('serveWindows registers every request once', () => {
  serveWindows(handlers, () => window);
  expect(new Set(registered).size).toBe(registered.length);
  expect(registered).toContain('connect');
  expect(registered).toHaveLength(9);
});

it('a window that is gone is told nothing', () => {
  const send = vi.fn();
  notify({ isDestroyed: () => true, webContents: { send } } as never, 'menu', 'palette');
  expect(send).not.toHaveBeenCalled();
  notify({ isDestroyed: () => false, webContents: { send } } as never, 'menu', 'palette');
  expect(send).toHaveBeenCalledWith('menu', 'palette');
});
