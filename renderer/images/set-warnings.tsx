/** What to know of a set before it is used, one line each; lines on certain images lead to them. */

import { ErrorIcon, WarningIcon } from '../design/icons.tsx';
import { Button, classNames } from '../design/index.ts';
import styles from './set-warnings.module.css';
import type { SetWarning } from './set-words.ts';

export interface SetWarningsProps {
  readonly warnings: readonly SetWarning[];
  readonly onLook: (state: 'duplicate' | 'unreadable') => void;
}

export function SetWarnings({ warnings, onLook }: SetWarningsProps) {
  if (warnings.length === 0) return null;
  const grave = warnings.some(({ code }) => code === 'empty');
  return (
    <ul className={classNames(styles.warnings, grave && styles.grave)} aria-label="Warnings">
      {warnings.map(({ code, message, tip }) => (
        <li key={message} className={styles.warning}>
          <span className={styles.icon}>{code === 'empty' ? <ErrorIcon /> : <WarningIcon />}</span>
          <p className={styles.text}>
            {message} {tip !== null && <span className={styles.tip}>{tip}</span>}
          </p>
          {(code === 'duplicates' || code === 'unreadable') && (
            <Button
              size="small"
              variant="quiet"
              onClick={() => onLook(code === 'duplicates' ? 'duplicate' : 'unreadable')}
            >
              {code === 'duplicates' ? 'Show duplicates' : 'Show unreadable'}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
