/** Does the same asynchronous work on many items, a few at a time. */

import { throwIfCancelled, type WorkOptions } from '../base/work.ts';

/**
 * `work` on every item, at most `atOnce` together, results in the items' order. Stops at the first rejection and at
 * an abort; reports progress as `doing 3 of 10`.
 */
export async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  doing: string,
  options: WorkOptions,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results = new Map<number, Result>();
  const queue = items.entries();
  let failed = false;
  const runner = async () => {
    for (const [index, item] of queue) {
      if (failed) return;
      try {
        throwIfCancelled(options.signal);
        results.set(index, await work(item, index));
      } catch (error) {
        failed = true;
        throw error;
      }
      const value = results.size / items.length;
      options.onProgress?.({ value, description: `${doing} ${results.size} of ${items.length}` });
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(atOnce, items.length)) }, runner));
  // Every index was set, for no runner failed; the map keeps them in order of completion.
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result);
}
