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
  /** Computes the tensors; the arrays that it returns may be used again for the next image. */
  readonly run: (input: ActivationTensor) => Promise<ReadonlyMap<string, ActivationTensor>>;
}

/**
 * ONNX Runtime's outputs lie outside the JS heap: some tens of megabytes an image of which V8 sees only small handles,
 * so that it does not hurry to free them. With --expose-gc a collection every few images keeps memory flat for about a
 * millisecond each.
 */
const imagesBetweenCollections = 4;

/** `globalThis.gc`, there only with --expose-gc. */
const collectGarbage: unknown = Reflect.get(globalThis, 'gc');

function nonFiniteActivation(tensor: string, file: string, values: number): Failure {
  return new Failure(
    'bad-input',
    `The activation ${tensor} has ${values} non-finite ${values === 1 ? 'value' : 'values'} for the image ${file}.`,
    'Check that the model gives finite outputs for this image in fp32, and that scale, mean and std are those it was trained with.',
  );
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
  const { tensors, input, images, total, run } = request;
  const statistics = ActivationStatistics.forTensors(tensors);
  const observesInput = tensors.includes(input.name);
  try {
    for await (const { file, tensor } of images) {
      throwIfCancelled(work.signal);
      const image = { dims: input.dims, data: tensor };
      const outputs = await run(image);
      const [found] = await statistics.observe(
        observesInput ? new Map([...outputs, [input.name, image]]) : outputs,
      );
      if (found !== undefined) throw nonFiniteActivation(found.tensor, file, found.values);
      if (typeof collectGarbage === 'function' && statistics.images % imagesBetweenCollections === 0) {
        collectGarbage();
      }
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
