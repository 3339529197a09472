/** What every form field shares: a label above, the control, and below it a hint or what is wrong with the entry. */

import { type ReactNode, useId } from 'react';
import { classNames } from './class-names.ts';
import styles from './field.module.css';

export interface FieldTexts {
  readonly label: string;
  /** Plain explanation below the control. */
  readonly hint?: ReactNode;
  /** What is wrong with the entry, and how to mend it; takes the place of the hint. */
  readonly error?: string | null | undefined;
  /** Keeps the label for screen readers only. */
  readonly hideLabel?: boolean;
  readonly className?: string | undefined;
}

interface FieldProps extends FieldTexts {
  readonly children: (ids: { readonly control: string; readonly described: string | undefined }) => ReactNode;
}

export function Field({ label, hint, error, hideLabel = false, className, children }: FieldProps) {
  const id = useId();
  const wrong = error !== undefined && error !== null && error !== '';
  const note = wrong || hint !== undefined;
  return (
    <div className={classNames(styles.field, className)}>
      <label htmlFor={id} className={hideLabel ? styles.hidden : styles.label}>
        {label}
      </label>
      {children({ control: id, described: note ? `${id}-note` : undefined })}
      {note && (
        <div
          id={`${id}-note`}
          className={wrong ? styles.error : styles.hint}
          role={wrong ? 'alert' : undefined}
        >
          {wrong ? error : hint}
        </div>
      )}
    </div>
  );
}

export interface TextFieldProps extends FieldTexts {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onEnter?: () => void;
  readonly placeholder?: string;
  readonly type?: 'text' | 'search' | 'url' | 'password';
  /** For paths, names of tensors and the like. */
  readonly mono?: boolean;
  readonly disabled?: boolean;
  readonly autoFocus?: boolean;
  /** A button at the end of the row, e.g. `Choose…`. */
  readonly action?: ReactNode;
  readonly icon?: ReactNode;
}

export function TextField({
  value,
  onChange,
  onEnter,
  placeholder,
  type = 'text',
  mono = false,
  disabled,
  autoFocus,
  action,
  icon,
  ...texts
}: TextFieldProps) {
  const wrong = texts.error !== undefined && texts.error !== null && texts.error !== '';
  return (
    <Field {...texts}>
      {({ control, described }) => (
        <div className={styles.row}>
          <div className={styles.holder}>
            {icon !== undefined && <span className={styles.icon}>{icon}</span>}
            <input
              id={control}
              className={classNames(styles.input, mono && styles.mono, icon !== undefined && styles.withIcon)}
              type={type}
              value={value}
              placeholder={placeholder}
              disabled={disabled}
              // biome-ignore lint/a11y/noAutofocus: only dialogs ask for it, whose first field takes the focus anyway
              autoFocus={autoFocus}
              spellCheck={false}
              autoComplete="off"
              aria-describedby={described}
              aria-invalid={wrong || undefined}
              onChange={(event) => onChange(event.target.value)}
              onKeyDown={(event) => {
                if (event.key === 'Enter' && onEnter !== undefined) {
                  event.preventDefault();
                  onEnter();
                }
              }}
            />
          </div>
          {action}
        </div>
      )}
    </Field>
  );
}
