/** Thumbnails on disk, made when they are first asked for, within a bound on bytes. */

import { createHash } from 'node:crypto';
import { stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure, isFailure } from '../../../core/base/failure.ts';
import { WorkQueue } from '../../../core/base/work-queue.ts';
import type { FileAnswer } from '../service.ts';
import { SharedResults } from '../shared-results.ts';
import type { TaskRunner } from './worker/task-process.ts';
import type { ThumbnailInput, ThumbnailOutput } from './worker/thumbnail.ts';

export interface ThumbnailProcesses {
  /** Makes thumbnails. */
  readonly urgent: TaskRunner;
  /** Clears up. */
  readonly background: TaskRunner;
}

const contentType = 'image/jpeg';
/** As many as the process has threads. */
const thumbnailsAtOnce = 4;
/** Two windows of slightly different size share their thumbnails. */
const widthStep = 16;
const largestWidth = 4096;
/** The time of use is noted no finer than this. */
const touchedEveryMs = 3_600_000;
/** Bytes made between two looks at the whole cache. */
const trimmedEveryBytes = 32 * 2 ** 20;

/** About 60,000 thumbnails. */
const defaultLimitBytes = 512 * 2 ** 20;

export class ThumbnailCache {
  readonly #folder: string;
  readonly #processes: ThumbnailProcesses;
  readonly #signal: AbortSignal;
  readonly #limitBytes: number;
  readonly #queue = new WorkQueue(thumbnailsAtOnce);
  readonly #making = new SharedResults<FileAnswer>(0);
  /** As if much had been made, so that what an earlier host left is looked at soon. */
  #madeBytes = trimmedEveryBytes;
  #trimming = false;

  constructor(
    folder: string,
    processes: ThumbnailProcesses,
    signal: AbortSignal,
    limitBytes = defaultLimitBytes,
  ) {
    this.#folder = folder;
    this.#processes = processes;
    this.#signal = signal;
    this.#limitBytes = limitBytes;
  }

  /**
   * A JPEG of the image, at most `width` pixels wide; one that is asked for again while it is made is made once, and
   * none is made that everybody has stopped waiting for.
   * @throws Failure `bad-input` when the file has gone or cannot be decoded; `cancelled`
   */
  async get(path: string, width: number, signal: AbortSignal): Promise<FileAnswer> {
    const rounded = Math.max(widthStep, Math.min(largestWidth, width - (width % widthStep)));
    const target = await this.#place(path, rounded);
    if (await this.#isThere(target)) return { kind: 'file', path: target, contentType };
    return await this.#making.get(target, signal, (stop) =>
      this.#queue.run(stop, () => this.#make(path, rounded, target, stop)),
    );
  }

  /** Named by what is shown: a file that changes gets another thumbnail. */
  async #place(path: string, width: number): Promise<string> {
    const info = await stat(path).catch((error: unknown) => {
      throw new Failure(
        'bad-input',
        `${path} is no longer there.`,
        'Open the set again to have its files listed anew.',
        { cause: error },
      );
    });
    const name = createHash('sha256')
      .update(`${width} ${info.size} ${info.mtimeMs} ${path}`)
      .digest('hex')
      .slice(0, 40);
    return join(this.#folder, name.slice(0, 2), `${name}.jpg`);
  }

  async #isThere(target: string): Promise<boolean> {
    const info = await stat(target).catch(() => undefined);
    // A power cut may have left an empty one.
    if (info === undefined || info.size === 0) return false;
    const now = Date.now();
    if (now - info.mtimeMs > touchedEveryMs)
      await utimes(target, now / 1000, now / 1000).catch(() => undefined);
    return true;
  }

  async #make(path: string, width: number, target: string, signal: AbortSignal): Promise<FileAnswer> {
    const { bytes, unkept } = await this.#inProcess({ path, width, target }, signal);
    if (unkept !== null) return { kind: 'bytes', bytes: unkept, contentType };
    this.#madeBytes += bytes;
    if (this.#madeBytes > trimmedEveryBytes) void this.#trim();
    return { kind: 'file', path: target, contentType };
  }

  async #inProcess(input: ThumbnailInput, signal: AbortSignal): Promise<ThumbnailOutput> {
    const either = AbortSignal.any([signal, this.#signal]);
    const run = () => this.#processes.urgent.run('thumbnail', input, { signal: either });
    return await run().catch((error: unknown) => {
      // Another file may have ended the process; only the one that does it again is at fault.
      if (isFailure(error) && error.code === 'worker-lost') return run();
      throw error;
    });
  }

  async #trim(): Promise<void> {
    if (this.#trimming) return;
    this.#trimming = true;
    this.#madeBytes = 0;
    const input = { folder: this.#folder, limitBytes: this.#limitBytes };
    // A cache that cannot be cleared now is cleared later.
    await this.#processes.background.run('trim', input, { signal: this.#signal }).catch(() => undefined);
    this.#trimming = false;
  }
}
