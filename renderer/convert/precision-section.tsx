/** Which precisions are built; FP32 always is. */

import { Checkbox, PrecisionTag } from '../design/index.ts';
import styles from './conversion-form.module.css';
import type { PartProps } from './form-props.ts';
import { Section } from './section.tsx';

export function PrecisionSection({ draft, onChange }: PartProps) {
  return (
    <Section
      title="Precisions"
      description="Each is built as an engine of its own and measured beside the others."
    >
      <div className={styles.precisions}>
        <div className={styles.precision}>
          <Checkbox
            label={<PrecisionTag precision="fp32" />}
            checked
            disabled
            onChange={() => {}}
            hint="As exported. Always built: everything else is held against it."
          />
        </div>
        <div className={styles.precision}>
          <Checkbox
            label={<PrecisionTag precision="fp16" />}
            checked={draft.fp16}
            onChange={(fp16) => onChange('fp16', fp16)}
            hint="Half the size. Hardly ever costs accuracy; on a CPU seldom faster."
          />
        </div>
        <div className={styles.precision}>
          <Checkbox
            label={<PrecisionTag precision="int8" />}
            checked={draft.int8}
            onChange={(int8) => onChange('int8', int8)}
            hint="A quarter of the size. Fastest on a GPU with INT8 units, seldom on a CPU. Needs a calibration set."
          />
        </div>
      </div>
    </Section>
  );
}
