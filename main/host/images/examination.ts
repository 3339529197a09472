/** Looks into every image of a set in the background: sizes, damage, duplicates, and features of those it decodes. */

import { isFailure } from '../../../core/base/failure.ts';
import { throwIfCancelled } from '../../../core/base/work.ts';
import { type DigestRequest, DuplicateFinder } from '../../../core/images/duplicate-finder.ts';
import type { ImageColumns } from './image-columns.ts';
import type { Examined } from './worker/examine.ts';
import type { TaskRunner } from './worker/task-process.ts';

/**
 * In a set of more images only so many, spread evenly, are decoded to look for damage that neither header nor end tells.
 * The same ones are the candidates for a representative sample.
 */
export const decodedAtMost = 10_000;

const imagesAtOnce = 64;

function pathsOf(columns: ImageColumns, indices: readonly number[]): { index: number; path: string }[] {
  return indices.flatMap((index) => {
    const path = columns.path(index);
    return path === undefined ? [] : [{ index, path }];
  });
}

/** `count` of `total`, spread evenly; all when there are fewer. */
export function evenSample(total: number, count: number): number[] {
  if (count >= total) return Array.from({ length: total }, (_, index) => index);
  return Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * total) / count));
}

export class Examination {
  /** By index, of the images that were decoded. */
  readonly features = new Map<number, Uint8Array>();
  readonly #columns: ImageColumns;
  readonly #process: TaskRunner;
  readonly #duplicates = new DuplicateFinder();

  constructor(columns: ImageColumns, process: TaskRunner) {
    this.#columns = columns;
    this.#process = process;
  }

  /** Indices of the images that are decoded. */
  candidates(): number[] {
    return evenSample(this.#columns.length, decodedAtMost);
  }

  /** Examines all images; `onExamined` hears how many are done. */
  async run(signal: AbortSignal, onExamined: (count: number) => void): Promise<void> {
    const decoded = new Set(this.candidates());
    const { length } = this.#columns;
    for (let from = 0; from < length; from += imagesAtOnce) {
      const indices = Array.from({ length: Math.min(imagesAtOnce, length - from) }, (_, i) => from + i);
      const requests: DigestRequest[] = [];
      for (const [i, found] of (
        await this.#examine(indices, (index) => decoded.has(index), signal)
      ).entries()) {
        const index = from + i;
        if (this.#note(index, found) && found.kind === 'image') {
          requests.push(...this.#duplicates.addSize(index, found.bytes));
        }
      }
      await this.#findDuplicates(requests, signal);
      onExamined(from + indices.length);
    }
  }

  /** Decodes those of the candidates that have not been decoded yet. */
  async decode(candidates: readonly number[], signal: AbortSignal): Promise<void> {
    const missing = candidates.filter(
      (index) => !this.features.has(index) && this.#columns.state(index) !== 'unreadable',
    );
    for (let at = 0; at < missing.length; at += imagesAtOnce) {
      const indices = missing.slice(at, at + imagesAtOnce);
      for (const [i, found] of (await this.#examine(indices, () => true, signal)).entries()) {
        const index = indices[i];
        if (index !== undefined) this.#note(index, found);
      }
    }
  }

  /** @returns whether the image can be used */
  #note(index: number, found: Examined): boolean {
    if (found.kind === 'unreadable') {
      this.#columns.setUnreadable(index, found.reason);
      return false;
    }
    if (found.feature !== null) this.features.set(index, found.feature);
    // What a decoding has found is not taken back by a header.
    const state = this.#columns.state(index);
    if (state === 'unknown') this.#columns.setOk(index, found.width, found.height);
    return state !== 'unreadable';
  }

  /** In the order of `indices`. A file that ends the process is unreadable; the others are not harmed by it. */
  async #examine(
    indices: readonly number[],
    decode: (index: number) => boolean,
    signal: AbortSignal,
  ): Promise<readonly Examined[]> {
    const files = pathsOf(this.#columns, indices).map(({ index, path }) => ({ path, decode: decode(index) }));
    try {
      return await this.#process.run('examine', { files }, { signal });
    } catch (error) {
      throwIfCancelled(signal);
      if (!isFailure(error) || error.code !== 'worker-lost') throw error;
    }
    const results: Examined[] = [];
    for (const file of files) results.push(await this.#examineAlone(file, signal));
    return results;
  }

  async #examineAlone(
    file: { readonly path: string; readonly decode: boolean },
    signal: AbortSignal,
  ): Promise<Examined> {
    try {
      const [found] = await this.#process.run('examine', { files: [file] }, { signal });
      if (found) return found;
    } catch (error) {
      throwIfCancelled(signal);
      if (!isFailure(error) || error.code !== 'worker-lost') throw error;
    }
    return { kind: 'unreadable', reason: 'decoding it ended the process that tried' };
  }

  async #findDuplicates(first: readonly DigestRequest[], signal: AbortSignal): Promise<void> {
    for (let requests = first; requests.length > 0; ) {
      const inOrder = requests.toSorted((a, b) => a.index - b.index);
      const files = inOrder.map(({ index, kind }) => ({ path: this.#columns.path(index) ?? '', kind }));
      const digests = await this.#process.run('digest', { files }, { signal });
      const next: DigestRequest[] = [];
      for (const [i, { index, kind }] of inOrder.entries()) {
        const digest = digests[i];
        if (!digest) continue;
        if (kind === 'whole' || digest.whole) this.#noteContents(index, digest.sha256);
        else next.push(...this.#duplicates.addHead(index, digest.sha256));
      }
      requests = next;
    }
  }

  #noteContents(index: number, sha256: string): void {
    const repeated = this.#duplicates.addWhole(index, sha256);
    if (repeated !== undefined) this.#columns.setDuplicate(index, repeated);
  }
}
