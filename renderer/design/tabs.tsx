/** Tabs: several views of one thing, of which one is seen; arrow keys move between them. */

import { Tabs as Primitive } from 'radix-ui';
import type { ReactNode } from 'react';
import styles from './tabs.module.css';

export interface TabItem<V extends string = string> {
  readonly value: V;
  readonly label: ReactNode;
  /** A count or mark after the label. */
  readonly note?: ReactNode;
  readonly content: ReactNode;
}

export interface TabsProps<V extends string> {
  readonly label: string;
  readonly value: V;
  readonly onChange: (value: V) => void;
  readonly items: readonly TabItem<V>[];
  /** Fill the height that is there, so that a view can scroll in itself. */
  readonly fill?: boolean;
}

export function Tabs<V extends string>({ label, value, onChange, items, fill = false }: TabsProps<V>) {
  const choose = (chosen: string) => {
    const item = items.find((candidate) => candidate.value === chosen);
    if (item !== undefined) onChange(item.value);
  };
  return (
    <Primitive.Root value={value} onValueChange={choose} className={fill ? styles.fill : undefined}>
      <Primitive.List className={styles.list} aria-label={label}>
        {items.map((item) => (
          <Primitive.Trigger key={item.value} value={item.value} className={styles.tab}>
            {item.label}
            {item.note !== undefined && <span className={styles.note}>{item.note}</span>}
          </Primitive.Trigger>
        ))}
      </Primitive.List>
      {items.map((item) => (
        <Primitive.Content key={item.value} value={item.value} className={styles.content} tabIndex={-1}>
          {item.content}
        </Primitive.Content>
      ))}
    </Primitive.Root>
  );
}
