/** A part of the form that can be folded away; folded, it says in words how it stands. */

import { type ReactNode, useId, useState } from 'react';
import { ChevronRightIcon } from '../design/icons.tsx';
import { classNames, Tag } from '../design/index.ts';
import styles from './section.module.css';

export interface SectionProps {
  /** To find it by, as `data-section`. */
  readonly name?: string;
  readonly title: string;
  readonly description?: ReactNode;
  /** Its choices in words, shown while it is folded. */
  readonly summary?: string;
  /** Folded at first; it opens by itself when something in it is wrong. */
  readonly folded?: boolean;
  readonly wrong?: boolean;
  readonly children: ReactNode;
}

export function Section({
  name,
  title,
  description,
  summary,
  folded = false,
  wrong = false,
  children,
}: SectionProps) {
  const id = useId();
  const [wanted, setWanted] = useState(!folded);
  const open = wanted || wrong;
  if (!folded) {
    return (
      <section className={styles.section} aria-labelledby={id} data-section={name}>
        <h2 className={styles.title} id={id}>
          {title}
        </h2>
        {description !== undefined && <p className={styles.description}>{description}</p>}
        <div className={styles.body}>{children}</div>
      </section>
    );
  }
  return (
    <section className={styles.section} aria-labelledby={id} data-section={name}>
      <h2 className={styles.title}>
        <button
          type="button"
          id={id}
          className={styles.toggle}
          aria-expanded={open}
          aria-controls={`${id}-body`}
          onClick={() => setWanted(!open)}
        >
          <span className={classNames(styles.arrow, open && styles.open)}>
            <ChevronRightIcon size={14} />
          </span>
          {title}
          {!open && summary !== undefined && <span className={styles.summary}>{summary}</span>}
          {wrong && (
            <span className={styles.tag}>
              <Tag tone="error">Look here</Tag>
            </span>
          )}
        </button>
      </h2>
      <div id={`${id}-body`} hidden={!open}>
        {description !== undefined && <p className={styles.description}>{description}</p>}
        <div className={styles.body}>{children}</div>
      </div>
    </section>
  );
}
