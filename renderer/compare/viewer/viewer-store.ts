/** What the picture viewer knows of one run: the list of images by difference, page by page, and their detections. */

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { HostClient } from '../../../contract/procedures/index.ts';
import { type ShownFailure, shownFailure } from '../../app/project-store.ts';
import type { ComparedImage, ImageDetections, Precision } from '../report-parts.ts';

export type LoadedDetections =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly detections: ImageDetections }
  | { readonly state: 'failed'; readonly failure: ShownFailure };

export interface ViewerState {
  /** The precision whose difference from FP32 orders the list. */
  readonly precision: Precision;
  /** Null until the first page has come. */
  readonly total: number | null;
  /** By position in the list; holes have not been loaded. */
  readonly images: ReadonlyMap<number, ComparedImage>;
  readonly failure: ShownFailure | null;
  /** By image index. */
  readonly detections: ReadonlyMap<number, LoadedDetections>;
}

export interface ViewerStore {
  readonly state: StoreApi<ViewerState>;
  /** Loads the pages that hold the positions from `first` to `last`, both included. */
  show(first: number, last: number): Promise<void>;
  /** Starts the list again, ordered by another precision. */
  order(precision: Precision): Promise<void>;
  /** Loads the detections of an image unless they are there or on their way. */
  look(index: number): Promise<void>;
  /** Loads them again after a failure. */
  lookAgain(index: number): Promise<void>;
}

const pageSize = 100;
const keptDetections = 24;

export function createViewerStore(client: HostClient, run: string, precision: Precision): ViewerStore {
  const state = createStore<ViewerState>()(() => ({
    precision,
    total: null,
    images: new Map(),
    failure: null,
    detections: new Map(),
  }));
  const asked = new Set<number>();

  const loadPage = async (page: number): Promise<void> => {
    if (asked.has(page)) return;
    asked.add(page);
    const wanted = state.getState().precision;
    try {
      const { total, items } = await client.call('runs.images', {
        id: run,
        precision: wanted,
        offset: page * pageSize,
        limit: pageSize,
      });
      if (state.getState().precision !== wanted) return;
      const images = new Map(state.getState().images);
      items.forEach((item, i) => {
        images.set(page * pageSize + i, item);
      });
      state.setState({ total, images, failure: null });
    } catch (error) {
      if (state.getState().precision !== wanted) return;
      asked.delete(page);
      state.setState({ failure: shownFailure(error) });
    }
  };

  const show = async (first: number, last: number): Promise<void> => {
    const pages: number[] = [];
    for (let page = Math.floor(Math.max(0, first) / pageSize); page <= Math.floor(last / pageSize); page++) {
      pages.push(page);
    }
    await Promise.all(pages.map(loadPage));
  };

  const keep = (index: number, loaded: LoadedDetections): void => {
    const detections = new Map(state.getState().detections);
    detections.delete(index);
    detections.set(index, loaded);
    for (const oldest of detections.keys()) {
      if (detections.size <= keptDetections) break;
      detections.delete(oldest);
    }
    state.setState({ detections });
  };

  const lookAgain = async (index: number): Promise<void> => {
    keep(index, { state: 'loading' });
    try {
      keep(index, {
        state: 'ready',
        detections: await client.call('runs.detections', { id: run, index }),
      });
    } catch (error) {
      keep(index, { state: 'failed', failure: shownFailure(error) });
    }
  };

  return {
    state,
    show,
    async order(precision) {
      if (state.getState().precision === precision) return;
      asked.clear();
      state.setState({ precision, total: null, images: new Map(), failure: null });
      await show(0, 0);
    },
    async look(index) {
      if (!state.getState().detections.has(index)) await lookAgain(index);
    },
    lookAgain,
  };
}
