/** The commands of the window itself, and those of the desktop's menu. */

import { useEffect, useMemo } from 'react';
import { useConnection } from '../connection/index.ts';
import { copyText } from '../design/copy-button.tsx';
import {
  FolderIcon,
  ImagesIcon,
  KeyboardIcon,
  ModelIcon,
  MoonIcon,
  RepeatIcon,
  SearchIcon,
  SunIcon,
} from '../design/icons.tsx';
import { useToasts } from '../design/index.ts';
import { desktopBridge } from './bridge.ts';
import { type Command, useCommands, useRegisterCommands } from './commands.ts';
import { places, useNavigation } from './navigation.ts';
import { choosePath } from './paths/choose-path.ts';
import { placeList } from './place-list.tsx';
import { type SetRole, useProject } from './project-store.ts';
import { parseTheme, useTheme } from './theme.ts';
import { windowLog } from './window-log.ts';

function goCommands(): readonly Command[] {
  const { go } = useNavigation.getState();
  return placeList.map(({ place, title, icon, shortcut }) => ({
    id: `go:${place}`,
    title,
    group: 'Go to',
    icon,
    shortcut,
    run: () => go(place),
  }));
}

function openCommands(
  client: ReturnType<typeof useConnection>['client'],
  local: boolean,
): readonly Command[] {
  const { go } = useNavigation.getState();
  const openSet = async (role: SetRole) => {
    const path = await choosePath('images', local);
    if (path === null) return;
    go('images', { set: role });
    await useProject.getState().openSet(client, role, path);
  };
  return [
    {
      id: 'open-model',
      title: 'Open a model…',
      group: 'Open',
      icon: <ModelIcon />,
      shortcut: 'Mod+O',
      keywords: ['onnx', 'file'],
      run: async () => {
        const path = await choosePath('model', local);
        if (path === null) return;
        go('models', {});
        await useProject.getState().openModel(client, path);
      },
    },
    {
      id: 'open-calibration',
      title: 'Open a calibration set…',
      group: 'Open',
      icon: <ImagesIcon />,
      keywords: ['images', 'folder'],
      run: () => void openSet('calibration'),
    },
    {
      id: 'open-validation',
      title: 'Open a validation set…',
      group: 'Open',
      icon: <FolderIcon />,
      keywords: ['images', 'labels', 'folder'],
      run: () => void openSet('validation'),
    },
  ];
}

function viewCommands(): readonly Command[] {
  const { setTheme } = useTheme.getState();
  const { setPaletteOpen, setSheetOpen } = useCommands.getState();
  return [
    {
      id: 'palette',
      title: 'All commands',
      group: 'Window',
      icon: <SearchIcon />,
      shortcut: 'Mod+K',
      run: () => setPaletteOpen(true),
    },
    {
      id: 'shortcuts',
      title: 'Keyboard shortcuts',
      group: 'Window',
      icon: <KeyboardIcon />,
      shortcut: '?',
      run: () => setSheetOpen(true),
    },
    {
      id: 'theme:light',
      title: 'Light theme',
      group: 'Window',
      icon: <SunIcon />,
      run: () => setTheme('light'),
    },
    {
      id: 'theme:dark',
      title: 'Dark theme',
      group: 'Window',
      icon: <MoonIcon />,
      run: () => setTheme('dark'),
    },
    {
      id: 'theme:system',
      title: 'Theme of the system',
      group: 'Window',
      icon: <SunIcon />,
      run: () => setTheme('system'),
    },
    {
      id: 'copy-log',
      title: 'Copy the log of this window',
      group: 'Window',
      run: async () => {
        const copied = await copyText(windowLog(null));
        const { show } = useToasts.getState();
        if (copied) show({ severity: 'ok', title: 'The log of this window is in the clipboard.' });
        else show({ severity: 'warning', title: 'The clipboard cannot be reached from this page.' });
      },
    },
    {
      id: 'reload',
      title: 'Reload the window',
      group: 'Window',
      icon: <RepeatIcon />,
      run: () => window.location.reload(),
    },
  ];
}

/** Runs a command of the desktop's menu. */
function runMenuCommand(command: string): void {
  const known = useCommands
    .getState()
    .sources.flat()
    .find(({ id }) => id === command);
  if (known !== undefined) {
    known.run();
    return;
  }
  const [verb, object = ''] = command.split(':');
  const place = places.find((candidate) => candidate === object);
  if (verb === 'go' && place !== undefined) useNavigation.getState().go(place);
  if (verb === 'theme') useTheme.getState().setTheme(parseTheme(object));
  if (command === 'add-host') useNavigation.getState().go('settings', { add: 'host' });
}

/** Registers the window's commands and obeys the desktop's menu. */
export function useWindowCommands(): void {
  const { client, info, kind } = useConnection();
  const connected = info !== null;
  const local = kind === 'desktop' && info !== null && info.roots.length === 0;
  const commands = useMemo(
    () => (connected ? [...goCommands(), ...openCommands(client, local), ...viewCommands()] : viewCommands()),
    [client, connected, local],
  );
  useRegisterCommands(commands);
  useEffect(() => {
    desktopBridge()?.onMenu(runMenuCommand);
  }, []);
}
