/** Chooses few images that stand for many, by what they look like. */

import { throwIfCancelled, type WorkOptions, yieldToEventLoop } from '../base/work.ts';
import { featureLength, featureVectors } from './visual-feature.ts';

export interface RepresentativeSample {
  /** Positions among the candidates, ascending. */
  readonly chosen: readonly number[];
  /** Candidates that look different; of equal ones only the first counts. */
  readonly distinct: number;
  /** Mean distance of a distinct candidate to the nearest chosen one; see `featureVectors` for its unit. */
  readonly meanDistance: number;
  /** The same for as many of them taken from the start. */
  readonly meanDistanceOfFirst: number;
}

/** Numbers in [0, 1) from a fixed seed: the same sample on every run. Marsaglia's xorshift, 32 bits. */
function* randomNumbers(): Generator<number, never, undefined> {
  let state = 0x9e3779b9;
  for (;;) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield (state >>> 0) / 2 ** 32;
  }
}

/** Squared distances of all candidates to their nearest chosen one. */
class Coverage {
  readonly #vectors: Float32Array;
  readonly squared: Float64Array;

  constructor(vectors: Float32Array) {
    this.#vectors = vectors;
    this.squared = new Float64Array(vectors.length / featureLength).fill(Number.POSITIVE_INFINITY);
  }

  add(chosen: number): void {
    const vectors = this.#vectors;
    const from = chosen * featureLength;
    for (let candidate = 0, at = 0; candidate < this.squared.length; candidate++, at += featureLength) {
      const best = this.squared[candidate] ?? 0;
      let sum = 0;
      // Half of a vector often tells that this one is farther away.
      for (let i = 0; i < featureLength && sum < best; i += 8) {
        for (let j = i; j < i + 8; j++) {
          const difference = (vectors[at + j] ?? 0) - (vectors[from + j] ?? 0);
          sum += difference * difference;
        }
      }
      if (sum < best) this.squared[candidate] = sum;
    }
  }

  mean(): number {
    return this.squared.reduce((sum, value) => sum + Math.sqrt(value), 0) / this.squared.length;
  }
}

/** The candidate nearest to the mean of all: the most ordinary one. */
function mostOrdinary(vectors: Float32Array): number {
  const candidates = vectors.length / featureLength;
  const mean = new Float64Array(featureLength);
  vectors.forEach((value, at) => {
    mean[at % featureLength] = (mean[at % featureLength] ?? 0) + value / candidates;
  });
  let best = 0;
  let smallest = Number.POSITIVE_INFINITY;
  for (let candidate = 0; candidate < candidates; candidate++) {
    let sum = 0;
    for (let i = 0; i < featureLength; i++) {
      const difference = (vectors[candidate * featureLength + i] ?? 0) - (mean[i] ?? 0);
      sum += difference * difference;
    }
    if (sum < smallest) [best, smallest] = [candidate, sum];
  }
  return best;
}

/** A candidate with probability in proportion to its weight; undefined when all weights are 0. */
function draw(weights: Float64Array, random: number): number | undefined {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0)) return undefined;
  let left = random * total;
  let last: number | undefined;
  for (let candidate = 0; candidate < weights.length; candidate++) {
    const weight = weights[candidate] ?? 0;
    if (weight === 0) continue;
    last = candidate;
    left -= weight;
    if (left < 0) return candidate;
  }
  // Rounding may leave a trifle behind the last.
  return last;
}

/** Positions of the first of each feature, so that many equal images weigh no more than one. */
function firstOfEach(features: Uint8Array): number[] {
  const seen = new Set<string>();
  const firsts: number[] = [];
  for (let at = 0; at < features.length; at += featureLength) {
    const key = Buffer.from(features.subarray(at, at + featureLength)).toString('latin1');
    if (seen.has(key)) continue;
    seen.add(key);
    firsts.push(at / featureLength);
  }
  return firsts;
}

function selected(features: Uint8Array, positions: readonly number[]): Uint8Array {
  const kept = new Uint8Array(positions.length * featureLength);
  for (const [to, from] of positions.entries()) {
    kept.set(features.subarray(from * featureLength, (from + 1) * featureLength), to * featureLength);
  }
  return kept;
}

/** A check for an abort and a breath for messages after so many comparisons, a few tens of milliseconds. */
const comparisonsAtOnce = 100_000;

/** Comparisons of the first ones with all would cost as much again; this many candidates tell the mean. */
const measuredAtMost = 2000;

async function meanDistanceOfFirst(vectors: Float32Array, count: number, work: WorkOptions): Promise<number> {
  const candidates = vectors.length / featureLength;
  const measured = Math.min(measuredAtMost, candidates);
  const kept = new Float32Array((measured + count) * featureLength);
  const copy = (from: number, to: number) =>
    kept.set(vectors.subarray(from * featureLength, (from + 1) * featureLength), to * featureLength);
  for (let i = 0; i < measured; i++) copy(Math.floor(((i + 0.5) * candidates) / measured), i);
  for (let i = 0; i < count; i++) copy(i, measured + i);
  const coverage = new Coverage(kept);
  for (let i = 0, done = 0; i < count; i++, done += measured + count) {
    coverage.add(measured + i);
    if (done > comparisonsAtOnce) {
      done = 0;
      throwIfCancelled(work.signal);
      await yieldToEventLoop();
    }
  }
  return coverage.squared.subarray(0, measured).reduce((sum, value) => sum + Math.sqrt(value), 0) / measured;
}

/**
 * `count` of the candidates by D^2 sampling, the seeding of k-means++ (Arthur and Vassilvitskii, 2007): after the most
 * ordinary image each further one is drawn with a probability that grows with the square of its distance to the nearest
 * one already chosen. So rare kinds of image are represented, common kinds more than once, and equal images never
 * twice. The seed is fixed. Fewer than `count` are chosen when fewer look different.
 * @param features of the candidates, `featureLength` bytes each
 */
export async function representativeSample(
  features: Uint8Array,
  count: number,
  work: WorkOptions = {},
): Promise<RepresentativeSample> {
  if (features.length % featureLength !== 0) throw new RangeError('features are cut off');
  throwIfCancelled(work.signal);
  const positions = firstOfEach(features);
  const distinct = positions.length;
  if (distinct === 0 || count <= 0) return { chosen: [], distinct, meanDistance: 0, meanDistanceOfFirst: 0 };
  const vectors = featureVectors(selected(features, positions));
  const coverage = new Coverage(vectors);
  const chosen: number[] = [];
  const random = randomNumbers();
  const wanted = Math.min(count, distinct);
  for (let sinceBreath = 0; chosen.length < wanted; sinceBreath += distinct) {
    const next = chosen.length === 0 ? mostOrdinary(vectors) : draw(coverage.squared, random.next().value);
    if (next === undefined) break;
    chosen.push(next);
    coverage.add(next);
    if (sinceBreath > comparisonsAtOnce) {
      sinceBreath = 0;
      work.onProgress?.({
        value: chosen.length / wanted,
        description: `image ${chosen.length} of ${wanted}`,
      });
      throwIfCancelled(work.signal);
      await yieldToEventLoop();
    }
  }
  return {
    chosen: chosen.map((at) => positions[at] ?? 0).sort((a, b) => a - b),
    distinct,
    meanDistance: coverage.mean(),
    meanDistanceOfFirst: await meanDistanceOfFirst(vectors, chosen.length, work),
  };
}
