/** Puts single images together into the batches that an engine takes. */

import type { ImageTensor, TensorReader } from '../../images/read-images.ts';
import type { Tensor } from '../../targets/target.ts';

export interface ImageBatch {
  readonly items: readonly ImageTensor[];
  /** [batch, 3, height, width]; beyond `items` the last image is repeated. */
  readonly input: Tensor;
}

/** One tensor of images of equal size, filled up to `batch` images by repeating the last. */
export function stackImages(
  tensors: readonly Float32Array[],
  size: { readonly width: number; readonly height: number },
  batch: number,
): Tensor {
  const dims = [batch, 3, size.height, size.width];
  const [first] = tensors;
  if (batch === 1 && first !== undefined) return { dims, data: first };
  const length = 3 * size.height * size.width;
  const data = new Float32Array(batch * length);
  for (let i = 0; i < batch; i++) {
    const tensor = tensors[Math.min(i, tensors.length - 1)];
    if (tensor !== undefined) data.set(tensor, i * length);
  }
  return { dims, data };
}

/**
 * The reader's images, `batch` at a time; the last batch is filled up, since a static engine takes no smaller one
 * and a dynamic one would plan its memory anew for it.
 */
export async function* inBatches(
  reader: TensorReader,
  size: { readonly width: number; readonly height: number },
  batch: number,
): AsyncGenerator<ImageBatch, void, undefined> {
  let items: ImageTensor[] = [];
  const take = (): ImageBatch => {
    const taken = items;
    items = [];
    const tensors = taken.map(({ tensor }) => tensor);
    return { items: taken, input: stackImages(tensors, size, batch) };
  };
  for await (const item of reader) {
    items.push(item);
    if (items.length === batch) yield take();
  }
  if (items.length > 0) yield take();
}
