/** An image set while it is open: listed, labelled and examined in the background, watched by any number of clients. */

import type { z } from 'zod';
import type { imageSetSchema, imageStatisticsSchema } from '../../../contract/procedures/images.ts';
import type { DeepReadonly } from '../../../contract/rpc/handlers.ts';
import { isFailure } from '../../../core/base/failure.ts';
import { decodedAtMost, Examination } from './examination.ts';
import { ImageColumns } from './image-columns.ts';
import { LabelColumns } from './label-columns.ts';
import type { LabelChunk, LabelSummary, OpenInput, OpenItem, OpenOutput } from './worker/open.ts';
import type { TaskRunner } from './worker/task-process.ts';

export type ImageSetState = DeepReadonly<z.infer<typeof imageSetSchema>>;
export type ImageStatistics = DeepReadonly<z.infer<typeof imageStatisticsSchema>>;

const sizesShown = 100;

export interface SetProcesses {
  /** The set's own, ended when it has listed files and labels: parsing a large label file takes memory for good. */
  readonly listing: TaskRunner & { stop(): void };
  /** Shared by all sets. */
  readonly background: TaskRunner;
}

export class OpenSet {
  readonly id: string;
  readonly columns = new ImageColumns();
  readonly examination: Examination;
  /** Settles when all files are known; rejects with why they never will be. */
  readonly listed: Promise<void>;
  readonly #input: OpenInput;
  readonly #processes: SetProcesses;
  readonly #controller = new AbortController();
  readonly #listeners = new Set<() => void>();
  readonly #chunks: LabelChunk[] = [];
  #phase: ImageSetState['phase'] = 'scanning';
  #examined = 0;
  #labels: LabelSummary | null = null;
  #warnings: readonly string[] = [];
  #error: ImageSetState['error'] = null;
  #markListed = (): void => undefined;
  #markUnlisted = (_error: unknown): void => undefined;

  constructor(id: string, input: OpenInput, processes: SetProcesses) {
    this.id = id;
    this.#input = input;
    this.#processes = processes;
    this.examination = new Examination(this.columns, processes.background);
    this.listed = new Promise((resolve, reject) => {
      this.#markListed = resolve;
      this.#markUnlisted = reject;
    });
    // Nobody need wait for it.
    this.listed.catch(() => undefined);
    void this.#run();
  }

  /** Aborts when the set is closed. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get source(): string {
    return this.#input.source;
  }

  get classNames(): readonly string[] {
    return this.#labels?.classNames ?? [];
  }

  get state(): ImageSetState {
    return {
      id: this.id,
      source: this.#input.source,
      labels: this.#input.labels,
      labelFormat: this.#labels?.format ?? null,
      classNames: this.classNames,
      files: this.columns.length,
      phase: this.#phase,
      examined: this.#examined,
      unreadable: this.columns.count('unreadable'),
      duplicates: this.columns.count('duplicate'),
      warnings: this.#warnings,
      error: this.#error,
    };
  }

  get statistics(): ImageStatistics {
    const labels = this.#labels;
    return {
      boxes: labels?.boxes ?? 0,
      classes: this.classNames.map((name, index) => ({
        name,
        boxes: labels?.classes[index]?.boxes ?? 0,
        images: labels?.classes[index]?.images ?? 0,
      })),
      boxSizes: labels?.boxSizes ?? { edges: [], counts: [] },
      imageSizes: this.columns.sizes(sizesShown),
    };
  }

  get watched(): boolean {
    return this.#listeners.size > 0;
  }

  /** Calls back after every change, often. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends what runs in the background; watchers hear of it. */
  close(): void {
    this.#controller.abort();
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }

  #warn(warnings: readonly string[]): void {
    this.#warnings = [...this.#warnings, ...warnings];
    this.#changed();
  }

  async #run(): Promise<void> {
    try {
      const { labels, warnings } = await this.#list();
      if (labels !== null) {
        this.#labels = labels;
        this.columns.setLabels(new LabelColumns(this.#chunks.splice(0)));
      }
      this.#warn(warnings);
      await this.examination.run(this.signal, (examined) => {
        this.#examined = examined;
        this.#changed();
      });
      this.#phase = 'ready';
      this.#changed();
    } catch (error) {
      this.#markUnlisted(error);
      if (!this.signal.aborted) this.#fail(error);
    }
  }

  async #list(): Promise<OpenOutput> {
    const { listing } = this.#processes;
    try {
      return await listing.run('open', this.#input, {
        signal: this.signal,
        onItem: (item) => this.#hear(item),
      });
    } finally {
      listing.stop();
    }
  }

  #fail(error: unknown): void {
    this.#phase = 'failed';
    this.#error = isFailure(error)
      ? { message: error.message, remedy: error.remedy }
      : {
          message: `Looking into the images of ${this.source} failed: ${error instanceof Error ? error.message : String(error)}`,
          remedy: 'Open the set again; if it happens again, report it with the log of the host.',
        };
    this.#changed();
  }

  #hear(item: OpenItem): void {
    switch (item.kind) {
      case 'root':
        this.columns.root = item.root;
        return;
      case 'files':
        this.columns.add(item.files);
        this.#changed();
        return;
      case 'listed':
        this.#phase = 'examining';
        this.#warn(item.warnings);
        if (this.columns.length > decodedAtMost) {
          this.#warn([
            `Of ${this.columns.length} images ${decodedAtMost}, spread evenly, are decoded to look for damage; of the others headers and ends are read.`,
          ]);
        }
        this.#markListed();
        return;
      case 'labels':
        this.#chunks.push(item);
    }
  }
}
