/** The log of a run, folded away, which follows its end while it is read there. */

import { useEffect, useId, useRef, useState } from 'react';
import { ChevronRightIcon } from '../design/icons.tsx';
import { CopyButton, classNames } from '../design/index.ts';
import styles from './run-log.module.css';

export interface RunLogProps {
  readonly lines: readonly string[];
  readonly openAtFirst: boolean;
}

export function RunLog({ lines, openAtFirst }: RunLogProps) {
  const id = useId();
  const [open, setOpen] = useState(openAtFirst);
  const text = useRef<HTMLPreElement>(null);
  const atEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: every new line scrolls
  useEffect(() => {
    if (open && atEnd.current && text.current !== null) text.current.scrollTop = text.current.scrollHeight;
  }, [open, lines]);
  return (
    <section className={styles.log} aria-labelledby={id}>
      <header className={styles.head}>
        <h3 className={styles.title}>
          <button
            id={id}
            type="button"
            className={styles.toggle}
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            <span className={classNames(styles.arrow, open && styles.open)}>
              <ChevronRightIcon size={14} />
            </span>
            Log
          </button>
        </h3>
        <CopyButton text={() => lines.join('\n')} label="Copy the log" />
      </header>
      {open && (
        <pre
          ref={text}
          className={styles.text}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
          tabIndex={0}
          onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
            atEnd.current = scrollTop + clientHeight >= scrollHeight - 8;
          }}
        >
          {lines.length === 0 ? 'Nothing yet.' : lines.join('\n')}
        </pre>
      )}
    </section>
  );
}
