/** A number to type or step: what is typed may be half a number for a while; only whole numbers leave it. */

import { useEffect, useState } from 'react';
import { classNames } from './class-names.ts';
import styles from './field.module.css';
import { Field, type FieldTexts } from './field.tsx';

export interface NumberFieldProps extends FieldTexts {
  readonly value: number | null;
  /** Called with null when the field is empty. Values outside `min` and `max` are drawn in on leaving the field. */
  readonly onChange: (value: number | null) => void;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  readonly unit?: string;
  readonly placeholder?: string;
  readonly disabled?: boolean;
}

function textOf(value: number | null): string {
  return value === null ? '' : String(value);
}

export function NumberField({
  value,
  onChange,
  min = Number.NEGATIVE_INFINITY,
  max = Number.POSITIVE_INFINITY,
  step = 1,
  unit,
  placeholder,
  disabled,
  ...texts
}: NumberFieldProps) {
  const [draft, setDraft] = useState(textOf(value));
  useEffect(() => {
    setDraft((present) => (present !== '' && Number(present) === value ? present : textOf(value)));
  }, [value]);

  const within = (next: number) => Math.min(max, Math.max(min, next));
  const stepBy = (direction: number) => {
    const digits = (String(step).split('.')[1] ?? '').length;
    onChange(Number(within((value ?? (Number.isFinite(min) ? min : 0)) + direction * step).toFixed(digits)));
  };
  const wrong = texts.error !== undefined && texts.error !== null && texts.error !== '';

  return (
    <Field {...texts}>
      {({ control, described }) => (
        <div className={styles.number}>
          <input
            id={control}
            className={classNames(styles.input)}
            inputMode="decimal"
            role="spinbutton"
            value={draft}
            placeholder={placeholder}
            disabled={disabled}
            autoComplete="off"
            aria-describedby={described}
            aria-invalid={wrong || undefined}
            aria-valuenow={value ?? undefined}
            aria-valuemin={Number.isFinite(min) ? min : undefined}
            aria-valuemax={Number.isFinite(max) ? max : undefined}
            onChange={(event) => {
              const text = event.target.value.replace(',', '.');
              setDraft(text);
              if (text.trim() === '') onChange(null);
              else if (Number.isFinite(Number(text))) onChange(Number(text));
            }}
            onBlur={() => {
              if (value !== null && within(value) !== value) onChange(within(value));
              setDraft(textOf(value === null ? null : within(value)));
            }}
            onKeyDown={(event) => {
              if (event.key === 'ArrowUp') stepBy(1);
              else if (event.key === 'ArrowDown') stepBy(-1);
              else return;
              event.preventDefault();
            }}
          />
          {unit !== undefined && <span className={styles.unit}>{unit}</span>}
          <span className={styles.steppers} aria-hidden="true">
            <button
              type="button"
              tabIndex={-1}
              className={styles.stepper}
              disabled={disabled}
              onClick={() => stepBy(1)}
            >
              ▴
            </button>
            <button
              type="button"
              tabIndex={-1}
              className={styles.stepper}
              disabled={disabled}
              onClick={() => stepBy(-1)}
            >
              ▾
            </button>
          </span>
        </div>
      )}
    </Field>
  );
}
