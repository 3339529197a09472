/** All keyboard shortcuts on one sheet. */

import { Dialog } from '../design/index.ts';
import { groupCommands, useCommands } from './commands.ts';
import { formatShortcut, isMac } from './shortcuts.ts';
import styles from './shortcuts-sheet.module.css';

const insidePlaces: readonly { readonly keys: string; readonly title: string }[] = [
  { keys: 'Tab', title: 'Next control' },
  { keys: 'Arrow keys', title: 'Move within tabs, grids, menus and the graph' },
  { keys: 'F6', title: 'Next part of the window: rail, top bar, place' },
  { keys: 'F8', title: 'To the messages' },
  { keys: 'Escape', title: 'Close what is open' },
];

export function ShortcutsSheet() {
  const open = useCommands((state) => state.sheetOpen);
  const setOpen = useCommands((state) => state.setSheetOpen);
  const sources = useCommands((state) => state.sources);
  const mac = isMac();
  const groups = groupCommands(sources)
    .map(({ group, commands }) => ({
      group,
      rows: commands.flatMap(({ shortcut, title }) =>
        shortcut === undefined ? [] : [{ keys: formatShortcut(shortcut, mac), title }],
      ),
    }))
    .filter(({ rows }) => rows.length > 0);
  return (
    <Dialog open={open} onOpenChange={setOpen} title="Keyboard shortcuts">
      <div className={styles.sheet}>
        {[...groups, { group: 'Everywhere', rows: insidePlaces }].map(({ group, rows }) => (
          <section key={group}>
            <h3 className={styles.group}>{group}</h3>
            <dl className={styles.rows}>
              {rows.map(({ keys, title }) => (
                <div key={title} className={styles.row}>
                  <dt>{title}</dt>
                  <dd>
                    <kbd className={styles.keys}>{keys}</kbd>
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
