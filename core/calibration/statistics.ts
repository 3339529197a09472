/** Statistics of a network's activations over any number of images, in memory that does not grow with them. */

import {
  type ActivationHistogram,
  accumulate,
  createHistogram,
  type HistogramState,
  type RangeChoice,
  type RangeMethod,
  searchRanges,
} from '../../native/calibrate/index.ts';
import { damaged, packStatistics, type StatisticsDocument, unpackStatistics } from './statistics-document.ts';

/** Part of every calibration key: raise it when the same images would give other statistics. */
export const statisticsVersion = 1;

/** Bins of the reduced histogram that a report draws. */
const displayBins = 128;

export interface TensorStatistics {
  readonly tensor: string;
  /** Over the finite values; 0 when there are none. */
  readonly min: number;
  readonly max: number;
  /** The largest |x|. */
  readonly absMax: number;
  /** Finite values seen, zeros included. */
  readonly values: number;
  readonly zeros: number;
  readonly nonFinite: number;
}

export interface NonFiniteValues {
  readonly tensor: string;
  readonly values: number;
}

/** |x| in equal bins from 0 to `limit`, the largest |x|; exact zeros are in no bin. */
export interface DisplayHistogram {
  readonly limit: number;
  readonly counts: readonly number[];
}

function restoreHistogram(tensor: string, state: HistogramState): ActivationHistogram {
  try {
    return createHistogram(state);
  } catch (error) {
    throw damaged(`the bins of ${tensor} contradict its other figures`, error);
  }
}

/**
 * One native histogram for each named tensor: 128 KiB each, whatever the number of images. The state depends only on
 * the values seen, not on their order or on the batch size.
 */
export class ActivationStatistics {
  readonly #histograms: ReadonlyMap<string, ActivationHistogram>;
  #images: number;

  private constructor(histograms: ReadonlyMap<string, ActivationHistogram>, images: number) {
    this.#histograms = histograms;
    this.#images = images;
  }

  /** Empty statistics for these tensors; a name given twice counts once. */
  static forTensors(tensors: Iterable<string>): ActivationStatistics {
    return new ActivationStatistics(new Map(Array.from(tensors, (tensor) => [tensor, createHistogram()])), 0);
  }

  /**
   * Restores what `toJSON` gave, in this process or another.
   * @throws Failure `bad-input` when the value is no such document or contradicts itself.
   */
  static fromJSON(value: unknown): ActivationStatistics {
    const { images, states } = unpackStatistics(value);
    return new ActivationStatistics(
      new Map(Array.from(states, ([tensor, state]) => [tensor, restoreHistogram(tensor, state)])),
      images,
    );
  }

  get tensors(): readonly string[] {
    return [...this.#histograms.keys()];
  }

  /** Images observed so far. */
  get images(): number {
    return this.#images;
  }

  /**
   * Adds the values of every tensor of these statistics, off the JS thread; other outputs are passed over. The arrays
   * must stay as they are until the promise settles. `images` is the batch size.
   * Non-finite values enter no histogram; the tensors that had some are returned.
   * @throws Error when a tensor is missing: the run computed something else than was asked for.
   */
  async observe(
    outputs: ReadonlyMap<string, { readonly data: Float32Array }>,
    images = 1,
  ): Promise<readonly NonFiniteValues[]> {
    const tensors = this.tensors;
    const values = tensors.map((tensor) => {
      const output = outputs.get(tensor);
      if (output === undefined) throw new Error(`the run gave no tensor named ${tensor}`);
      return output.data;
    });
    const counts = await accumulate([...this.#histograms.values()], values);
    this.#images += images;
    return tensors
      .map((tensor, index) => ({ tensor, values: counts[index] ?? 0 }))
      .filter((found) => found.values > 0);
  }

  summary(): readonly TensorStatistics[] {
    return Array.from(this.#histograms, ([tensor, histogram]) => {
      const { min, max, finite, zeros, nonFinite } = histogram.summary();
      return { tensor, min, max, absMax: Math.max(-min, max), values: finite, zeros, nonFinite };
    });
  }

  /** One choice for each tensor, in the order of `tensors`, off the JS thread. */
  searchRanges(method: RangeMethod, percentile: number): Promise<readonly RangeChoice[]> {
    return searchRanges([...this.#histograms.values()], method, { percentile });
  }

  /** Share of a tensor's values with |x| above the threshold, 0 to 1. */
  shareAbove(tensor: string, threshold: number): number {
    return this.#histogramOf(tensor).shareAbove(threshold);
  }

  /** The histogram of a tensor reduced to 128 bins, for a chart; undefined for a tensor without a value but zeros. */
  histogramForDisplay(tensor: string): DisplayHistogram | undefined {
    const histogram = this.#histogramOf(tensor);
    const { min, max } = histogram.summary();
    const limit = Math.max(-min, max);
    return limit === 0 ? undefined : { limit, counts: [...histogram.rebin(displayBins)] };
  }

  /** Adds what another process saw of the same tensors. Throws when the tensors differ. */
  merge(other: ActivationStatistics): void {
    const missing = this.tensors.filter((tensor) => !other.#histograms.has(tensor));
    if (missing.length > 0 || other.#histograms.size !== this.#histograms.size) {
      throw new Error(
        `statistics of other tensors cannot be merged: ${missing.join(', ') || 'there are more'}`,
      );
    }
    for (const [tensor, histogram] of this.#histograms) histogram.merge(other.#histogramOf(tensor));
    this.#images += other.#images;
  }

  /** A compact document, about 1 to 10 KiB a tensor. */
  toJSON(): StatisticsDocument {
    return packStatistics(
      this.#images,
      Array.from(this.#histograms, ([tensor, histogram]) => [tensor, histogram.exportState()] as const),
    );
  }

  #histogramOf(tensor: string): ActivationHistogram {
    const histogram = this.#histograms.get(tensor);
    if (histogram === undefined) throw new Error(`no statistics of a tensor named ${tensor}`);
    return histogram;
  }

  [Symbol.dispose](): void {
    for (const histogram of this.#histograms.values()) histogram.dispose();
  }
}
