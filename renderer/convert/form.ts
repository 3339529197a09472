/** What the user fills in before a conversion: typed, with defaults, and checked while it is being typed. */

import { z } from 'zod';

export const methods = ['mse', 'entropy', 'percentile', 'minmax'] as const;
export const layouts = ['auto', 'yolov5', 'yolov8', 'end-to-end', 'nms-rows', 'yolov5-raw', 'none'] as const;

/** A number field that is empty holds null; what null means is said by its own message or, where allowed, its label. */
const number = (what: string) => z.number({ error: `Give ${what}.` });
const whole = (what: string, least: number, most: number) =>
  number(what)
    .int('Give a whole number.')
    .min(least, `At least ${least}.`)
    .max(most, `At most ${most.toLocaleString('en')}.`);
const share = number('a number from 0 to 1').min(0, 'From 0 to 1.').max(1, 'From 0 to 1.');

/** Reads `1, 4, 8`; null when it is no such list. */
export function parseNumberList(text: string): readonly number[] | null {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
  const numbers = parts.map(Number);
  return parts.length > 0 && numbers.every((value) => Number.isFinite(value)) ? numbers : null;
}

const batchList = z.string().refine(
  (text) => {
    const numbers = parseNumberList(text);
    return numbers?.every((value) => Number.isInteger(value) && value >= 1 && value <= 65_536) ?? false;
  },
  { error: 'Give whole numbers from 1, separated by commas, e.g. 1, 4, 8.' },
);

const triple = (test: (value: number) => boolean, error: string) =>
  z.string().refine(
    (text) => {
      const numbers = parseNumberList(text);
      return numbers?.length === 3 && numbers.every(test);
    },
    { error },
  );

export const formSchema = z.object({
  /** FP32 is always built: everything else is held against it. */
  fp16: z.boolean(),
  int8: z.boolean(),

  method: z.enum(methods),
  /** Tried as well: an INT8 engine is built by each, and the best is taken. */
  alternatives: z.array(z.enum(methods)),
  percentile: number('a percentage').gt(0, 'More than 0.').max(100, 'At most 100.'),
  calibrationLimit: whole('a number of images', 1, 65_536),
  /** Empty: the ranges are kept in the output folder. */
  cache: z.string(),
  reuseStale: z.boolean(),

  /** Null: all of them. */
  validationLimit: whole('a number of images', 1, 65_536).nullable(),

  /** Null: what the model says. */
  width: whole('a width', 1, 65_536).nullable(),
  height: whole('a height', 1, 65_536).nullable(),
  resize: z.enum(['letterbox', 'stretch']),
  color: z.enum(['rgb', 'bgr']),
  batch: whole('a batch size', 1, 65_536),
  /** Pixel values as the network wants them: divided by 255, as they are, or by the figures below. */
  values: z.enum(['unit', 'bytes', 'custom']),
  scale: number('a factor').positive('More than 0.'),
  mean: triple(() => true, 'Give three numbers, e.g. 0.485, 0.456, 0.406.'),
  std: triple((value) => value > 0, 'Give three numbers above 0, e.g. 0.229, 0.224, 0.225.'),
  pad: whole('a grey value', 0, 255),
  layout: z.enum(layouts),

  scoreThreshold: share,
  iouThreshold: share,
  maxDetections: whole('a number of boxes', 1, 65_536),
  agreementScore: share,

  warmup: whole('a number of calls', 0, 10_000),
  runs: whole('a number of calls', 3, 100_000),
  batches: batchList,
  endToEndImages: whole('a number of images', 0, 10_000),
  /** Null: all cores. */
  threads: whole('a number of threads', 1, 1024).nullable(),

  /** In points of mAP50-95; null asks for nothing. */
  maxMapLoss: number('a number of points').min(0, 'At least 0.').max(100, 'At most 100.').nullable(),
  /** Times as fast as FP32; null keeps every engine. */
  keepOnlyIfFaster: number('a factor').positive('More than 0.').nullable(),
  allowLostDetections: z.boolean(),

  /** Empty: a new folder below the host's output folder. */
  out: z.string(),
});

export type ConversionForm = z.output<typeof formSchema>;
export type FieldName = keyof ConversionForm;
/** A form being typed in: any number field may be empty. */
export type FormDraft = {
  readonly [F in FieldName]: ConversionForm[F] extends number ? number | null : ConversionForm[F];
};
export type FieldErrors = Readonly<Partial<Record<FieldName, string>>>;

/** The defaults of the command line, so that an untouched form equals the shortest command. */
export const defaultForm: ConversionForm = {
  fp16: true,
  int8: true,
  method: 'mse',
  alternatives: [],
  percentile: 99.99,
  calibrationLimit: 512,
  cache: '',
  reuseStale: false,
  validationLimit: null,
  width: null,
  height: null,
  resize: 'letterbox',
  color: 'rgb',
  batch: 1,
  values: 'unit',
  scale: 1,
  mean: '0, 0, 0',
  std: '1, 1, 1',
  pad: 114,
  layout: 'auto',
  scoreThreshold: 0.001,
  iouThreshold: 0.6,
  maxDetections: 300,
  agreementScore: 0.25,
  warmup: 10,
  runs: 100,
  batches: '1, 4, 8',
  endToEndImages: 32,
  threads: null,
  maxMapLoss: null,
  keepOnlyIfFaster: null,
  allowLostDetections: false,
  out: '',
};

/** The methods that a run tries, the chosen one first. */
export function methodsOf({ method, alternatives }: Pick<FormDraft, 'method' | 'alternatives'>) {
  return [method, ...alternatives.filter((other) => other !== method)];
}

/** Fields that only count for some choices: an empty percentile does not matter to `mse`. */
function counts(field: FieldName, draft: FormDraft): boolean {
  switch (field) {
    case 'percentile':
      return draft.int8 && methodsOf(draft).includes('percentile');
    case 'calibrationLimit':
    case 'cache':
      return draft.int8;
    case 'scale':
    case 'mean':
    case 'std':
      return draft.values === 'custom';
    case 'pad':
      return draft.resize === 'letterbox';
    default:
      return true;
  }
}

/** A sentence for each field that cannot be used as it stands. */
export function checkForm(draft: FormDraft): FieldErrors {
  const errors: Partial<Record<FieldName, string>> = {};
  const parsed = formSchema.safeParse(draft);
  for (const issue of parsed.error?.issues ?? []) {
    const field = issue.path[0] as FieldName;
    if (errors[field] === undefined && counts(field, draft)) errors[field] = issue.message;
  }
  if ((draft.width === null) !== (draft.height === null)) {
    errors[draft.width === null ? 'width' : 'height'] ??= 'Give both sides, or neither.';
  }
  return errors;
}

const storedSchema = z.record(z.string(), z.unknown());

/** A form kept from last time: fields that are unknown or unusable by now fall back to their defaults, one by one. */
export function formFromStorage(text: string | null): ConversionForm {
  if (text === null) return defaultForm;
  let stored: Record<string, unknown>;
  try {
    stored = storedSchema.parse(JSON.parse(text));
  } catch {
    return defaultForm;
  }
  const form: Record<string, unknown> = { ...defaultForm };
  for (const [field, schema] of Object.entries(formSchema.shape)) {
    const parsed = schema.safeParse(stored[field]);
    if (parsed.success) form[field] = parsed.data;
  }
  return formSchema.parse(form);
}
