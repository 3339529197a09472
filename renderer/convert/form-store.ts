/** The form being filled in: what is typed, what is wrong with it, the command that equals it, and its submission. */

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { HostClient } from '../../contract/procedures/index.ts';
import {
  type ConversionForm,
  checkForm,
  defaultForm,
  type FieldErrors,
  type FieldName,
  type FormDraft,
  formFromStorage,
} from './form.ts';
import type { RunSummary } from './run-types.ts';
import { failureFrom, type WireFailure } from './run-wishes.ts';
import type { Specification } from './specification-from-form.ts';

export type CommandState =
  | { readonly state: 'none' }
  /** `text` is the command before the last change, which stays until the new one has come. */
  | { readonly state: 'asking'; readonly text: string | null }
  | { readonly state: 'ready'; readonly text: string }
  | { readonly state: 'failed'; readonly failure: WireFailure };

export interface FormState {
  readonly draft: FormDraft;
  readonly errors: FieldErrors;
  readonly command: CommandState;
  readonly submitting: boolean;
  /** The host's own words on why it did not take the specification. */
  readonly refusal: WireFailure | null;
}

export interface FormStore extends Omit<StoreApi<FormState>, 'setState'> {
  change<F extends FieldName>(field: F, value: FormDraft[F]): void;
  reset(): void;
  /** Asks for the command line of a specification, a moment after the last change; null has none. */
  describe(client: HostClient, specification: Specification | null): void;
  /** The queued run, or null when the host refused; why is in `refusal`. */
  submit(client: HostClient, specification: Specification): Promise<RunSummary | null>;
}

/** What keeps the form over a reload: the browser's storage, or nothing. */
export interface FormMemory {
  read(): string | null;
  write(text: string): void;
}

const describeAfterMs = 250;

export function createFormStore(memory: FormMemory): FormStore {
  const initial = formFromStorage(memory.read());
  const store = createStore<FormState>(() => ({
    draft: initial,
    errors: {},
    command: { state: 'none' },
    submitting: false,
    refusal: null,
  }));
  const { getState, setState } = store;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let asking: AbortController | null = null;
  let described = '';

  const put = (draft: FormDraft) => {
    setState({ draft, errors: checkForm(draft), refusal: null });
    memory.write(JSON.stringify(draft));
  };

  return {
    getState,
    getInitialState: store.getInitialState,
    subscribe: store.subscribe,
    change: (field, value) => put({ ...getState().draft, [field]: value }),
    reset: () => put({ ...defaultForm, out: getState().draft.out }),
    describe(client, specification) {
      const key = JSON.stringify(specification);
      if (key === described) return;
      described = key;
      if (timer !== null) clearTimeout(timer);
      asking?.abort();
      if (specification === null) {
        setState({ command: { state: 'none' } });
        return;
      }
      const { command } = getState();
      const text = command.state === 'ready' || command.state === 'asking' ? command.text : null;
      setState({ command: { state: 'asking', text } });
      timer = setTimeout(async () => {
        asking = new AbortController();
        const { signal } = asking;
        try {
          const answer = await client.call('runs.command', { specification }, { signal });
          if (!signal.aborted) setState({ command: { state: 'ready', text: answer.command } });
        } catch (error) {
          if (!signal.aborted) setState({ command: { state: 'failed', failure: failureFrom(error) } });
        }
      }, describeAfterMs);
    },
    async submit(client, specification) {
      if (getState().submitting) return null;
      setState({ submitting: true, refusal: null });
      try {
        const run = await client.call('runs.submit', { specification });
        setState({ submitting: false });
        return run;
      } catch (error) {
        setState({ submitting: false, refusal: failureFrom(error) });
        return null;
      }
    },
  };
}

const storageKey = 'engineroom.convert';

const browserMemory: FormMemory = {
  read() {
    try {
      return globalThis.localStorage?.getItem(storageKey) ?? null;
    } catch {
      return null;
    }
  },
  write(text) {
    try {
      globalThis.localStorage?.setItem(storageKey, text);
    } catch {
      // A full or forbidden storage costs the memory of the form, nothing else.
    }
  },
};

/** The one store of this window. */
export const formStore = createFormStore(browserMemory);

/** True for a form that says the same as the shortest command. */
export function isDefault(draft: FormDraft): boolean {
  return (Object.keys(defaultForm) as (keyof ConversionForm)[]).every(
    (field) => field === 'out' || JSON.stringify(draft[field]) === JSON.stringify(defaultForm[field]),
  );
}
