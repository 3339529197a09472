/** How boxes are read from the outputs. */

import { NumberField, SelectField } from '../design/index.ts';
import styles from './conversion-form.module.css';
import type { PartProps } from './form-props.ts';

export function DetectionFields({ draft, errors, onChange }: PartProps) {
  return (
    <>
      <div className={styles.row}>
        <NumberField
          label="Score from"
          step={0.001}
          min={0}
          max={1}
          value={draft.scoreThreshold}
          error={errors.scoreThreshold}
          hint="Low on purpose: mAP wants the whole curve."
          onChange={(value) => onChange('scoreThreshold', value)}
        />
        <NumberField
          label="Overlap in NMS"
          step={0.05}
          min={0}
          max={1}
          value={draft.iouThreshold}
          error={errors.iouThreshold}
          hint="IoU from which the weaker box of a class goes."
          onChange={(value) => onChange('iouThreshold', value)}
        />
        <NumberField
          label="Boxes at most"
          min={1}
          value={draft.maxDetections}
          error={errors.maxDetections}
          hint="In one image, over all classes."
          onChange={(value) => onChange('maxDetections', value)}
        />
        <NumberField
          label="Compared from score"
          step={0.05}
          min={0}
          max={1}
          value={draft.agreementScore}
          error={errors.agreementScore}
          hint="Weaker boxes do not count as lost or new."
          onChange={(value) => onChange('agreementScore', value)}
        />
      </div>
      <SelectField
        className={styles.half}
        label="What the outputs mean"
        value={draft.layout}
        onChange={(layout) => onChange('layout', layout)}
        options={[
          { value: 'auto', label: 'Find out', hint: 'From names and shapes of the outputs' },
          { value: 'yolov5', label: 'YOLOv5', hint: 'Boxes with objectness' },
          { value: 'yolov8', label: 'YOLOv8 and later', hint: 'Boxes by channel, no objectness' },
          { value: 'end-to-end', label: 'End to end', hint: 'NMS in the model, separate outputs' },
          { value: 'nms-rows', label: 'Rows after NMS', hint: 'x, y, x, y, score, class' },
          { value: 'yolov5-raw', label: 'YOLOv5, raw heads', hint: 'Decoded by Engine Room' },
          { value: 'none', label: 'Not a detector', hint: 'Size and speed only' },
        ]}
      />
    </>
  );
}
