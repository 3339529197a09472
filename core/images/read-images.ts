/** Streams an image set as input tensors, decoding ahead of the consumer in bounded memory. */

import { availableParallelism } from 'node:os';
import { Failure } from '../base/failure.ts';
import { orCancelled, throwIfCancelled, type WorkOptions } from '../base/work.ts';
import { maxImagePixels, openImage, UnreadableImage } from './decode-image.ts';
import type { ImageFile, ImageSet } from './image-set.ts';
import { PixelBudget } from './pixel-budget.ts';
import { prepareTensor, tensorLength } from './preprocess.ts';
import type { ImageTransform, Preprocessing } from './preprocessing.ts';
import type { RgbImage } from './rgb-image.ts';

export interface ImageTensor {
  /** Place in `set.files`; unreadable files leave gaps. */
  readonly index: number;
  readonly file: string;
  /** [1, 3, height, width] float32. */
  readonly tensor: Float32Array;
  readonly transform: ImageTransform;
  /** The image's own size in pixels, after EXIF orientation. */
  readonly original: { readonly width: number; readonly height: number };
  /** Every pixel has the same colour. */
  readonly constantColour: boolean;
  /**
   * Wall time of reading and decoding the file, and of making the tensor. With more than one image at a time they
   * share the processor; measure with `concurrency: 1`.
   */
  readonly decodeMs: number;
  readonly preprocessMs: number;
}

export interface UnreadableFile {
  readonly file: string;
  /** One clause. */
  readonly reason: string;
}

export interface ReadOptions extends WorkOptions {
  /** Images decoded at a time and held ready; by default one for each processor, 2 to 8. */
  readonly concurrency?: number | undefined;
  /**
   * Uses tensors again: an item's `tensor` is then valid only until the next item is asked for. Keeps memory flat
   * over any number of images. Off by default: every item owns its tensor.
   */
  readonly recycle?: boolean | undefined;
}

/** An async iterable that can be walked once. `unreadable` grows while it is walked and is complete at its end. */
export interface TensorReader extends AsyncIterable<ImageTensor> {
  readonly unreadable: readonly UnreadableFile[];
  [Symbol.asyncIterator](): AsyncGenerator<ImageTensor, void, undefined>;
}

type Loaded =
  | { readonly kind: 'tensor'; readonly item: ImageTensor }
  | { readonly kind: 'unreadable'; readonly file: string; readonly reason: string };

export function isConstantColour({ data }: RgbImage): boolean {
  for (let i = 3; i < data.length; i++) if (data[i] !== data[i - 3]) return false;
  return true;
}

function defaultConcurrency(): number {
  return Math.min(8, Math.max(2, availableParallelism()));
}

class Reading {
  readonly unreadable: UnreadableFile[] = [];
  private readonly budget = new PixelBudget(maxImagePixels);
  private readonly spare: Float32Array[] = [];
  private readonly set: ImageSet;
  private readonly preprocessing: Preprocessing;
  private readonly options: ReadOptions;

  constructor(set: ImageSet, preprocessing: Preprocessing, options: ReadOptions) {
    this.set = set;
    this.preprocessing = preprocessing;
    this.options = options;
  }

  async load(index: number, entry: ImageFile, signal: AbortSignal): Promise<Loaded> {
    try {
      const opening = performance.now();
      const image = await openImage(entry.path, signal);
      const openMs = performance.now() - opening;
      const pixels = image.width * image.height;
      await this.budget.acquire(pixels);
      try {
        throwIfCancelled(signal);
        const decoding = performance.now();
        const decoded = await image.decode();
        const preprocessing = performance.now();
        const target = this.spare.pop() ?? new Float32Array(tensorLength(this.preprocessing));
        const { tensor, transform } = await prepareTensor(decoded, this.preprocessing, target);
        const item: ImageTensor = {
          index,
          file: entry.file,
          tensor,
          transform,
          original: { width: decoded.width, height: decoded.height },
          decodeMs: openMs + (preprocessing - decoding),
          preprocessMs: performance.now() - preprocessing,
          constantColour: isConstantColour(decoded),
        };
        return { kind: 'tensor', item };
      } finally {
        this.budget.release(pixels);
      }
    } catch (error) {
      if (error instanceof UnreadableImage) {
        return { kind: 'unreadable', file: entry.file, reason: error.message };
      }
      throw error;
    }
  }

  async *walk(): AsyncGenerator<ImageTensor, void, undefined> {
    const { files } = this.set;
    const { signal, onProgress, recycle = false } = this.options;
    const ahead = Math.max(1, Math.floor(this.options.concurrency ?? defaultConcurrency()));
    // Ends what was begun when the consumer is cancelled or leaves early.
    const stop = new AbortController();
    const queue: Promise<Loaded>[] = [];
    let begun = 0;
    const fill = () => {
      for (; begun < files.length && queue.length < ahead; begun++) {
        const entry = files[begun];
        if (entry === undefined) continue;
        const loading = this.load(begun, entry, stop.signal);
        // Awaited later, in order; until then a rejection must not count as unhandled.
        loading.catch(() => undefined);
        queue.push(loading);
      }
    };
    try {
      let done = 0;
      for (fill(); queue.length > 0; fill()) {
        throwIfCancelled(signal);
        const next = queue.shift();
        if (next === undefined) break;
        const loaded = await orCancelled(next, signal);
        done++;
        onProgress?.({ value: done / files.length, description: `image ${done} of ${files.length}` });
        if (loaded.kind === 'unreadable') {
          this.unreadable.push({ file: loaded.file, reason: loaded.reason });
          continue;
        }
        fill();
        yield loaded.item;
        if (recycle) this.spare.push(loaded.item.tensor);
      }
      if (this.unreadable.length === files.length) throw allUnreadable(this.set, this.unreadable);
    } finally {
      stop.abort();
    }
  }
}

function allUnreadable(set: ImageSet, unreadable: readonly UnreadableFile[]): Failure {
  const first = unreadable[0];
  const example = first ? `; ${first.file}: ${first.reason}` : '';
  return new Failure(
    'bad-input',
    `None of the ${unreadable.length} images of ${set.source} can be read${example}.`,
    'Name images that open in an image viewer.',
  );
}

/**
 * The images of `set` in order, as input tensors. While the consumer works on one image, up to `concurrency` more are
 * read, decoded (sharp, own threads) and preprocessed (native, libuv threads); decoded pixels in flight stay under
 * `maxImagePixels` in all. A file that cannot be read goes to `unreadable` and is passed over; when none can be read
 * the walk ends with a `bad-input` failure. Reacts to the signal at once, even in the middle of an image.
 */
export function readTensors(
  set: ImageSet,
  preprocessing: Preprocessing,
  options: ReadOptions = {},
): TensorReader {
  const reading = new Reading(set, preprocessing, options);
  return { unreadable: reading.unreadable, [Symbol.asyncIterator]: () => reading.walk() };
}
