/** Buttons: one filled primary action a place, outlined secondary ones, quiet ones in rows and bars. */

import type { ComponentProps, ReactNode } from 'react';
import styles from './button.module.css';
import { classNames } from './class-names.ts';
import { Tooltip } from './tooltip.tsx';

export type ButtonVariant = 'primary' | 'secondary' | 'quiet' | 'danger';
export type ControlSize = 'small' | 'medium' | 'large';

export interface ButtonProps extends ComponentProps<'button'> {
  readonly variant?: ButtonVariant;
  readonly size?: ControlSize;
  readonly icon?: ReactNode;
  /** Work is under way: the button keeps its words, cannot be pressed, and says so to a screen reader. */
  readonly busy?: boolean;
}

export function Button({
  variant = 'secondary',
  size = 'medium',
  icon,
  busy = false,
  disabled,
  className,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled === true || busy}
      aria-busy={busy || undefined}
      className={classNames(styles.button, styles[variant], styles[size], busy && styles.busy, className)}
    >
      {icon !== undefined && <span className={styles.icon}>{icon}</span>}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'aria-label'> {
  /** What it does: read aloud, and shown on hover and focus. */
  readonly label: string;
  readonly variant?: ButtonVariant;
  readonly size?: ControlSize;
  readonly shortcut?: string;
}

export function IconButton({
  label,
  variant = 'quiet',
  size = 'medium',
  shortcut,
  className,
  children,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip content={label} {...(shortcut === undefined ? {} : { shortcut })}>
      <button
        type="button"
        {...rest}
        aria-label={label}
        className={classNames(styles.button, styles.square, styles[variant], styles[size], className)}
      >
        {children}
      </button>
    </Tooltip>
  );
}
