/** Yes or no, and one of a few choices laid open: checkbox, switch, cards of radio buttons, slider. */

import {
  Checkbox as CheckboxPrimitive,
  RadioGroup,
  Slider as SliderPrimitive,
  Switch as SwitchPrimitive,
} from 'radix-ui';
import { type ReactNode, useId } from 'react';
import { classNames } from './class-names.ts';
import { CheckIcon } from './icons.tsx';
import styles from './toggles.module.css';

export interface ToggleProps {
  readonly label: ReactNode;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly hint?: ReactNode;
  readonly disabled?: boolean;
  readonly className?: string | undefined;
}

export function Checkbox({ label, checked, onChange, hint, disabled = false, className }: ToggleProps) {
  const id = useId();
  return (
    <div className={classNames(styles.toggle, className)}>
      <CheckboxPrimitive.Root
        id={id}
        className={styles.box}
        checked={checked}
        disabled={disabled}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onCheckedChange={(next) => onChange(next === true)}
      >
        <CheckboxPrimitive.Indicator className={styles.tick}>
          <CheckIcon size={12} />
        </CheckboxPrimitive.Indicator>
      </CheckboxPrimitive.Root>
      <ToggleTexts id={id} label={label} hint={hint} />
    </div>
  );
}

export function Switch({ label, checked, onChange, hint, disabled = false, className }: ToggleProps) {
  const id = useId();
  return (
    <div className={classNames(styles.toggle, styles.switchRow, className)}>
      <SwitchPrimitive.Root
        id={id}
        className={styles.switch}
        checked={checked}
        disabled={disabled}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onCheckedChange={onChange}
      >
        <SwitchPrimitive.Thumb className={styles.thumb} />
      </SwitchPrimitive.Root>
      <ToggleTexts id={id} label={label} hint={hint} />
    </div>
  );
}

function ToggleTexts({
  id,
  label,
  hint,
}: {
  readonly id: string;
  readonly label: ReactNode;
  readonly hint: ReactNode;
}) {
  return (
    <div className={styles.texts}>
      <label htmlFor={id}>{label}</label>
      {hint !== undefined && (
        <div id={`${id}-hint`} className={styles.hint}>
          {hint}
        </div>
      )}
    </div>
  );
}

export interface RadioCardOption<V extends string = string> {
  readonly value: V;
  readonly title: ReactNode;
  readonly text?: ReactNode;
  /** A word at the right of the title, e.g. `default`. */
  readonly tag?: ReactNode;
  readonly disabled?: boolean;
}

export interface RadioCardsProps<V extends string> {
  readonly label: string;
  readonly value: V;
  readonly onChange: (value: V) => void;
  readonly options: readonly RadioCardOption<V>[];
  readonly columns?: number;
  readonly hideLabel?: boolean;
  readonly disabled?: boolean;
}

export function RadioCards<V extends string>({
  label,
  value,
  onChange,
  options,
  columns = 2,
  hideLabel = false,
  disabled = false,
}: RadioCardsProps<V>) {
  const choose = (chosen: string) => {
    const option = options.find((candidate) => candidate.value === chosen);
    if (option !== undefined) onChange(option.value);
  };
  const id = useId();
  return (
    <div>
      {!hideLabel && <div className={styles.legend}>{label}</div>}
      <RadioGroup.Root
        className={styles.cards}
        style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}
        value={value}
        onValueChange={choose}
        disabled={disabled}
        aria-label={label}
      >
        {options.map((option) => (
          <RadioGroup.Item
            key={option.value}
            value={option.value}
            disabled={option.disabled ?? false}
            className={styles.card}
            aria-labelledby={`${id}-${option.value}`}
            aria-describedby={option.text === undefined ? undefined : `${id}-${option.value}-text`}
          >
            <span className={styles.dot} aria-hidden="true" />
            <span className={styles.cardTexts}>
              <span className={styles.cardTitle}>
                <span id={`${id}-${option.value}`}>{option.title}</span>
                {option.tag !== undefined && <span className={styles.cardTag}>{option.tag}</span>}
              </span>
              {option.text !== undefined && (
                <span id={`${id}-${option.value}-text`} className={styles.hint}>
                  {option.text}
                </span>
              )}
            </span>
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
    </div>
  );
}

export interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly format?: (value: number) => string;
  readonly hideLabel?: boolean;
  readonly disabled?: boolean;
}

export function Slider({
  label,
  value,
  onChange,
  min,
  max,
  step,
  format = String,
  hideLabel = false,
  disabled = false,
}: SliderProps) {
  return (
    <div className={styles.slider}>
      {!hideLabel && (
        <div className={styles.sliderHead} aria-hidden="true">
          <span>{label}</span>
          <span>{format(value)}</span>
        </div>
      )}
      <SliderPrimitive.Root
        className={styles.track}
        value={[value]}
        min={min}
        max={max}
        step={step}
        disabled={disabled}
        onValueChange={([next]) => {
          if (next !== undefined) onChange(next);
        }}
      >
        <SliderPrimitive.Track className={styles.groove}>
          <SliderPrimitive.Range className={styles.filled} />
        </SliderPrimitive.Track>
        <SliderPrimitive.Thumb className={styles.knob} aria-label={label} aria-valuetext={format(value)} />
      </SliderPrimitive.Root>
    </div>
  );
}
