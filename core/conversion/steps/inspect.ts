/** The step that looks a model over without converting it: what it is, how it would be run, and what is in the way. */

import { isFailure } from '../../base/failure.ts';
import type { WorkOptions } from '../../base/work.ts';
import { inspectModel, type ModelProblem, type ModelSummary } from '../../onnx/check.ts';
import { type ModelMetadata, readMetadata } from '../../onnx/metadata.ts';
import { type OnnxModel, readModel } from '../../onnx/model-file.ts';
import { prepareModel } from '../../onnx/passes/prepare.ts';
import { usesHalfPrecision, widenToFullPrecision } from '../../quantization/full-precision.ts';
import { type ExaminedModel, examineModel, type ModelChoices } from '../examine-model.ts';
import { notesOnQuantized } from './prepare.ts';

export interface InspectInput extends ModelChoices {
  readonly modelPath: string;
}

export interface InspectOutput {
  readonly sha256: string;
  readonly bytes: number;
  readonly summary: ModelSummary;
  readonly metadata: ModelMetadata;
  /** Null for a model that cannot be run as a detector; `problems` says why. */
  readonly examined: ExaminedModel | null;
  /** Whether choices, model or metadata name the input size; a customary one was taken to look at outputs if not. */
  readonly sizeKnown: boolean;
  readonly problems: readonly ModelProblem[];
}

/** Most detectors take this size; it serves to look at outputs when a model does not say its own. */
const customarySide = 640;

interface Examination {
  readonly examined: ExaminedModel | null;
  readonly sizeKnown: boolean;
  readonly problems: readonly ModelProblem[];
}

/** What fails with an expected failure is a finding here, and no reason to stop. */
async function examine(model: OnnxModel, choices: ModelChoices): Promise<Examination> {
  const problems: ModelProblem[] = [];
  const attempt = async (size: { readonly width?: number; readonly height?: number }) => {
    try {
      return await examineModel(model, {
        ...choices,
        preprocessing: { ...choices.preprocessing, ...size },
      });
    } catch (error) {
      if (!isFailure(error) || error.code === 'cancelled' || error.code === 'internal') throw error;
      const severity = error.code === 'bad-usage' ? 'warning' : 'error';
      problems.push({ severity, message: error.message, remedy: error.remedy });
      return error.code === 'bad-usage' ? undefined : null;
    }
  };
  const first = await attempt({});
  if (first !== undefined) return { examined: first, sizeKnown: first !== null, problems };
  const { width, height } = choices.preprocessing;
  if (width !== undefined && height !== undefined) return { examined: null, sizeKnown: false, problems };
  // The size is missing: look at the rest with a customary one.
  const second = await attempt({ width: customarySide, height: customarySide });
  return { examined: second ?? null, sizeKnown: false, problems };
}

/** Passes that a conversion would begin with may find what neither a look nor a run does. */
async function problemsOfPreparing(model: OnnxModel, work: WorkOptions): Promise<ModelProblem[]> {
  try {
    await prepareModel(model, { signal: work.signal });
    return [];
  } catch (error) {
    if (!isFailure(error) || error.code === 'cancelled' || error.code === 'internal') throw error;
    return [{ severity: 'error', message: error.message, remedy: error.remedy }];
  }
}

/** @throws Failure `bad-input` when the file is no model that can be read; all other findings are `problems` */
export async function inspect(input: InspectInput, work: WorkOptions): Promise<InspectOutput> {
  const stored = await readModel(input.modelPath, { signal: work.signal });
  const summary = inspectModel(stored);
  const original = usesHalfPrecision(stored) ? widenToFullPrecision(stored) : stored;
  const { examined, sizeKnown, problems } = await examine(original, input);
  const prepared = examined === null ? [] : await problemsOfPreparing(original, work);
  const remarks = [...(examined?.notes ?? []), ...notesOnQuantized(stored)].filter(
    ({ severity }) => severity !== 'info',
  );
  return {
    sha256: stored.sha256,
    bytes: stored.bytes,
    summary,
    metadata: readMetadata(stored),
    examined,
    sizeKnown,
    problems: [
      ...summary.problems,
      ...problems,
      ...prepared,
      ...remarks.map(
        ({ message, tip }): ModelProblem => ({ severity: 'warning', message, remedy: tip ?? '' }),
      ),
    ],
  };
}
