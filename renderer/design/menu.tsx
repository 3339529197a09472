/** A menu of actions behind a button. */

import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import styles from './menu.module.css';

export interface MenuItem {
  readonly label: string;
  readonly onSelect: () => void;
  readonly icon?: ReactNode;
  readonly shortcut?: string;
  readonly danger?: boolean;
  readonly disabled?: boolean;
}

export interface MenuProps {
  /** The button that opens it; takes a ref. */
  readonly trigger: ReactNode;
  readonly items: readonly (MenuItem | 'separator')[];
  readonly align?: 'start' | 'center' | 'end';
}

export function Menu({ trigger, items, align = 'end' }: MenuProps) {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className={styles.menu} align={align} sideOffset={4} collisionPadding={8}>
          {items.map((item, index) =>
            item === 'separator' ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: a separator has no identity but its place
              <DropdownMenu.Separator key={`separator-${index}`} className={styles.separator} />
            ) : (
              <DropdownMenu.Item
                key={item.label}
                className={classNames(styles.item, item.danger === true && styles.danger)}
                disabled={item.disabled ?? false}
                onSelect={item.onSelect}
              >
                <span className={styles.icon}>{item.icon}</span>
                {item.label}
                {item.shortcut !== undefined && <kbd className={styles.shortcut}>{item.shortcut}</kbd>}
              </DropdownMenu.Item>
            ),
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
