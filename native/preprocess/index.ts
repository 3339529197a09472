/** The typed face of native preprocessing: an 8-bit image becomes a normalised tensor off the JS thread. */

import { addon } from '../addon.ts';

export interface ImageTensorRequest {
  /** [sourceHeight, sourceWidth, 3] interleaved 8-bit RGB. */
  readonly source: Uint8Array;
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  /** Size of the resized image, pixels of the network input. */
  readonly resizedWidth: number;
  readonly resizedHeight: number;
  /** Where the resized image lies on the canvas. */
  readonly left: number;
  readonly top: number;
  /** Size of the canvas: the network input. */
  readonly width: number;
  readonly height: number;
  /** 8-bit value of the canvas outside the image. */
  readonly pad: number;
  /** Planes in the order B, G, R. */
  readonly swapRedBlue: boolean;
  /** [3, 256]: what each 8-bit value becomes in each plane, in the order of the planes. */
  readonly tables: Float32Array;
  /** [3, height, width], written. Not to be touched before the promise settles. */
  readonly tensor: Float32Array;
  /** Takes the plain C++ kernels even where the processor has better ones; the bits are the same. */
  readonly plain?: boolean;
}

interface PreprocessAddon {
  writeImageTensor(request: ImageTensorRequest): Promise<void>;
  preprocessKernels(): string;
}

function isPreprocessAddon(value: unknown): value is PreprocessAddon {
  return (
    typeof value === 'object' &&
    value !== null &&
    'writeImageTensor' in value &&
    typeof value.writeImageTensor === 'function' &&
    'preprocessKernels' in value &&
    typeof value.preprocessKernels === 'function'
  );
}

function checkedAddon(): PreprocessAddon {
  if (!isPreprocessAddon(addon)) {
    throw new Error('The native addon is older than this code: run "npm run build:native".');
  }
  return addon;
}

const preprocess = checkedAddon();

/** Resizes (bilinear, OpenCV's 8-bit rounding), pads, normalises and splits into planes. Rejects on wrong sizes. */
export async function writeImageTensor(request: ImageTensorRequest): Promise<void> {
  await preprocess.writeImageTensor(request);
}

/** Which kernels this processor runs: `avx2` or `plain`. */
export function preprocessKernels(): string {
  return preprocess.preprocessKernels();
}
