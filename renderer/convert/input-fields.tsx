/** How an image becomes the input of the network. */

import { NumberField, RadioCards, SelectField, Tag, TextField } from '../design/index.ts';
import styles from './conversion-form.module.css';
import type { ConversionFormProps } from './form-props.ts';

export function InputFields({ draft, errors, onChange, model, dynamicBatch }: ConversionFormProps) {
  const fixed = model !== null && !model.dynamicSize;
  const size = model?.inputSize ?? null;
  return (
    <>
      {fixed ? (
        <p className={styles.fixed}>
          Size: {size === null ? 'fixed by the model' : `${size.width} × ${size.height}`}{' '}
          <Tag>fixed by the model</Tag>
        </p>
      ) : (
        <div className={styles.row}>
          <NumberField
            label="Width"
            unit="px"
            step={32}
            min={1}
            value={draft.width}
            placeholder={size === null ? '' : String(size.width)}
            error={errors.width}
            hint={size === null ? 'As the model was trained.' : 'Empty: what the model says.'}
            onChange={(value) => onChange('width', value)}
          />
          <NumberField
            label="Height"
            unit="px"
            step={32}
            min={1}
            value={draft.height}
            placeholder={size === null ? '' : String(size.height)}
            error={errors.height}
            onChange={(value) => onChange('height', value)}
          />
        </div>
      )}
      <RadioCards
        label="Images of another shape"
        value={draft.resize}
        onChange={(resize) => onChange('resize', resize)}
        options={[
          {
            value: 'letterbox',
            title: 'Letterbox',
            text: 'Keeps the ratio and fills the rest with grey, as YOLO detectors are trained.',
            tag: 'default',
          },
          {
            value: 'stretch',
            title: 'Stretch',
            text: 'Pulls the image to the size of the input, ratio or not.',
          },
        ]}
      />
      <div className={styles.row}>
        <SelectField
          label="Order of colours"
          value={draft.color}
          onChange={(color) => onChange('color', color)}
          options={[
            { value: 'rgb', label: 'RGB', hint: 'Most detectors' },
            { value: 'bgr', label: 'BGR', hint: 'Trained on what OpenCV reads' },
          ]}
        />
        <SelectField
          label="Values"
          value={draft.values}
          onChange={(values) => onChange('values', values)}
          options={[
            { value: 'unit', label: '0 to 1', hint: 'Divided by 255; most detectors' },
            { value: 'bytes', label: '0 to 255', hint: 'As they are, e.g. YOLOX' },
            { value: 'custom', label: 'Own normalisation', hint: 'Scale, mean and deviation' },
          ]}
        />
        {draft.resize === 'letterbox' && (
          <NumberField
            label="Grey of the border"
            min={0}
            max={255}
            value={draft.pad}
            error={errors.pad}
            onChange={(value) => onChange('pad', value)}
          />
        )}
        <NumberField
          label="Batch"
          min={1}
          value={draft.batch}
          error={errors.batch}
          disabled={model !== null && !dynamicBatch}
          hint={model !== null && !dynamicBatch ? 'Fixed by the model.' : 'Images in one call of an engine.'}
          onChange={(value) => onChange('batch', value)}
        />
      </div>
      {draft.values === 'custom' && (
        <div className={styles.row}>
          <NumberField
            label="Scale"
            step={0.001}
            value={draft.scale}
            error={errors.scale}
            hint="Multiplies the 8-bit values; 0.00392 is 1/255."
            onChange={(value) => onChange('scale', value)}
          />
          <TextField
            label="Mean"
            mono
            value={draft.mean}
            error={errors.mean}
            hint="Taken off after scaling, by channel."
            onChange={(value) => onChange('mean', value)}
          />
          <TextField
            label="Standard deviation"
            mono
            value={draft.std}
            error={errors.std}
            hint="Divided by after that."
            onChange={(value) => onChange('std', value)}
          />
        </div>
      )}
    </>
  );
}
