/** The native menu, as a template: what it offers and with which keys. */

import type { MenuItemConstructorOptions } from 'electron';
import type { MenuCommand } from '../../contract/bridge.ts';

export interface RecentModel {
  readonly name: string;
  readonly path: string;
}

export interface MenuOptions {
  readonly platform: NodeJS.Platform;
  readonly developerTools: boolean;
  readonly recent: readonly RecentModel[];
  readonly theme: 'system' | 'light' | 'dark';
  /** Sends a command to the window in front. */
  readonly command: (command: MenuCommand) => void;
  readonly openPath: (path: string) => void;
  readonly newWindow: () => void;
  readonly hostFailed: boolean;
  readonly startHost: () => void;
  readonly about: () => void;
}

const separator: MenuItemConstructorOptions = { type: 'separator' };

const places = [
  ['go:models', 'Models'],
  ['go:images', 'Images'],
  ['go:convert', 'Convert'],
  ['go:compare', 'Compare'],
  ['go:engines', 'Engines'],
] as const satisfies readonly (readonly [MenuCommand, string])[];

function fileMenu(options: MenuOptions): MenuItemConstructorOptions {
  const { command, openPath, newWindow, platform, recent } = options;
  return {
    label: '&File',
    submenu: [
      { label: 'Open Model…', accelerator: 'CmdOrCtrl+O', click: () => command('open-model') },
      {
        label: 'Open Recent',
        enabled: recent.length > 0,
        submenu: recent.map(({ name, path }) => ({
          // Two models of one name differ by their folder. An ampersand would be taken for a mnemonic.
          label: `${name} (${path})`.replace(/&/g, '&&'),
          click: () => openPath(path),
        })),
      },
      separator,
      { label: 'New Window', accelerator: 'CmdOrCtrl+Shift+N', click: newWindow },
      { label: 'Add Host…', click: () => command('add-host') },
      separator,
      ...(platform === 'darwin'
        ? [{ role: 'close' } as const]
        : [
            { label: 'Settings', accelerator: 'CmdOrCtrl+,', click: () => command('go:settings') },
            separator,
            { role: 'close' } as const,
            { role: 'quit' } as const,
          ]),
    ],
  };
}

function viewMenu({ command, theme, developerTools }: MenuOptions): MenuItemConstructorOptions {
  const themes = [
    ['system', 'As the System'],
    ['light', 'Light'],
    ['dark', 'Dark'],
  ] as const;
  return {
    label: '&View',
    submenu: [
      { label: 'Command Palette…', accelerator: 'CmdOrCtrl+K', click: () => command('palette') },
      separator,
      ...places.map(
        ([name, label], index): MenuItemConstructorOptions => ({
          label,
          accelerator: `CmdOrCtrl+${index + 1}`,
          click: () => command(name),
        }),
      ),
      separator,
      {
        label: 'Theme',
        submenu: themes.map(([name, label]) => ({
          label,
          type: 'radio' as const,
          checked: name === theme,
          click: () => command(`theme:${name}`),
        })),
      },
      separator,
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      { role: 'togglefullscreen' },
      ...(developerTools
        ? [separator, { role: 'reload' } as const, { role: 'toggleDevTools' } as const]
        : []),
    ],
  };
}

function appMenu({ command }: MenuOptions): MenuItemConstructorOptions {
  return {
    role: 'appMenu',
    submenu: [
      { role: 'about' },
      separator,
      { label: 'Settings…', accelerator: 'Cmd+,', click: () => command('go:settings') },
      separator,
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      separator,
      { role: 'quit' },
    ],
  };
}

/** The whole menu for `Menu.buildFromTemplate`. */
export function menuTemplate(options: MenuOptions): MenuItemConstructorOptions[] {
  const help: MenuItemConstructorOptions = {
    role: 'help',
    submenu: [
      { label: 'Start the Host Again', enabled: options.hostFailed, click: options.startHost },
      ...(options.platform === 'darwin' ? [] : [{ label: 'About Engine Room', click: options.about }]),
    ],
  };
  return [
    ...(options.platform === 'darwin' ? [appMenu(options)] : []),
    fileMenu(options),
    { role: 'editMenu' },
    viewMenu(options),
    { role: 'windowMenu' },
    help,
  ];
}
