/** What an engine must keep to. */

import { Checkbox, NumberField } from '../design/index.ts';
import styles from './conversion-form.module.css';
import type { PartProps } from './form-props.ts';

export function DemandFields({ draft, errors, onChange }: PartProps) {
  return (
    <>
      <div className={styles.row}>
        <NumberField
          label="Largest loss of mAP50-95"
          unit="points"
          step={0.1}
          min={0}
          placeholder="none"
          value={draft.maxMapLoss}
          error={errors.maxMapLoss}
          hint="0.5 allows 0.900 to become 0.895. Needs labels. Empty: no demand."
          onChange={(value) => onChange('maxMapLoss', value)}
        />
        <NumberField
          label="Keep only if faster"
          unit="×"
          step={0.01}
          min={0}
          placeholder="keep all"
          value={draft.keepOnlyIfFaster}
          error={errors.keepOnlyIfFaster}
          hint="Drops FP16 and INT8 engines that are not this many times as fast as FP32, e.g. 1.02."
          onChange={(value) => onChange('keepOnlyIfFaster', value)}
        />
      </div>
      <Checkbox
        label="Accept lost detections"
        hint="Otherwise a precision that loses more than half of FP32’s detections makes the run fail. It is never shown as a good result."
        checked={draft.allowLostDetections}
        onChange={(value) => onChange('allowLostDetections', value)}
      />
    </>
  );
}
