/** Runs the command whose shortcut was pressed. */

import { useEffect } from 'react';
import { groupCommands, useCommands } from './commands.ts';
import { isMac, isWriting, matchesShortcut } from './shortcuts.ts';

export function useShortcuts(): void {
  useEffect(() => {
    const mac = isMac();
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const modified = event.ctrlKey || event.metaKey || event.altKey;
      const { sources } = useCommands.getState();
      const asked = document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]') !== null;
      if (asked || (!modified && isWriting(event.target))) return;
      const command = groupCommands(sources)
        .flatMap(({ commands }) => commands)
        .find(({ shortcut }) => shortcut !== undefined && matchesShortcut(event, shortcut, mac));
      if (command === undefined) return;
      event.preventDefault();
      command.run();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
}
