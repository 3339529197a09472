import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultForm } from './form.ts';
import { createFormStore, type FormMemory, isDefault } from './form-store.ts';
import { fakeClient } from './testing/fake-client.ts';

function memoryOf(text: string | null = null): FormMemory & { text: string | null } {
  const memory = {
    text,
    read: () => memory.text,
    write: (next: string) => {
      memory.text = next;
    },
  };
  return memory;
}
const refused = {
  code: 'bad-usage',
  message: '--max-map-loss cannot be checked without labelled images.',
  remedy: 'Add --validation IMAGES --labels LABELS.',
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('createFormStore', () => {
  it('checks while it is typed in, and remembers', () => {
    const memory = memoryOf();
    const store = createFormStore(memory);
    store.change('batch', 0);
    expect(store.getState().errors).toHaveProperty('batch');
    store.change('batch', 4);
    expect(store.getState().errors).toEqual({});
    expect(createFormStore(memory).getState().draft.batch).toBe(4);
  });

  it('goes back to the defaults, but not with the folder', () => {
    const store = createFormStore(memoryOf());
    store.change('method', 'entropy');
    store.change('out', '/mine');
    expect(isDefault(store.getState().draft)).toBe(false);
    store.reset();
    expect(store.getState().draft).toEqual({ ...defaultForm, out: '/mine' });
    expect(isDefault(store.getState().draft)).toBe(true);
  });

  it('asks for the command once the typing rests', async () => {
    const store = createFormStore(memoryOf());
    const client = fakeClient({
      'runs.command': ({ specification }) => ({ command: `engineroom convert ${specification.model}` }),
    });
    for (const model of ['a', 'ab', 'abc']) store.describe(client, { model });
    store.describe(client, { model: 'abc' });
    await vi.advanceTimersByTimeAsync(300);
    expect(client.calls).toHaveLength(1);
    expect(store.getState().command).toEqual({ state: 'ready', text: 'engineroom convert abc' });
    store.describe(client, { model: 'x' });
    expect(store.getState().command).toEqual({ state: 'asking', text: 'engineroom convert abc' });
    store.describe(client, null);
    await vi.advanceTimersByTimeAsync(300);
    expect(store.getState().command).toEqual({ state: 'none' });
    expect(client.calls).toHaveLength(1);
  });

  it('shows no answer to a question that has changed', async () => {
    const store = createFormStore(memoryOf());
    const answers: ((text: string) => void)[] = [];
    const client = fakeClient({
      'runs.command': () =>
        new Promise((resolve) => {
          answers.push((command) => resolve({ command }));
        }),
    });
    store.describe(client, { model: 'first' });
    await vi.advanceTimersByTimeAsync(300);
    store.describe(client, { model: 'second' });
    await vi.advanceTimersByTimeAsync(300);
    answers[1]!('second');
    await vi.advanceTimersByTimeAsync(0);
    answers[0]!('first');
    await vi.advanceTimersByTimeAsync(0);
    expect(store.getState().command).toEqual({ state: 'ready', text: 'second' });
  });

  it('keeps the host’s words when it refuses, until something changes', async () => {
    const store = createFormStore(memoryOf());
    const client = fakeClient({ 'runs.submit': () => Promise.reject(refused) });
    expect(await store.submit(client, { model: 'm' })).toBeNull();
    expect(store.getState()).toMatchObject({ submitting: false, refusal: refused });
    store.change('maxMapLoss', null);
    expect(store.getState().refusal).toBeNull();
  });

  it('submits once, however often it is pressed', async () => {
    const store = createFormStore(memoryOf());
    const client = fakeClient({ 'runs.submit': () => new Promise(() => {}) });
    void store.submit(client, { model: 'm' });
    expect(await store.submit(client, { model: 'm' })).toBeNull();
    expect(client.calls).toHaveLength(1);
  });
});
