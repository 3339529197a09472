/** What is looked at in the image place: one set at a time, its filter, its pages, its statistics and its sample. */

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { HostClient } from '../../contract/procedures/index.ts';
import { type BoxCache, createBoxCache } from './box-cache.ts';
import {
  everyImage,
  type ImageFilter,
  type ImageSet,
  type ImageStatistics,
  sameFilter,
} from './image-types.ts';
import { createPageCache, type PageCache } from './page-cache.ts';

export interface Failure {
  readonly message: string;
  readonly remedy: string;
}

export type Loadable<T> =
  | { readonly state: 'none' }
  | { readonly state: 'loading'; readonly before: T | null }
  | { readonly state: 'ready'; readonly value: T }
  | { readonly state: 'failed'; readonly failure: Failure };

export interface Sample {
  readonly set: string;
  readonly source: string;
  readonly count: number;
  readonly reason: string;
  readonly listFile: string;
}

export const thumbnailSizes = { small: 108, medium: 156, large: 232 } as const;
export type ThumbnailSize = keyof typeof thumbnailSizes;

export interface ImagesState {
  readonly set: string | null;
  readonly pages: PageCache | null;
  readonly boxes: BoxCache | null;
  readonly filter: ImageFilter;
  readonly labelsShown: boolean;
  readonly size: ThumbnailSize;
  /** Position, in the filtered set, of the image that keys act on. */
  readonly active: number;
  /** True while the active image fills the window. */
  readonly enlarged: boolean;
  /** Why images did not come. */
  readonly failure: Failure | null;
  readonly statistics: Loadable<ImageStatistics>;
  readonly sample: Loadable<Sample>;
}

export interface ImagesStore extends Omit<StoreApi<ImagesState>, 'setState'> {
  /** Looks at a set; the same one again changes nothing. Null looks at nothing. */
  show(client: HostClient, set: string | null): void;
  /** The host knows more of the set that is looked at: what is shown is fetched again, at most once a second. */
  setChanged(set: ImageSet): void;
  filterBy(client: HostClient, change: Partial<ImageFilter>): void;
  showLabels(shown: boolean): void;
  resize(size: ThumbnailSize): void;
  activate(position: number): void;
  enlarge(enlarged: boolean): void;
  loadStatistics(client: HostClient): Promise<void>;
  pickSample(client: HostClient, source: string, count: number): Promise<void>;
  cancelSample(): void;
  retry(): void;
}

const refreshEveryMs = 1000;

function failureOf(error: unknown): Failure {
  const { message, remedy } = (error ?? {}) as Partial<Failure>;
  return {
    message: typeof message === 'string' && message !== '' ? message : 'The host did not answer.',
    remedy: typeof remedy === 'string' ? remedy : 'Try again.',
  };
}

function isCancelled(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'cancelled';
}

const nothingShown = {
  set: null,
  pages: null,
  boxes: null,
  filter: everyImage,
  active: 0,
  enlarged: false,
  failure: null,
  statistics: { state: 'none' },
  sample: { state: 'none' },
} as const;

export function createImagesStore(): ImagesStore {
  const store = createStore<ImagesState>(() => ({ ...nothingShown, labelsShown: true, size: 'medium' }));
  const { getState, setState } = store;
  let refresh: ReturnType<typeof setTimeout> | null = null;
  let lastRefresh = 0;
  let known = '';
  let picking: AbortController | null = null;
  let counting: AbortController | null = null;

  const pagesOf = (client: HostClient, set: string, filter: ImageFilter): PageCache =>
    createPageCache({
      load: (offset, limit, signal) => client.call('images.page', { set, offset, limit, filter }, { signal }),
      onError: (error) => setState({ failure: failureOf(error) }),
    });

  const refreshNow = () => {
    refresh = null;
    lastRefresh = Date.now();
    getState().pages?.invalidate();
  };

  return {
    getState,
    getInitialState: store.getInitialState,
    subscribe: store.subscribe,

    show(client, set) {
      const before = getState();
      if (before.set === set) return;
      before.pages?.dispose();
      before.boxes?.dispose();
      picking?.abort();
      counting?.abort();
      if (refresh !== null) clearTimeout(refresh);
      refresh = null;
      known = '';
      if (set === null) {
        setState(nothingShown);
        return;
      }
      setState({
        ...nothingShown,
        set,
        pages: pagesOf(client, set, everyImage),
        boxes: createBoxCache({
          load: async (index, signal) =>
            (await client.call('images.boxes', { set, index }, { signal })).boxes,
        }),
      });
    },

    setChanged(set) {
      const state = getState();
      if (set.id !== state.set) return;
      const now = `${set.phase} ${set.files} ${set.examined} ${set.labels}`;
      if (now === known) return;
      const first = known === '';
      known = now;
      if (first) return;
      if (set.phase === 'ready') {
        if (refresh !== null) clearTimeout(refresh);
        refreshNow();
        state.boxes?.clear();
        return;
      }
      refresh ??= setTimeout(refreshNow, Math.max(0, lastRefresh + refreshEveryMs - Date.now()));
    },

    filterBy(client, change) {
      const { set, filter, pages } = getState();
      const next = { ...filter, ...change };
      if (set === null || sameFilter(filter, next)) return;
      pages?.dispose();
      setState({ filter: next, active: 0, failure: null, pages: pagesOf(client, set, next) });
    },

    showLabels: (labelsShown) => setState({ labelsShown }),
    resize: (size) => setState({ size }),
    activate: (active) => setState({ active }),
    enlarge: (enlarged) => setState({ enlarged }),

    async loadStatistics(client) {
      const { set, statistics } = getState();
      if (set === null || statistics.state === 'loading') return;
      counting = new AbortController();
      const { signal } = counting;
      setState({
        statistics: { state: 'loading', before: statistics.state === 'ready' ? statistics.value : null },
      });
      try {
        const value = await client.call('images.statistics', { set }, { signal });
        if (getState().set === set) setState({ statistics: { state: 'ready', value } });
      } catch (error) {
        if (getState().set === set && !signal.aborted) {
          setState({ statistics: { state: 'failed', failure: failureOf(error) } });
        }
      }
    },

    async pickSample(client, source, count) {
      const { set } = getState();
      if (set === null) return;
      picking?.abort();
      picking = new AbortController();
      const { signal } = picking;
      setState({ sample: { state: 'loading', before: null } });
      try {
        const { indices, reason, listFile } = await client.call('images.pick', { set, count }, { signal });
        if (signal.aborted || getState().set !== set) return;
        setState({
          sample: { state: 'ready', value: { set, source, count: indices.length, reason, listFile } },
        });
        const { filter, pages } = getState();
        if (filter.state === 'picked') pages?.invalidate();
      } catch (error) {
        if (signal.aborted || getState().set !== set) return;
        setState({
          sample: isCancelled(error) ? { state: 'none' } : { state: 'failed', failure: failureOf(error) },
        });
      }
    },

    cancelSample() {
      picking?.abort();
      setState({ sample: { state: 'none' } });
    },

    retry() {
      setState({ failure: null });
      getState().pages?.invalidate();
    },
  };
}

/** The one store of this window. */
export const imagesStore = createImagesStore();
