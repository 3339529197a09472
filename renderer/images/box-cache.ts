/**
 * Labelled boxes of the images that are looked at: asked for one image at a time, a few at once, the latest wish first,
 * and only the most recently used kept.
 */

import type { ImageBox } from './image-types.ts';

export interface BoxCache {
  /** The boxes of an image, asking for them when they are not there. */
  want(index: number): readonly ImageBox[] | undefined;
  /** The image is no longer looked at: a request for it is dropped. */
  leave(index: number): void;
  clear(): void;
  version(): number;
  subscribe(listener: () => void): () => void;
  dispose(): void;
}

export interface BoxCacheOptions {
  readonly load: (index: number, signal: AbortSignal) => Promise<readonly ImageBox[]>;
  readonly capacity?: number;
  readonly concurrency?: number;
}

export function createBoxCache({ load, capacity = 600, concurrency = 4 }: BoxCacheOptions): BoxCache {
  /** In order of use, the least recent first. */
  const boxes = new Map<number, readonly ImageBox[]>();
  const waiting = new Set<number>();
  const underWay = new Map<number, AbortController>();
  const listeners = new Set<() => void>();
  let version = 0;
  let disposed = false;
  let notice: ReturnType<typeof setTimeout> | null = null;

  /** Many answers in a row make one notice. */
  const changed = () => {
    version++;
    notice ??= setTimeout(() => {
      notice = null;
      for (const listener of listeners) listener();
    }, 30);
  };

  const loadOne = async (index: number) => {
    const controller = new AbortController();
    underWay.set(index, controller);
    try {
      const found = await load(index, controller.signal);
      if (controller.signal.aborted || disposed) return;
      boxes.set(index, found);
      for (const oldest of boxes.keys()) {
        if (boxes.size <= capacity) break;
        boxes.delete(oldest);
      }
      changed();
    } catch {
      // Boxes are an adornment: without them the picture is shown bare, and the set itself tells what is wrong.
      if (!controller.signal.aborted && !disposed) boxes.set(index, []);
    } finally {
      if (underWay.get(index) === controller) underWay.delete(index);
      next();
    }
  };

  const next = () => {
    if (disposed) return;
    const latestFirst = [...waiting].reverse();
    for (const index of latestFirst) {
      if (underWay.size >= concurrency) return;
      waiting.delete(index);
      void loadOne(index);
    }
  };

  return {
    want(index) {
      const found = boxes.get(index);
      if (found !== undefined) {
        boxes.delete(index);
        boxes.set(index, found);
        return found;
      }
      if (!underWay.has(index)) {
        waiting.add(index);
        queueMicrotask(next);
      }
      return undefined;
    },
    leave(index) {
      waiting.delete(index);
      underWay.get(index)?.abort();
    },
    clear() {
      boxes.clear();
      for (const controller of underWay.values()) controller.abort();
      underWay.clear();
      changed();
    },
    version: () => version,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose() {
      disposed = true;
      if (notice !== null) clearTimeout(notice);
      for (const controller of underWay.values()) controller.abort();
      waiting.clear();
      listeners.clear();
    },
  };
}
