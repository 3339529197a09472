/**
 * A sparse cache of a filtered image set: pages are fetched in windows around what is looked at, requests for what is
 * no longer looked at are aborted, and only the most recently seen pages are kept, so memory does not grow with the set.
 */

import type { ImageItem } from './image-types.ts';

export interface ImagePage {
  readonly total: number;
  readonly items: readonly ImageItem[];
}

export interface PageCacheOptions {
  readonly load: (offset: number, limit: number, signal: AbortSignal) => Promise<ImagePage>;
  readonly onError: (error: unknown) => void;
  readonly pageSize?: number;
  /** Most pages kept. */
  readonly capacity?: number;
  /** Most requests under way at once. */
  readonly concurrency?: number;
  /** While the window keeps moving, requests start at most this often, in milliseconds. */
  readonly settleMs?: number;
}

export interface PageCache {
  /** The image at a position of the filtered set; undefined while it has not been fetched. */
  at(position: number): ImageItem | undefined;
  /** Images in the filtered set; null before the first page. */
  total(): number | null;
  /** Says which positions are looked at, both ends included. */
  look(first: number, last: number): void;
  /** Everything fetched may have changed: it stays until it is fetched again, which happens where one looks. */
  invalidate(): void;
  /** Counts the changes, for `useSyncExternalStore`. */
  version(): number;
  subscribe(listener: () => void): () => void;
  /** For the measure of memory. */
  keptPages(): number;
  dispose(): void;
}

interface Page {
  readonly items: readonly ImageItem[];
  stale: boolean;
}

export function createPageCache(options: PageCacheOptions): PageCache {
  const { load, onError, pageSize = 100, capacity = 48, concurrency = 2, settleMs = 60 } = options;
  /** In order of use, the least recent first. */
  const pages = new Map<number, Page>();
  const underWay = new Map<number, AbortController>();
  const listeners = new Set<() => void>();
  let total: number | null = null;
  let version = 0;
  let window = { first: 0, last: pageSize - 1 };
  let timer: ReturnType<typeof setTimeout> | null = null;
  let lastStart = Number.NEGATIVE_INFINITY;
  let generation = 0;
  let disposed = false;

  const changed = () => {
    version++;
    for (const listener of listeners) listener();
  };

  /** Pages that the window touches and, once the size is known, one more on either side; those in the middle first. */
  const wanted = (): number[] => {
    const margin = total === null ? 0 : 1;
    const end = total === null ? Number.POSITIVE_INFINITY : Math.max(1, Math.ceil(total / pageSize));
    const first = Math.max(0, Math.floor(window.first / pageSize) - margin);
    const last = Math.min(end - 1, Math.floor(window.last / pageSize) + margin);
    const middle = (window.first + window.last) / 2 / pageSize;
    const numbers: number[] = [];
    for (let number = first; number <= last; number++) numbers.push(number);
    return numbers.sort((a, b) => Math.abs(a + 0.5 - middle) - Math.abs(b + 0.5 - middle));
  };

  const keep = (number: number, page: Page) => {
    pages.delete(number);
    pages.set(number, page);
    for (const oldest of pages.keys()) {
      if (pages.size <= capacity) break;
      pages.delete(oldest);
    }
  };

  const fetchPage = async (number: number) => {
    const controller = new AbortController();
    underWay.set(number, controller);
    const startedIn = generation;
    try {
      const page = await load(number * pageSize, pageSize, controller.signal);
      if (controller.signal.aborted || disposed) return;
      total = page.total;
      // A page asked for before `invalidate` is better than none, and is asked for again.
      keep(number, { items: page.items, stale: startedIn !== generation });
      changed();
    } catch (error) {
      if (!controller.signal.aborted && !disposed) onError(error);
      // Not asked for again before the window moves or the set changes: a failing host is not hammered.
      if (!controller.signal.aborted && !disposed) keep(number, { items: [], stale: false });
    } finally {
      if (underWay.get(number) === controller) underWay.delete(number);
      if (!disposed) start();
    }
  };

  const start = () => {
    lastStart = Date.now();
    const numbers = wanted();
    for (const [number, controller] of underWay) {
      if (!numbers.includes(number)) {
        underWay.delete(number);
        controller.abort();
      }
    }
    for (const number of numbers) {
      if (underWay.size >= concurrency) break;
      const page = pages.get(number);
      if ((page === undefined || page.stale) && !underWay.has(number)) void fetchPage(number);
    }
  };

  const schedule = () => {
    if (timer !== null || disposed) return;
    const wait = Math.max(0, lastStart + settleMs - Date.now());
    timer = setTimeout(() => {
      timer = null;
      start();
    }, wait);
  };

  return {
    at: (position) => pages.get(Math.floor(position / pageSize))?.items[position % pageSize],
    total: () => total,
    look(first, last) {
      if (first === window.first && last === window.last && lastStart > 0) return;
      window = { first, last };
      for (const number of wanted()) {
        const page = pages.get(number);
        if (page !== undefined) keep(number, page);
      }
      schedule();
    },
    invalidate() {
      generation++;
      for (const page of pages.values()) page.stale = true;
      schedule();
    },
    version: () => version,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    keptPages: () => pages.size,
    dispose() {
      disposed = true;
      if (timer !== null) clearTimeout(timer);
      for (const controller of underWay.values()) controller.abort();
      underWay.clear();
      pages.clear();
      listeners.clear();
    },
  };
}
