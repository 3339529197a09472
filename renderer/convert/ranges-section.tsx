/** How the ranges of INT8 are found: method, others to try, images, cache. */

import { Checkbox, NumberField, RadioCards, TextField } from '../design/index.ts';
import styles from './conversion-form.module.css';
import { methodsOf } from './form.ts';
import type { PartProps } from './form-props.ts';
import { methodTexts } from './form-words.ts';
import { Section } from './section.tsx';

export function RangesSection({ draft, errors, onChange }: PartProps) {
  return (
    <Section
      title="Ranges for INT8"
      description="INT8 has 255 steps. Calibration chooses, for each tensor, the range that they span; what lies beyond is cut off."
    >
      <RadioCards
        label="Method"
        hideLabel
        value={draft.method}
        onChange={(method) => onChange('method', method)}
        options={methodTexts.map(({ value, title, text }) => ({
          value,
          title,
          text,
          ...(value === 'mse' ? { tag: 'default' } : {}),
        }))}
      />
      <fieldset className={styles.others}>
        <legend className={styles.legend}>Try others as well</legend>
        <div className={styles.choices}>
          {methodTexts
            .filter(({ value }) => value !== draft.method)
            .map(({ value, title }) => (
              <Checkbox
                key={value}
                label={title}
                checked={draft.alternatives.includes(value)}
                onChange={(wanted) =>
                  onChange('alternatives', [
                    ...draft.alternatives.filter((method) => method !== value),
                    ...(wanted ? [value] : []),
                  ])
                }
              />
            ))}
        </div>
        <p className={styles.hint}>
          No method wins everywhere. An INT8 engine is built by each, and the one that does best is taken; the
          report shows all.
        </p>
      </fieldset>
      <div className={styles.row}>
        {methodsOf(draft).includes('percentile') && (
          <NumberField
            label="Share of values inside"
            unit="%"
            step={0.01}
            value={draft.percentile}
            error={errors.percentile}
            hint="99.99 cuts off one value in ten thousand."
            onChange={(value) => onChange('percentile', value)}
          />
        )}
        <NumberField
          label="Images at most"
          value={draft.calibrationLimit}
          error={errors.calibrationLimit}
          hint="Chosen evenly over the sorted set. More only take longer."
          onChange={(value) => onChange('calibrationLimit', value)}
        />
      </div>
      <TextField
        label="Calibration cache"
        mono
        value={draft.cache}
        placeholder="in the output folder"
        hint="Ranges of an earlier run, used again when model, images and input are the same; or a calibration cache of TensorRT."
        onChange={(value) => onChange('cache', value)}
      />
      {draft.cache !== '' && methodsOf(draft).length === 1 && (
        <Checkbox
          label="Use it even if it is stale"
          hint="A cache of another model, other images or another input gives wrong ranges. The report will say so."
          checked={draft.reuseStale}
          onChange={(value) => onChange('reuseStale', value)}
        />
      )}
    </Section>
  );
}
