/** Something the user should know where it happened: what it is in one sentence, and what to do next. */

import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { ErrorIcon, InfoIcon, OkIcon, WarningIcon } from './icons.tsx';
import styles from './notice.module.css';
import { prose } from './prose.tsx';

export type Severity = 'info' | 'ok' | 'warning' | 'error';

export interface NoticeProps {
  readonly severity: Severity;
  readonly title: ReactNode;
  /** The remedy. */
  readonly children?: ReactNode;
  readonly action?: ReactNode;
  /** Announce it at once: for what appears in answer to something the user did. */
  readonly live?: boolean;
}

export function SeverityIcon({
  severity,
  size = 16,
}: {
  readonly severity: Severity;
  readonly size?: number;
}) {
  if (severity === 'error') return <ErrorIcon size={size} />;
  if (severity === 'warning') return <WarningIcon size={size} />;
  if (severity === 'ok') return <OkIcon size={size} />;
  return <InfoIcon size={size} />;
}

const severityWord: Record<Severity, string> = {
  info: 'Note',
  ok: 'Done',
  warning: 'Warning',
  error: 'Error',
};

export function Notice({ severity, title, children, action, live = false }: NoticeProps) {
  return (
    <div
      className={classNames(styles.notice, styles[severity])}
      role={live ? (severity === 'error' ? 'alert' : 'status') : undefined}
    >
      <span className={styles.icon}>
        <SeverityIcon severity={severity} />
        <span className={styles.word}>{severityWord[severity]}: </span>
      </span>
      <div className={styles.texts}>
        <div className={styles.title}>{typeof title === 'string' ? prose(title) : title}</div>
        {children !== undefined && children !== null && (
          <div className={styles.text}>{typeof children === 'string' ? prose(children) : children}</div>
        )}
      </div>
      {action !== undefined && <div className={styles.action}>{action}</div>}
    </div>
  );
}
