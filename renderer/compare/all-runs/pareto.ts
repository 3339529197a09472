/** Which engines nobody beats: no other one is at least as fast and at least as accurate, and better in one of both. */

export interface Trade {
  /** Less is better. */
  readonly latencyMs: number;
  /** More is better. */
  readonly accuracy: number;
}

/**
 * The Pareto front of `trades`, fastest first. Of entries with equal figures all belong to it. Figures that are not
 * finite never do.
 */
export function paretoFront<T extends Trade>(trades: readonly T[]): readonly T[] {
  const sorted = trades
    .filter(({ latencyMs, accuracy }) => Number.isFinite(latencyMs) && Number.isFinite(accuracy))
    .sort((a, b) => a.latencyMs - b.latencyMs || b.accuracy - a.accuracy);
  const front: T[] = [];
  let best: T | undefined;
  for (const trade of sorted) {
    const equal = best?.latencyMs === trade.latencyMs && best.accuracy === trade.accuracy;
    if (best === undefined || trade.accuracy > best.accuracy || equal) {
      front.push(trade);
      best = trade;
    }
  }
  return front;
}
