/** The furniture of a place: header, panels, figures, empty states, skeletons, tables, progress. */

import type { CSSProperties, ReactNode } from 'react';
import { classNames } from './class-names.ts';
import styles from './surface.module.css';

export interface PlaceHeaderProps {
  readonly title: ReactNode;
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
}

export function PlaceHeader({ title, description, actions }: PlaceHeaderProps) {
  return (
    <header className={styles.placeHeader}>
      <div className={styles.placeTexts}>
        <h1 className={styles.placeTitle}>{title}</h1>
        {description !== undefined && <div className={styles.placeDescription}>{description}</div>}
      </div>
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </header>
  );
}

export interface PanelProps {
  readonly title?: ReactNode;
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
  /** No padding around the content: for tables, grids and drawings. */
  readonly flush?: boolean;
  readonly className?: string | undefined;
}

export function Panel({ title, description, actions, children, flush = false, className }: PanelProps) {
  return (
    <section className={classNames(styles.panel, className)}>
      {(title !== undefined || actions !== undefined) && (
        <header className={styles.panelHead}>
          <div>
            {title !== undefined && <h2 className={styles.panelTitle}>{title}</h2>}
            {description !== undefined && <div className={styles.panelDescription}>{description}</div>}
          </div>
          {actions !== undefined && <div className={styles.actions}>{actions}</div>}
        </header>
      )}
      <div className={flush ? styles.panelFlush : styles.panelBody}>{children}</div>
    </section>
  );
}

export interface FigureProps {
  readonly label: ReactNode;
  readonly value: ReactNode;
  readonly note?: ReactNode;
  readonly tone?: 'neutral' | 'error';
}

/** One number or short word with what it means above and a remark below. */
export function Figure({ label, value, note, tone = 'neutral' }: FigureProps) {
  return (
    <div className={styles.figure}>
      <div className={styles.figureLabel}>{label}</div>
      <div className={classNames(styles.figureValue, tone === 'error' && styles.figureError)}>{value}</div>
      {note !== undefined && <div className={styles.figureNote}>{note}</div>}
    </div>
  );
}

export interface EmptyStateProps {
  readonly title: string;
  /** What belongs here and what happens next. */
  readonly text: ReactNode;
  readonly action?: ReactNode;
  readonly illustration?: ReactNode;
}

export function EmptyState({ title, text, action, illustration }: EmptyStateProps) {
  return (
    <div className={styles.empty}>
      {illustration !== undefined && (
        <div className={styles.illustration} aria-hidden="true">
          {illustration}
        </div>
      )}
      <h2 className={styles.emptyTitle}>{title}</h2>
      <div className={styles.emptyText}>{text}</div>
      {action !== undefined && <div className={styles.emptyAction}>{action}</div>}
    </div>
  );
}

export interface SkeletonProps {
  readonly width?: string;
  readonly height?: string;
  /** As many lines of text, of uneven length. */
  readonly lines?: number;
}

/** Stands where content will be, in its size. Put it inside an element with `aria-busy`. */
export function Skeleton({ width = '100%', height = '1em', lines = 1 }: SkeletonProps) {
  const widths = Array.from({ length: lines }, (_, line) =>
    lines === 1 ? width : line % 3 === 2 ? '62%' : '94%',
  );
  return (
    <span className={styles.skeletons} aria-hidden="true">
      {widths.map((lineWidth, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of a placeholder have no identity
        <span key={line} className={styles.skeleton} style={{ width: lineWidth, height }} />
      ))}
    </span>
  );
}

export interface ProgressBarProps {
  readonly label: string;
  /** 0 to 1; null while nothing is known. */
  readonly value: number | null;
  readonly tone?: 'neutral' | 'error';
}

export function ProgressBar({ label, value, tone = 'neutral' }: ProgressBarProps) {
  const percent = value === null ? undefined : Math.round(Math.min(1, Math.max(0, value)) * 100);
  const style: CSSProperties = percent === undefined ? {} : { transform: `scaleX(${percent / 100})` };
  return (
    <div
      className={classNames(styles.progress, tone === 'error' && styles.progressError)}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <div className={percent === undefined ? styles.progressUnknown : styles.progressFill} style={style} />
    </div>
  );
}

export interface TableProps {
  /** Says what the table holds, for screen readers. */
  readonly label: string;
  readonly children: ReactNode;
  readonly dense?: boolean;
}

/** A plain table: native `thead`, `tbody`, `tr`, `th`, `td` inside; figures in `<td data-figure>`, right-aligned. */
export function Table({ label, children, dense = false }: TableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={styles.tableScroll} tabIndex={0} aria-label={label}>
      <table className={classNames(styles.table, dense && styles.dense)} aria-label={label}>
        {children}
      </table>
    </section>
  );
}
