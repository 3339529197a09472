/** Turns the form and the project into the JSON specification that the host takes; defaults are left out. */

import {
  type ConversionForm,
  checkForm,
  defaultForm,
  type FormDraft,
  formSchema,
  methodsOf,
  parseNumberList,
} from './form.ts';

/** What the other places have chosen. */
export interface ConversionInputs {
  readonly model: string;
  readonly calibration: string | null;
  readonly validation: { readonly images: string; readonly labels: string | null } | null;
  /** The folder to write into where the form names none. */
  readonly suggestedOut: string;
}

export type Specification = Readonly<Record<string, unknown>>;

/** Only the fields that differ from the default, so that the command line stays as short as what was chosen. */
function changed<F extends keyof ConversionForm>(
  form: ConversionForm,
  fields: readonly F[],
): Partial<Pick<ConversionForm, F>> {
  const result: Partial<Pick<ConversionForm, F>> = {};
  for (const field of fields) {
    if (form[field] !== defaultForm[field] && form[field] !== null) result[field] = form[field];
  }
  return result;
}

const orNothing = (key: string, value: object) => (Object.keys(value).length > 0 ? { [key]: value } : {});

function preprocessingOf(form: ConversionForm): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  if (form.values === 'bytes') values.scale = 1;
  if (form.values === 'custom') {
    values.scale = form.scale;
    if (form.mean !== defaultForm.mean) values.mean = parseNumberList(form.mean);
    if (form.std !== defaultForm.std) values.std = parseNumberList(form.std);
  }
  const pad = form.resize === 'letterbox' ? changed(form, ['pad']) : {};
  return { ...changed(form, ['resize', 'width', 'height', 'color']), ...values, ...pad };
}

function calibrationOf(form: ConversionForm, images: string): Record<string, unknown> {
  const cache = form.cache.trim();
  const [, ...alternatives] = methodsOf(form);
  // Ranges of other inputs say nothing about which method is best.
  const stale = alternatives.length === 0 ? changed(form, ['reuseStale']) : {};
  return {
    images,
    ...(form.calibrationLimit === defaultForm.calibrationLimit ? {} : { limit: form.calibrationLimit }),
    ...changed(form, ['method']),
    ...(alternatives.length === 0 ? {} : { alternatives }),
    ...(methodsOf(form).includes('percentile') ? changed(form, ['percentile']) : {}),
    ...(cache === '' ? {} : { cache, ...stale }),
  };
}

/** The specification that a form stands for; null while a field of it is not usable. */
export function specificationFromForm(draft: FormDraft, inputs: ConversionInputs): Specification | null {
  if (Object.keys(checkForm(draft)).length > 0) return null;
  // Fields that do not count may be empty; their defaults stand in for them.
  const filled = Object.fromEntries(
    Object.entries(draft).map(([field, value]) => {
      const usable = formSchema.shape[field as keyof ConversionForm].safeParse(value).success;
      return [field, usable ? value : defaultForm[field as keyof ConversionForm]];
    }),
  );
  const form = formSchema.parse(filled);
  const { validation, calibration } = inputs;
  const batches = parseNumberList(form.batches);
  const benchmark = {
    ...changed(form, ['warmup', 'runs', 'endToEndImages']),
    ...(form.batches === defaultForm.batches ? {} : { batches }),
  };
  const all = form.fp16 && form.int8;
  const precisions = ['fp32', ...(form.fp16 ? ['fp16'] : []), ...(form.int8 ? ['int8'] : [])];
  const out = form.out.trim();
  return {
    model: inputs.model,
    out: out === '' ? inputs.suggestedOut : out,
    ...(all ? {} : { precisions }),
    ...changed(form, ['batch', 'threads', 'layout']),
    ...orNothing('preprocessing', preprocessingOf(form)),
    ...(form.int8 && calibration !== null ? { calibration: calibrationOf(form, calibration) } : {}),
    ...(validation === null
      ? {}
      : {
          validation: {
            images: validation.images,
            ...(validation.labels === null ? {} : { labels: validation.labels }),
            ...(form.validationLimit === null ? {} : { limit: form.validationLimit }),
          },
        }),
    ...orNothing(
      'detection',
      changed(form, ['scoreThreshold', 'iouThreshold', 'maxDetections', 'agreementScore']),
    ),
    ...orNothing('benchmark', benchmark),
    ...orNothing('checks', changed(form, ['maxMapLoss', 'keepOnlyIfFaster', 'allowLostDetections'])),
  };
}

/** `parts` of `C:\models\parts.onnx` or `/models/parts.onnx`. */
export function stemOf(path: string): string {
  const name = path.split(/[\\/]/).pop() ?? '';
  return name.replace(/\.[^.]+$/, '') || 'model';
}

/** A new folder for each run, named so that folders sort by model and time: `out/parts-20261124-121805`. */
export function suggestedOutput(outputFolder: string, modelPath: string, now: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
  const separator = outputFolder.includes('\\') && !outputFolder.includes('/') ? '\\' : '/';
  return `${outputFolder.replace(/[\\/]+$/, '')}${separator}${stemOf(modelPath)}-${day}-${time}`;
}
