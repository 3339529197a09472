/** The form of a conversion: what goes in, what comes out, how ranges are found, how engines are judged. */

import type { ReactNode } from 'react';
import {
  Button,
  Checkbox,
  NumberField,
  PrecisionTag,
  RadioCards,
  SelectField,
  Tag,
  TextField,
} from '../design/index.ts';
import styles from './conversion-form.module.css';
import { type FieldErrors, type FieldName, type FormDraft, methodsOf } from './form.ts';
import { benchmarkWords, demandWords, detectionWords, inputWords, methodTexts } from './form-words.ts';
import type { ReadyModel } from './readiness.ts';
import { Section } from './section.tsx';

export interface ConversionFormProps {
  readonly draft: FormDraft;
  readonly errors: FieldErrors;
  readonly onChange: <F extends FieldName>(field: F, value: FormDraft[F]) => void;
  readonly model: ReadyModel | null;
  readonly dynamicBatch: boolean;
  /** Where a run is written that names no folder. */
  readonly suggestedOut: string;
  readonly onChooseOut: () => void;
  /** The model and the two sets, shown first. */
  readonly inputs: ReactNode;
}

type PartProps = Pick<ConversionFormProps, 'draft' | 'errors' | 'onChange'>;

const has = (errors: FieldErrors, ...fields: readonly FieldName[]) =>
  fields.some((field) => errors[field] !== undefined);

export function ConversionFormFields(props: ConversionFormProps) {
  const { draft, errors, onChange, model, suggestedOut, onChooseOut, inputs } = props;
  return (
    <div className={styles.form}>
      <Section title="Model and images">{inputs}</Section>
      <PrecisionSection {...props} />
      {draft.int8 && <RangesSection {...props} />}
      <Section
        folded
        title="Demands"
        description="What an engine must keep to. A demand that is missed is reported, and the candidates stay."
        summary={demandWords(draft)}
        wrong={has(errors, 'maxMapLoss', 'keepOnlyIfFaster')}
      >
        <DemandFields {...props} />
      </Section>
      <Section
        folded
        name="input"
        title="Input of the network"
        description="How an image becomes numbers. The same way is used for calibrating, judging and measuring, and is written into every result."
        summary={inputWords(draft, model?.inputSize ?? null)}
        wrong={
          has(errors, 'width', 'height', 'batch', 'scale', 'mean', 'std', 'pad') ||
          (model !== null && model.inputSize === null && draft.width === null)
        }
      >
        <InputFields {...props} />
      </Section>
      <Section
        folded
        title="Detections"
        description="How boxes are read from the outputs before engines are compared."
        summary={detectionWords(draft)}
        wrong={has(errors, 'scoreThreshold', 'iouThreshold', 'maxDetections', 'agreementScore')}
      >
        <DetectionFields {...props} />
      </Section>
      <Section
        folded
        title="Measuring"
        description="Engines take turns call by call, so that a machine that heats up is unfair to none."
        summary={benchmarkWords(draft)}
        wrong={has(errors, 'warmup', 'runs', 'batches', 'endToEndImages', 'threads', 'validationLimit')}
      >
        <BenchmarkFields {...props} />
      </Section>
      <Section title="Output">
        <TextField
          label="Folder"
          mono
          value={draft.out}
          placeholder={suggestedOut}
          hint={
            draft.out === ''
              ? 'A new folder for each run. Engines, manifests and the report are written there.'
              : 'What is in this folder from an earlier run is replaced.'
          }
          error={errors.out}
          onChange={(value) => onChange('out', value)}
          action={<Button onClick={onChooseOut}>Choose…</Button>}
        />
      </Section>
    </div>
  );
}

function PrecisionSection({ draft, onChange }: PartProps) {
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
            hint="A quarter of the size and usually the fastest. Needs a calibration set."
          />
        </div>
      </div>
    </Section>
  );
}

function RangesSection({ draft, errors, onChange }: PartProps) {
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

function DemandFields({ draft, errors, onChange }: PartProps) {
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

function InputFields({ draft, errors, onChange, model, dynamicBatch }: ConversionFormProps) {
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

function DetectionFields({ draft, errors, onChange }: PartProps) {
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

function BenchmarkFields({ draft, errors, onChange }: PartProps) {
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
