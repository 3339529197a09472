/** The form of a conversion: what goes in, what comes out, how ranges are found, how engines are judged. */

import { Button, TextField } from '../design/index.ts';
import { BenchmarkFields } from './benchmark-fields.tsx';
import styles from './conversion-form.module.css';
import { DemandFields } from './demand-fields.tsx';
import { DetectionFields } from './detection-fields.tsx';
import type { FieldErrors, FieldName } from './form.ts';
import type { ConversionFormProps } from './form-props.ts';
import { benchmarkWords, demandWords, detectionWords, inputWords } from './form-words.ts';
import { InputFields } from './input-fields.tsx';
import { PrecisionSection } from './precision-section.tsx';
import { RangesSection } from './ranges-section.tsx';
import { Section } from './section.tsx';

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
