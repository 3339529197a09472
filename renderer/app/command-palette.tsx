/** The command palette: type a few letters of what you want, press Enter. */

import { Command as Palette } from 'cmdk';
import { Dialog as Primitive } from 'radix-ui';
import { useState } from 'react';
import { SearchIcon } from '../design/icons.tsx';
import styles from './command-palette.module.css';
import { type Command, groupCommands, useCommands } from './commands.ts';
import { formatShortcut, isMac } from './shortcuts.ts';

export function CommandPalette() {
  const open = useCommands((state) => state.paletteOpen);
  const setOpen = useCommands((state) => state.setPaletteOpen);
  return (
    <Primitive.Root open={open} onOpenChange={setOpen}>
      <Primitive.Portal>
        <Primitive.Overlay className={styles.scrim} />
        <Primitive.Content className={styles.palette} aria-describedby={undefined}>
          <Primitive.Title className={styles.title}>Commands</Primitive.Title>
          <PaletteList close={() => setOpen(false)} />
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

function PaletteList({ close }: { readonly close: () => void }) {
  const sources = useCommands((state) => state.sources);
  const [text, setText] = useState('');
  const mac = isMac();
  const run = (command: Command) => {
    close();
    // After the palette has given the focus back, so that a command can take it.
    setTimeout(command.run, 0);
  };
  return (
    <Palette label="Commands" loop>
      <div className={styles.search}>
        <SearchIcon />
        <Palette.Input
          className={styles.input}
          value={text}
          onValueChange={setText}
          placeholder="What do you want to do?"
        />
      </div>
      <Palette.List className={styles.list} label="Commands">
        <Palette.Empty className={styles.nothing}>
          No command has these letters. Try the name of a place, a model or a run.
        </Palette.Empty>
        {groupCommands(sources).map(({ group, commands }) => (
          <Palette.Group key={group} heading={group} className={styles.group}>
            {commands.map((command) => (
              <Palette.Item
                key={command.id}
                value={command.id}
                keywords={[command.title, ...(command.keywords ?? [])]}
                className={styles.item}
                onSelect={() => run(command)}
              >
                <span className={styles.icon}>{command.icon}</span>
                <span className={styles.words}>{command.title}</span>
                {command.shortcut !== undefined && (
                  <kbd className={styles.shortcut}>{formatShortcut(command.shortcut, mac)}</kbd>
                )}
              </Palette.Item>
            ))}
          </Palette.Group>
        ))}
      </Palette.List>
    </Palette>
  );
}
