/** Runs a network over the calibration set and gathers the statistics of its activations. */

import { Failure } from '../base/failure.ts';
import { throwIfCancelled, type WorkOptions } from '../base/work.ts';
import { ActivationStatistics } from './statistics.ts';

export interface CalibrationImage {
  /** For messages. */
  readonly file: string;
  /** The network's input for this image, in the shape `input.dims`. */
  readonly tensor: Float32Array;
}

export interface ActivationTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

export interface CollectRequest {
  /** Names of the tensors to observe: outputs of the run, or the network's input itself. */
  readonly tensors: readonly string[];
  readonly input: { readonly name: string; readonly dims: readonly number[] };
  /** Walked once. A tensor may be used again for the next image (`readTensors` with `recycle`). */
  readonly images: AsyncIterable<CalibrationImage>;
  /** Number of images, for the progress. */
  readonly total: number;
  /** The outputs are a few bytes each: nothing piles up that would have to be collected after every image. */
  readonly smallOutputs?: boolean;
  /** Computes the tensors; the arrays that it returns may be used again for the next image. */
  readonly run: (input: ActivationTensor) => Promise<ReadonlyMap<string, ActivationTensor>>;
  /** Called after each image with the statistics so far, which stand still until it settles. */
  readonly onImage?: ((statistics: ActivationStatistics) => Promise<void>) | undefined;
}

/**
 * ONNX Runtime's outputs lie outside the JS heap, tens of megabytes an image behind handles of a few bytes, so that V8
 * sees no hurry to free them. With --expose-gc a full collection after every image, some 6 ms of a heap of 15 MB, keeps
 * those of one image only: rarer or younger ones let memory creep up with the number of images, and so did outputs
 * that are written over. Without the flag memory is bounded by V8's own pace.
 */
function freeOutputs(): void {
  const collect: unknown = Reflect.get(globalThis, 'gc');
  if (typeof collect === 'function') collect();
}

function nonFiniteActivation(tensor: string, file: string, values: number): Failure {
  return new Failure(
    'bad-input',
    `The activation ${tensor} has ${values} non-finite ${values === 1 ? 'value' : 'values'} for the image ${file}.`,
    'Check that the model gives finite outputs for this image in fp32, and that scale, mean and std are those it was trained with.',
  );
}

/** In a function of its own, so that its outputs are garbage when it returns. */
async function observeImage(
  statistics: ActivationStatistics,
  { input, run }: CollectRequest,
  { file, tensor }: CalibrationImage,
): Promise<void> {
  const image = { dims: input.dims, data: tensor };
  const outputs = new Map(await run(image));
  outputs.set(input.name, image);
  const [found] = await statistics.observe(outputs);
  if (found !== undefined) throw nonFiniteActivation(found.tensor, file, found.values);
}

/**
 * One pass over the images. Memory does not grow with their number. The caller disposes of the statistics.
 * @throws Failure `bad-input` on the first non-finite activation, naming image and tensor, or without any image;
 * `cancelled` between two images after an abort.
 */
export async function collectStatistics(
  request: CollectRequest,
  work: WorkOptions,
): Promise<ActivationStatistics> {
  const { tensors, images, total } = request;
  const statistics = ActivationStatistics.forTensors(tensors);
  try {
    for await (const image of images) {
      throwIfCancelled(work.signal);
      await observeImage(statistics, request, image);
      if (request.smallOutputs !== true) freeOutputs();
      await request.onImage?.(statistics);
      work.onProgress?.({
        value: Math.min(1, statistics.images / total),
        description: `image ${statistics.images} of ${total}`,
      });
    }
    throwIfCancelled(work.signal);
    if (statistics.images === 0) {
      throw new Failure(
        'bad-input',
        'The calibration set has no image.',
        'Name a folder with typical images, some 100 to 500 of them.',
      );
    }
    return statistics;
  } catch (error) {
    statistics[Symbol.dispose]();
    throw error;
  }
}
