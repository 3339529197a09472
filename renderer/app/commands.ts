/** What the user can do from anywhere: every place adds its commands; the palette and the shortcuts offer them. */

import { type ReactNode, useEffect } from 'react';
import { create } from 'zustand';

export interface Command {
  readonly id: string;
  /** An order: `Open a model…`. */
  readonly title: string;
  /** Commands of one group stand together, e.g. `Go to`, `Models`. */
  readonly group: string;
  readonly run: () => void;
  /** As in shortcuts.ts: `Mod+K`, `Alt+1`, `?`. */
  readonly shortcut?: string;
  /** Other words for it, for the search. */
  readonly keywords?: readonly string[];
  readonly icon?: ReactNode;
}

interface CommandState {
  readonly sources: readonly (readonly Command[])[];
  readonly paletteOpen: boolean;
  readonly sheetOpen: boolean;
  /** Adds commands until the returned function is called. */
  readonly register: (commands: readonly Command[]) => () => void;
  readonly setPaletteOpen: (open: boolean) => void;
  readonly setSheetOpen: (open: boolean) => void;
}

export const useCommands = create<CommandState>((set, get) => ({
  sources: [],
  paletteOpen: false,
  sheetOpen: false,
  register: (commands) => {
    set({ sources: [...get().sources, commands] });
    return () => set({ sources: get().sources.filter((source) => source !== commands) });
  },
  setPaletteOpen: (paletteOpen) => set({ paletteOpen, sheetOpen: false }),
  setSheetOpen: (sheetOpen) => set({ sheetOpen, paletteOpen: false }),
}));

/** All commands by group in the order of their first appearance; a later command replaces one of the same id. */
export function groupCommands(
  sources: readonly (readonly Command[])[],
): readonly { readonly group: string; readonly commands: readonly Command[] }[] {
  const byId = new Map<string, Command>();
  for (const command of sources.flat()) byId.set(command.id, command);
  const groups = new Map<string, Command[]>();
  for (const command of byId.values()) {
    const group = groups.get(command.group);
    if (group === undefined) groups.set(command.group, [command]);
    else group.push(command);
  }
  return [...groups].map(([group, commands]) => ({ group, commands }));
}

/** Offers commands while the component is mounted. Keep `commands` the same array between renders (`useMemo`). */
export function useRegisterCommands(commands: readonly Command[]): void {
  const register = useCommands((state) => state.register);
  useEffect(() => register(commands), [register, commands]);
}
