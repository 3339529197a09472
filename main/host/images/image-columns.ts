/** What is known of each image of a set, as columns of numbers, and the answers that come from them in milliseconds. */

import { resolve } from 'node:path';
import type { z } from 'zod';
import type { imageFilterSchema, imageItemSchema } from '../../../contract/procedures/images.ts';
import { assertNever } from '../../../core/base/failure.ts';
import type { LabelColumns } from './label-columns.ts';

export type ImageItem = Readonly<z.infer<typeof imageItemSchema>>;
export type ImageFilter = z.output<typeof imageFilterSchema>;

const states = ['unknown', 'ok', 'unreadable', 'duplicate'] as const;
type State = (typeof states)[number];
const codeOf = { unknown: 0, ok: 1, unreadable: 2, duplicate: 3 } as const;

/** A column that grows with the set. */
function grown<T extends Uint8Array | Uint32Array>(
  column: T,
  length: number,
  make: (length: number) => T,
): T {
  if (column.length >= length) return column;
  const larger = make(Math.max(1024, length, column.length * 2));
  larger.set(column);
  return larger;
}

/** The answer to the latest filters; a page after the other asks with the same one. */
interface Selection {
  readonly key: string;
  readonly version: number;
  readonly indices: Uint32Array;
}

const selectionsKept = 4;

export class ImageColumns {
  /** Absolute; files are relative to it. */
  root = '';
  labels: LabelColumns | null = null;
  readonly #files: string[] = [];
  #states = new Uint8Array(0);
  #picked = new Uint8Array(0);
  #widths = new Uint32Array(0);
  #heights = new Uint32Array(0);
  /** Why unreadable, or the index of the file that it repeats. */
  readonly #reasons = new Map<number, string | number>();
  readonly #counts = { unknown: 0, ok: 0, unreadable: 0, duplicate: 0 };
  #version = 0;
  #selections: readonly Selection[] = [];

  get length(): number {
    return this.#files.length;
  }

  count(state: State): number {
    return this.#counts[state];
  }

  add(files: readonly string[]): void {
    for (const file of files) this.#files.push(file);
    const length = this.#files.length;
    this.#states = grown(this.#states, length, (n) => new Uint8Array(n));
    this.#picked = grown(this.#picked, length, (n) => new Uint8Array(n));
    this.#widths = grown(this.#widths, length, (n) => new Uint32Array(n));
    this.#heights = grown(this.#heights, length, (n) => new Uint32Array(n));
    this.#counts.unknown += files.length;
    this.#version++;
  }

  setLabels(labels: LabelColumns): void {
    this.labels = labels;
    this.#version++;
  }

  /** Undefined beyond the end. */
  path(index: number): string | undefined {
    const file = this.#files[index];
    return file === undefined ? undefined : resolve(this.root, file);
  }

  file(index: number): string {
    return this.#files[index] ?? '';
  }

  state(index: number): State {
    return states[this.#states[index] ?? 0] ?? 'unknown';
  }

  setOk(index: number, width: number, height: number): void {
    this.#widths[index] = width;
    this.#heights[index] = height;
    this.#setState(index, 'ok');
  }

  setUnreadable(index: number, reason: string): void {
    this.#reasons.set(index, reason);
    this.#setState(index, 'unreadable');
  }

  setDuplicate(index: number, of: number): void {
    this.#reasons.set(index, of);
    this.#setState(index, 'duplicate');
  }

  setPicked(indices: readonly number[]): void {
    this.#picked.fill(0);
    for (const index of indices) this.#picked[index] = 1;
    this.#version++;
  }

  #setState(index: number, state: State): void {
    this.#counts[this.state(index)]--;
    this.#counts[state]++;
    this.#states[index] = codeOf[state];
    this.#version++;
  }

  #reason(index: number): string | null {
    const reason = this.#reasons.get(index);
    if (reason === undefined) return null;
    return typeof reason === 'number' ? `the same contents as ${this.file(reason)}` : reason;
  }

  item(index: number): ImageItem {
    const width = this.#widths[index] ?? 0;
    return {
      index,
      file: this.file(index),
      state: this.state(index),
      reason: this.#reason(index),
      width: width === 0 ? null : width,
      height: width === 0 ? null : (this.#heights[index] ?? null),
      labels: this.labels?.count(index) ?? null,
    };
  }

  page(
    filter: ImageFilter,
    offset: number,
    limit: number,
  ): { readonly total: number; readonly items: readonly ImageItem[] } {
    if (filter.state === 'all' && filter.classIndex === null && filter.text === '') {
      const length = Math.max(0, Math.min(limit, this.length - offset));
      return { total: this.length, items: Array.from({ length }, (_, i) => this.item(offset + i)) };
    }
    const indices = this.#select(filter);
    const items = Array.from(indices.subarray(offset, offset + limit), (index) => this.item(index));
    return { total: indices.length, items };
  }

  #select(filter: ImageFilter): Uint32Array {
    const key = JSON.stringify([filter.state, filter.classIndex, filter.text]);
    const known = this.#selections.find((kept) => kept.key === key && kept.version === this.#version);
    if (known) return known.indices;
    const matches = this.#matcher(filter);
    const indices = new Uint32Array(this.length);
    let found = 0;
    for (let index = 0; index < this.length; index++) if (matches(index)) indices[found++] = index;
    const selection = { key, version: this.#version, indices: indices.slice(0, found) };
    const others = this.#selections.filter((kept) => kept.key !== key && kept.version === this.#version);
    this.#selections = [selection, ...others].slice(0, selectionsKept);
    return selection.indices;
  }

  #matcher({ state, classIndex, text }: ImageFilter): (index: number) => boolean {
    const part = text.toLowerCase();
    const { labels } = this;
    const hasState = this.#stateMatcher(state);
    return (index) =>
      hasState(index) &&
      (classIndex === null || (labels?.has(index, classIndex) ?? false)) &&
      (part === '' || this.file(index).toLowerCase().includes(part));
  }

  #stateMatcher(state: ImageFilter['state']): (index: number) => boolean {
    switch (state) {
      case 'all':
        return () => true;
      case 'unreadable':
      case 'duplicate': {
        const code = codeOf[state];
        return (index) => this.#states[index] === code;
      }
      case 'unlabelled':
        return (index) => !this.labels?.count(index);
      case 'picked':
        return (index) => this.#picked[index] === 1;
      default:
        return assertNever(state);
    }
  }

  /** How many images have each size, most frequent first; images whose size is not known are left out. */
  sizes(most: number): { width: number; height: number; images: number }[] {
    const counts = new Map<number, number>();
    for (let index = 0; index < this.length; index++) {
      const width = this.#widths[index] ?? 0;
      // Below 2^53, for sides are below 2^24.
      const key = width * 2 ** 24 + (this.#heights[index] ?? 0);
      if (width > 0) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return [...counts]
      .sort(([a, m], [b, n]) => n - m || a - b)
      .slice(0, most)
      .map(([key, images]) => ({ width: Math.floor(key / 2 ** 24), height: key % 2 ** 24, images }));
  }
}
