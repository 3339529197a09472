/** What a command line opens, what the menu offers, where the parts lie, and when the app may end. */

import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it, vi } from 'vitest';
import { menuCommands } from '../../contract/bridge.ts';
import { menuTemplate } from './menu.ts';
import { pathsToOpen } from './open-paths.ts';
import { placesOnDisk } from './places-on-disk.ts';
import { Quitting } from './quitting.ts';

describe('pathsToOpen', () => {
  it('takes files, relative ones from the folder of the caller', () => {
    expect(pathsToOpen(['/m/a.onnx', 'b c.onnx', '../ü.onnx'], '/home/u', '/app')).toEqual([
      '/m/a.onnx',
      '/home/u/b c.onnx',
      '/home/ü.onnx',
    ]);
  });

  it('leaves out switches and the app itself', () => {
    const args = ['--no-sandbox', '.', '--allow-file-access-from-files', 'm.onnx', '-v', ''];
    expect(pathsToOpen(args, '/app', '/app')).toEqual(['/app/m.onnx']);
  });
});

describe('menuTemplate', () => {
  const template = (platform: NodeJS.Platform, chosen: string[] = []) =>
    menuTemplate({
      platform,
      developerTools: false,
      recent: [{ name: 'a&b.onnx', path: '/m/a&b.onnx' }],
      theme: 'dark',
      command: (command) => chosen.push(command),
      openPath: (path) => chosen.push(path),
      newWindow: () => chosen.push('window'),
      hostFailed: false,
      startHost: vi.fn(),
      about: vi.fn(),
    });
  const items = (entries: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
    entries.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? items(item.submenu) : [])]);

  it.each(['linux', 'win32', 'darwin'] as const)('on %s offers every command, each key once', (platform) => {
    const chosen: string[] = [];
    const all = items(template(platform, chosen));
    for (const { click } of all) (click as (() => void) | undefined)?.();
    expect(chosen).toEqual(expect.arrayContaining([...menuCommands]));
    expect(chosen).toContain('/m/a&b.onnx');
    const keys = all.flatMap(({ accelerator }) => accelerator ?? []);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('marks the theme in use and shows ampersands as such', () => {
    const all = items(template('linux'));
    expect(all.filter(({ checked }) => checked).map(({ label }) => label)).toEqual(['Dark']);
    expect(all.some(({ label }) => label === 'a&&b.onnx (/m/a&&b.onnx)')).toBe(true);
  });

  it('has no tools for developers in the packaged app', () => {
    expect(items(template('linux')).some(({ role }) => role === 'toggleDevTools')).toBe(false);
  });
});

describe('placesOnDisk', () => {
  it('from source and packaged', () => {
    expect(placesOnDisk('/clone', undefined, 'linux', '140.0')).toMatchObject({
      renderer: '/clone/dist/renderer',
      hostEntry: '/clone/dist/main/host/entry.js',
      node: '/clone/node_modules/node/bin/node',
    });
    expect(placesOnDisk('/x/app.asar', '/x', 'win32', '140.0')).toMatchObject({
      renderer: '/x/app.asar/dist/renderer',
      hostEntry: '/x/host/dist/main/host/entry.js',
      node: '/x/node/node.exe',
    });
  });

  it('an old Chromium gets the build for old ones', () => {
    expect(placesOnDisk('/c', undefined, 'linux', '83.0.4103').renderer).toBe('/c/dist/renderer-chrome83');
  });
});

describe('Quitting', () => {
  function played(runs: number, agrees: boolean) {
    const listeners: Record<string, (event: { preventDefault(): void }) => void> = {};
    let ended = false;
    let stopped = false;
    const emit = (name: string): boolean => {
      let held = false;
      listeners[name]!({ preventDefault: () => (held = true) });
      return held;
    };
    const app = {
      on: (name: string, listener: (event: { preventDefault(): void }) => void) =>
        (listeners[name] = listener),
      quit: () => {
        if (!emit('before-quit') && !emit('will-quit')) ended = true;
      },
    };
    const confirm = vi.fn(async () => agrees);
    const stopHost = async () => {
      stopped = true;
    };
    const quitting = new Quitting({ app, activeRuns: () => runs, confirm, stopHost });
    return { app, quitting, confirm, over: () => ({ ended, stopped }) };
  }
  const settle = () => new Promise((resolve) => setImmediate(resolve));

  it('ends the host before the app, without a question when nothing runs', async () => {
    const { app, confirm, over } = played(0, true);
    app.quit();
    expect(over().ended).toBe(false);
    await settle();
    expect(over()).toEqual({ ended: true, stopped: true });
    expect(confirm).not.toHaveBeenCalled();
  });

  it('asks once while runs are in progress and goes on when the user says no', async () => {
    const { app, confirm, over } = played(2, false);
    app.quit();
    app.quit();
    await settle();
    expect(over()).toEqual({ ended: false, stopped: false });
    expect(confirm).toHaveBeenCalledTimes(1);
    expect(confirm).toHaveBeenCalledWith(2);
    app.quit();
    expect(confirm).toHaveBeenCalledTimes(2);
  });

  it('ends when the user says yes, and at once when forced', async () => {
    const asked = played(1, true);
    asked.app.quit();
    await settle();
    await settle();
    expect(asked.over()).toEqual({ ended: true, stopped: true });
    const forced = played(1, false);
    forced.quitting.force();
    await settle();
    expect(forced.over()).toEqual({ ended: true, stopped: true });
    expect(forced.confirm).not.toHaveBeenCalled();
  });
});
