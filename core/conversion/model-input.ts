/** Settles what goes into a model's image input: size, batch and preprocessing, from the user, the model and its metadata. */

import { Failure } from '../base/failure.ts';
import { defaultPreprocessing, type Preprocessing } from '../images/preprocessing.ts';
import type { Dimension } from '../onnx/value-info.ts';
import type { Specification } from './specification.ts';

export interface ImageInput {
  readonly name: string;
  /** As the model states them. */
  readonly dims: readonly Dimension[];
}

/** [batch, 3, height, width] in words, `?` where the model does not say. */
export function formatDimensions(dims: readonly Dimension[]): string {
  return `[${dims.map((dim) => dim ?? '?').join(', ')}]`;
}

/**
 * The only input of the model, which takes an image.
 * @throws Failure `unsupported` when there are more inputs, or one that is no [batch, 3, height, width]
 */
export function imageInput(inputs: ReadonlyMap<string, readonly Dimension[]>, path: string): ImageInput {
  const [first, ...others] = inputs;
  if (first === undefined || others.length > 0) {
    throw new Failure(
      'unsupported',
      `${path} has ${inputs.size} inputs (${[...inputs.keys()].join(', ') || 'none'}); a detector has one, the image.`,
      'Export the model with the image as its only input.',
    );
  }
  const [name, dims] = first;
  const channels = dims[1];
  if (dims.length !== 4 || (typeof channels === 'number' && channels !== 3)) {
    throw new Failure(
      'unsupported',
      `The input ${name} of ${path} has the shape ${formatDimensions(dims)}, not [batch, 3, height, width].`,
      'Export the model with an RGB image input, channels first.',
    );
  }
  return { name, dims };
}

/** Width and height: what the user asks for, else what the model fixes, else what its metadata names. */
function inputSize(
  input: ImageInput,
  overrides: Specification['preprocessing'],
  metadataSize: { readonly width: number; readonly height: number } | undefined,
): { readonly width: number; readonly height: number } {
  const [, , fixedHeight, fixedWidth] = input.dims;
  const side = (asked: number | undefined, fixed: Dimension | undefined, named: number | undefined) => {
    if (asked !== undefined && typeof fixed === 'number' && asked !== fixed) {
      throw new Failure(
        'bad-usage',
        `The input ${input.name} takes ${formatDimensions(input.dims)} only, and --size asks for ${overrides.width}x${overrides.height}.`,
        'Leave out --size, or export the model with dynamic height and width.',
      );
    }
    return asked ?? (typeof fixed === 'number' ? fixed : named);
  };
  const width = side(overrides.width, fixedWidth, metadataSize?.width);
  const height = side(overrides.height, fixedHeight, metadataSize?.height);
  if (width === undefined || height === undefined) {
    throw new Failure(
      'bad-usage',
      `The input ${input.name} has the shape ${formatDimensions(input.dims)}: its size is dynamic, and the metadata names none.`,
      'Give the size that the model was trained for, e.g. --size 640x640.',
    );
  }
  return { width, height };
}

/** The whole preprocessing: the user's overrides over the defaults at the model's size. */
export function choosePreprocessing(
  input: ImageInput,
  overrides: Specification['preprocessing'],
  metadataSize: { readonly width: number; readonly height: number } | undefined,
): Preprocessing {
  const { width, height } = inputSize(input, overrides, metadataSize);
  const base = defaultPreprocessing(width, height);
  return {
    ...base,
    resize: overrides.resize ?? base.resize,
    color: overrides.color ?? base.color,
    scale: overrides.scale ?? base.scale,
    mean: overrides.mean ?? base.mean,
    std: overrides.std ?? base.std,
    pad: overrides.pad ?? base.pad,
  };
}

/**
 * Images of one call. A model with a fixed batch decides itself where the user leaves the default of 1.
 * @throws Failure `bad-usage` when the user asks for another batch than a static model has
 */
export function chooseBatch(
  input: ImageInput,
  asked: number,
): { readonly batch: number; readonly dynamicBatch: boolean } {
  const [fixed] = input.dims;
  if (typeof fixed !== 'number') return { batch: asked, dynamicBatch: true };
  if (asked !== 1 && asked !== fixed) {
    throw new Failure(
      'bad-usage',
      `The input ${input.name} has the fixed batch ${fixed}, and --batch asks for ${asked}.`,
      'Leave out --batch, or export the model with a dynamic batch.',
    );
  }
  return { batch: fixed, dynamicBatch: false };
}
