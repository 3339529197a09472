/** Small words beside a name: a state, a kind, a precision. */

import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { type Precision, precisionName } from './precision.ts';
import styles from './tag.module.css';

export type Tone = 'neutral' | 'ok' | 'warning' | 'error';

export interface TagProps {
  readonly tone?: Tone;
  readonly icon?: ReactNode;
  readonly children: ReactNode;
}

export function Tag({ tone = 'neutral', icon, children }: TagProps) {
  return (
    <span className={classNames(styles.tag, styles[tone])}>
      {icon !== undefined && <span className={styles.icon}>{icon}</span>}
      {children}
    </span>
  );
}

/** A precision by name and colour, the same wherever one is spoken of. */
export function PrecisionTag({ precision }: { readonly precision: Precision }) {
  return <span className={classNames(styles.precision, styles[precision])}>{precisionName(precision)}</span>;
}
