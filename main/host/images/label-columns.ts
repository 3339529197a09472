/** The labels of an image set as columns of numbers: a million boxes are 20 MB and no garbage. */

import type { z } from 'zod';
import type { imageBoxSchema } from '../../../contract/procedures/images.ts';
import type { LabelChunk } from './worker/open.ts';

export type ImageBox = Readonly<z.infer<typeof imageBoxSchema>>;

function concatenated<T extends Float32Array | Uint32Array | Int32Array>(
  parts: readonly T[],
  make: (length: number) => T,
): T {
  const whole = make(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export class LabelColumns {
  /** Boxes of each image, -1 for an image that the labels do not list. */
  readonly #counts: Int32Array;
  /** Where each image's boxes begin. */
  readonly #starts: Uint32Array;
  readonly #classes: Uint32Array;
  readonly #corners: Float32Array;

  /** @param chunks of all images of the set, in order */
  constructor(chunks: readonly LabelChunk[]) {
    this.#counts = concatenated(
      chunks.map(({ counts }) => counts),
      (length) => new Int32Array(length),
    );
    this.#classes = concatenated(
      chunks.map(({ classes }) => classes),
      (length) => new Uint32Array(length),
    );
    this.#corners = concatenated(
      chunks.map(({ corners }) => corners),
      (length) => new Float32Array(length),
    );
    this.#starts = new Uint32Array(this.#counts.length);
    for (let index = 1; index < this.#starts.length; index++) {
      this.#starts[index] = (this.#starts[index - 1] ?? 0) + Math.max(0, this.#counts[index - 1] ?? 0);
    }
  }

  /** Null for an image that the labels do not list. */
  count(index: number): number | null {
    const count = this.#counts[index] ?? -1;
    return count < 0 ? null : count;
  }

  has(index: number, classIndex: number): boolean {
    const start = this.#starts[index] ?? 0;
    const end = start + Math.max(0, this.#counts[index] ?? 0);
    for (let box = start; box < end; box++) if (this.#classes[box] === classIndex) return true;
    return false;
  }

  boxes(index: number): ImageBox[] {
    const start = this.#starts[index] ?? 0;
    return Array.from({ length: this.count(index) ?? 0 }, (_, i): ImageBox => {
      const box = start + i;
      const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = this.#corners.subarray(box * 4, box * 4 + 4);
      return { classIndex: this.#classes[box] ?? 0, x1, y1, x2, y2 };
    });
  }
}
