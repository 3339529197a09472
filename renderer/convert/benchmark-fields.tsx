/** How long and on what engines are measured. */

import { NumberField, TextField } from '../design/index.ts';
import styles from './conversion-form.module.css';
import type { PartProps } from './form-props.ts';

export function BenchmarkFields({ draft, errors, onChange }: PartProps) {
  return (
    <div className={styles.row}>
      <NumberField
        label="Measured calls"
        step={10}
        min={3}
        value={draft.runs}
        error={errors.runs}
        hint="Of each engine."
        onChange={(value) => onChange('runs', value)}
      />
      <NumberField
        label="Warm-up calls"
        min={0}
        value={draft.warmup}
        error={errors.warmup}
        hint="Do not count."
        onChange={(value) => onChange('warmup', value)}
      />
      <TextField
        label="Batches for throughput"
        value={draft.batches}
        error={errors.batches}
        hint="Only where the model’s batch is dynamic."
        onChange={(value) => onChange('batches', value)}
      />
      <NumberField
        label="Images end to end"
        min={0}
        value={draft.endToEndImages}
        error={errors.endToEndImages}
        hint="From file to boxes. 0 leaves it out."
        onChange={(value) => onChange('endToEndImages', value)}
      />
      <NumberField
        label="Threads"
        min={1}
        placeholder="all cores"
        value={draft.threads}
        error={errors.threads}
        hint="Of each engine."
        onChange={(value) => onChange('threads', value)}
      />
      <NumberField
        label="Validation images at most"
        min={1}
        placeholder="all"
        value={draft.validationLimit}
        error={errors.validationLimit}
        hint="Chosen evenly."
        onChange={(value) => onChange('validationLimit', value)}
      />
    </div>
  );
}
