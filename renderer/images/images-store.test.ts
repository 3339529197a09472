import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeClient } from '../convert/testing/fake-client.ts';
import type { ImageItem, ImageSet } from './image-types.ts';
import { createImagesStore } from './images-store.ts';

const item = (index: number): ImageItem => ({
  index,
  file: `${index}.jpg`,
  state: 'ok',
  reason: null,
  width: 640,
  height: 480,
  labels: 1,
});
const set = (change: Partial<ImageSet> = {}): ImageSet => ({
  id: 's',
  source: '/pictures',
  labels: '/labels',
  labelFormat: 'yolo',
  classNames: ['bolt'],
  files: 3,
  phase: 'ready',
  examined: 3,
  unreadable: 0,
  duplicates: 0,
  warnings: [],
  error: null,
  ...change,
});
const gone = { code: 'bad-input', message: 'The set is closed.', remedy: 'Open it again.' };
const statistics = { boxes: 3, classes: [], boxSizes: { edges: [0, 1], counts: [3] }, imageSizes: [] };
const host = () =>
  fakeClient({
    'images.page': ({ offset, limit }) => ({
      total: 3,
      items: [0, 1, 2].slice(offset, offset + limit).map(item),
    }),
    'images.boxes': () => ({ boxes: [] }),
    'images.statistics': () => statistics,
    'images.pick': ({ count }) => ({
      indices: Array.from({ length: count }, (_, i) => i),
      reason: 'because',
      listFile: '/list.txt',
    }),
  });
const pagesAsked = (client: ReturnType<typeof host>) =>
  client.calls.filter(({ name }) => name === 'images.page').map(({ params }) => params);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('createImagesStore', () => {
  it('looks at a set, and the same one again changes nothing', async () => {
    const store = createImagesStore();
    const client = host();
    store.show(client, 's');
    const { pages } = store.getState();
    store.show(client, 's');
    expect(store.getState().pages).toBe(pages);
    pages?.look(0, 2);
    await vi.advanceTimersByTimeAsync(100);
    expect(pages?.at(2)?.file).toBe('2.jpg');
    store.show(client, null);
    expect(store.getState()).toMatchObject({ set: null, pages: null });
  });

  it('starts anew with another filter, and only with another one', async () => {
    const store = createImagesStore();
    const client = host();
    store.show(client, 's');
    const { pages } = store.getState();
    store.activate(2);
    store.filterBy(client, { text: '' });
    expect(store.getState().pages).toBe(pages);
    store.filterBy(client, { state: 'duplicate', classIndex: 0 });
    expect(store.getState()).toMatchObject({
      active: 0,
      filter: { state: 'duplicate', classIndex: 0, text: '' },
    });
    store.getState().pages?.look(0, 10);
    await vi.advanceTimersByTimeAsync(100);
    expect(pagesAsked(client)).toEqual([
      { set: 's', offset: 0, limit: 100, filter: { state: 'duplicate', classIndex: 0, text: '' } },
    ]);
  });

  it('fetches again what is shown while the host finds out more, at most once a second', async () => {
    const store = createImagesStore();
    const client = host();
    store.show(client, 's');
    store.getState().pages?.look(0, 2);
    await vi.advanceTimersByTimeAsync(100);
    for (let examined = 0; examined < 50; examined++) {
      store.setChanged(set({ phase: 'examining', examined }));
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(pagesAsked(client).length).toBeGreaterThan(3);
    expect(pagesAsked(client).length).toBeLessThan(8);
    const before = pagesAsked(client).length;
    store.setChanged(set());
    await vi.advanceTimersByTimeAsync(100);
    expect(pagesAsked(client)).toHaveLength(before + 1);
    store.setChanged(set());
    store.setChanged(set({ id: 'another', files: 9 }));
    await vi.advanceTimersByTimeAsync(5000);
    expect(pagesAsked(client)).toHaveLength(before + 1);
  });

  it('says why images did not come, and tries again when told', async () => {
    const store = createImagesStore();
    const client = fakeClient({ 'images.page': () => Promise.reject(gone) });
    store.show(client, 's');
    store.getState().pages?.look(0, 2);
    await vi.advanceTimersByTimeAsync(100);
    expect(store.getState().failure).toEqual({ message: gone.message, remedy: gone.remedy });
    store.retry();
    expect(store.getState().failure).toBeNull();
    await vi.advanceTimersByTimeAsync(100);
    expect(pagesAsked(client)).toHaveLength(2);
  });

  it('counts, and keeps what it counted while it counts again', async () => {
    const store = createImagesStore();
    const client = host();
    store.show(client, 's');
    await store.loadStatistics(client);
    expect(store.getState().statistics).toEqual({ state: 'ready', value: statistics });
    const again = store.loadStatistics(client);
    expect(store.getState().statistics).toEqual({ state: 'loading', before: statistics });
    await again;
    store.show(client, 't');
    expect(store.getState().statistics).toEqual({ state: 'none' });
  });

  it('picks a sample, and shows it where it is looked at', async () => {
    const store = createImagesStore();
    const client = host();
    store.show(client, 's');
    await store.pickSample(client, '/pictures', 2);
    expect(store.getState().sample).toEqual({
      state: 'ready',
      value: { set: 's', source: '/pictures', count: 2, reason: 'because', listFile: '/list.txt' },
    });
  });

  it('does not show a sample of a set that was left, or one that was stopped', async () => {
    const store = createImagesStore();
    let finish = () => {};
    const client = fakeClient({
      'images.pick': () =>
        new Promise((resolve) => {
          finish = () => resolve({ indices: [0], reason: '', listFile: '/l' });
        }),
    });
    store.show(client, 's');
    const left = store.pickSample(client, '/pictures', 1);
    store.show(client, 't');
    finish();
    await left;
    expect(store.getState().sample).toEqual({ state: 'none' });
    const stopped = store.pickSample(client, '/pictures', 1);
    store.cancelSample();
    finish();
    await stopped;
    expect(store.getState().sample).toEqual({ state: 'none' });
  });

  it('keeps the reason when a sample fails', async () => {
    const store = createImagesStore();
    const client = fakeClient({ 'images.pick': () => Promise.reject(gone) });
    store.show(client, 's');
    await store.pickSample(client, '/pictures', 1);
    expect(store.getState().sample).toEqual({
      state: 'failed',
      failure: { message: gone.message, remedy: gone.remedy },
    });
  });
});
