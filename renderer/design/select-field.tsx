/** One choice of a few, folded away: for choices that need no explanation side by side (else `RadioCards`). */

import { Select } from 'radix-ui';
import { classNames } from './class-names.ts';
import { Field, type FieldTexts } from './field.tsx';
import { CheckIcon, ChevronDownIcon } from './icons.tsx';
import styles from './select-field.module.css';
import { styleNonce } from './style-nonce.ts';

export interface SelectOption<V extends string = string> {
  readonly value: V;
  readonly label: string;
  readonly hint?: string;
  readonly disabled?: boolean;
}

export interface SelectFieldProps<V extends string> extends FieldTexts {
  readonly value: V;
  readonly onChange: (value: V) => void;
  readonly options: readonly SelectOption<V>[];
  readonly disabled?: boolean;
  readonly size?: 'small' | 'medium';
}

export function SelectField<V extends string>({
  value,
  onChange,
  options,
  disabled = false,
  size = 'medium',
  ...texts
}: SelectFieldProps<V>) {
  const choose = (chosen: string) => {
    const option = options.find((candidate) => candidate.value === chosen);
    if (option !== undefined) onChange(option.value);
  };
  return (
    <Field {...texts}>
      {({ control, described }) => (
        <Select.Root value={value} onValueChange={choose} disabled={disabled}>
          <Select.Trigger
            id={control}
            className={classNames(styles.trigger, size === 'small' && styles.small)}
            aria-label={texts.label}
            aria-describedby={described}
          >
            <span className={styles.value}>
              <Select.Value />
            </span>
            <Select.Icon className={styles.chevron}>
              <ChevronDownIcon size={14} />
            </Select.Icon>
          </Select.Trigger>
          <Select.Portal>
            <Select.Content className={styles.content} position="popper" sideOffset={4} collisionPadding={8}>
              <Select.Viewport nonce={styleNonce}>
                {options.map((option) => (
                  <Select.Item
                    key={option.value}
                    value={option.value}
                    disabled={option.disabled ?? false}
                    className={styles.item ?? ''}
                  >
                    <span className={styles.mark}>
                      <Select.ItemIndicator>
                        <CheckIcon size={14} />
                      </Select.ItemIndicator>
                    </span>
                    <span>
                      <Select.ItemText>{option.label}</Select.ItemText>
                      {option.hint !== undefined && <span className={styles.hint}>{option.hint}</span>}
                    </span>
                  </Select.Item>
                ))}
              </Select.Viewport>
            </Select.Content>
          </Select.Portal>
        </Select.Root>
      )}
    </Field>
  );
}
