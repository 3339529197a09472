/**
 * What the user is working on, in all places: one model, a calibration set and a validation set. Remembered by path,
 * so that a reload or a host that was started anew brings them back.
 */

import { create } from 'zustand';
import type { HostClient, ResultOf } from '../../contract/procedures/index.ts';

export type ModelDetails = ResultOf<'models.open'>;
export type ImageSet = ResultOf<'images.open'>;
export type SetRole = 'calibration' | 'validation';

export interface ShownFailure {
  readonly message: string;
  readonly remedy: string;
}

export interface ProjectModel {
  readonly path: string;
  /** Null while it is being read and when that failed. */
  readonly details: ModelDetails | null;
  readonly failure: ShownFailure | null;
}

export interface ProjectSet {
  readonly source: string;
  readonly labels: string | null;
  /** Null while it is being opened and when that failed. */
  readonly set: ImageSet | null;
  readonly failure: ShownFailure | null;
}

interface ProjectState {
  readonly model: ProjectModel | null;
  readonly calibration: ProjectSet | null;
  readonly validation: ProjectSet | null;
  readonly openModel: (client: HostClient, path: string) => Promise<ModelDetails | null>;
  readonly closeModel: () => void;
  /** Opens a folder or list file as the set of a role and follows its examination. */
  readonly openSet: (
    client: HostClient,
    role: SetRole,
    source: string,
    labels?: string | null,
  ) => Promise<ImageSet | null>;
  readonly closeSet: (role: SetRole) => void;
  /** Opens again what was open: after a reload, or when the host was started anew. */
  readonly reopen: (client: HostClient) => Promise<void>;
}

const storageKey = 'engineroom.project';

interface Remembered {
  readonly model?: string;
  readonly calibration?: { readonly source: string; readonly labels: string | null };
  readonly validation?: { readonly source: string; readonly labels: string | null };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function rememberedSet(value: unknown): { source: string; labels: string | null } | undefined {
  if (!isRecord(value) || typeof value.source !== 'string') return undefined;
  return { source: value.source, labels: typeof value.labels === 'string' ? value.labels : null };
}

/** Reads what an earlier window left; whatever is not as expected is taken as absent. */
export function readRemembered(text: string | null): Remembered {
  if (text === null) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value)) return {};
    const calibration = rememberedSet(value.calibration);
    const validation = rememberedSet(value.validation);
    return {
      ...(typeof value.model === 'string' ? { model: value.model } : {}),
      ...(calibration === undefined ? {} : { calibration }),
      ...(validation === undefined ? {} : { validation }),
    };
  } catch {
    return {};
  }
}

function storage(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}

function remember({ model, calibration, validation }: ProjectState) {
  const sets = (set: ProjectSet | null) =>
    set === null ? undefined : { source: set.source, labels: set.labels };
  const kept: Record<string, unknown> = {
    model: model?.path,
    calibration: sets(calibration),
    validation: sets(validation),
  };
  try {
    storage()?.setItem(storageKey, JSON.stringify(kept));
  } catch {
    // A full or forbidden storage costs the memory of this window, nothing else.
  }
}

/** The sentence and the remedy of whatever a call rejected with. */
export function shownFailure(error: unknown): ShownFailure {
  const message = error instanceof Error ? error.message : String(error);
  const remedy = isRecord(error) && typeof error.remedy === 'string' ? error.remedy : 'Try again.';
  return { message, remedy };
}

function reopenable(): Pick<ProjectState, 'model' | 'calibration' | 'validation'> {
  const kept = readRemembered(storage()?.getItem(storageKey) ?? null);
  const set = (entry: Remembered['calibration']): ProjectSet | null =>
    entry === undefined ? null : { ...entry, set: null, failure: null };
  return {
    model: kept.model === undefined ? null : { path: kept.model, details: null, failure: null },
    calibration: set(kept.calibration),
    validation: set(kept.validation),
  };
}

export const useProject = create<ProjectState>((set, get) => {
  const watches = new Map<SetRole, () => void>();

  const putSet = (role: SetRole, value: ProjectSet | null) =>
    set(role === 'calibration' ? { calibration: value } : { validation: value });

  /** The class names that a set was opened with, which its labels may need. */
  const namesOfSet = new Map<SetRole, readonly string[]>();

  const unwatch = (role: SetRole) => {
    watches.get(role)?.();
    watches.delete(role);
  };

  /** Opens labelled sets again when another model names the classes. */
  const renameClasses = (client: HostClient, classNames: readonly string[]) => {
    for (const role of ['calibration', 'validation'] as const) {
      const present = get()[role];
      const before = namesOfSet.get(role);
      if (present === null || present.labels === null || before === undefined) continue;
      if (before.join('\n') !== classNames.join('\n')) {
        void get().openSet(client, role, present.source, present.labels);
      }
    }
  };

  return {
    ...reopenable(),

    openModel: async (client, path) => {
      set({ model: { path, details: null, failure: null } });
      const isPresent = () => get().model?.path === path;
      try {
        const details = await client.call('models.open', { path });
        // The host may answer with the real path of what was named.
        if (isPresent()) {
          set({ model: { path: details.path, details, failure: null } });
          renameClasses(client, details.classNames);
        }
        return details;
      } catch (error) {
        if (isPresent()) set({ model: { path, details: null, failure: shownFailure(error) } });
        return null;
      }
    },

    closeModel: () => set({ model: null }),

    openSet: async (client, role, source, labels = null) => {
      unwatch(role);
      putSet(role, { source, labels, set: null, failure: null });
      const isPresent = () => get()[role]?.source === source && get()[role]?.labels === labels;
      try {
        const classNames = get().model?.details?.classNames ?? [];
        namesOfSet.set(role, classNames);
        const opened = await client.call('images.open', { source, labels, classNames });
        if (!isPresent()) return opened;
        putSet(role, { source, labels, set: opened, failure: opened.error });
        const stop = client.listen('images.watch', { set: opened.id }, (next) => {
          if (isPresent()) putSet(role, { source, labels, set: next, failure: next.error });
        });
        watches.set(role, stop);
        return opened;
      } catch (error) {
        if (isPresent()) putSet(role, { source, labels, set: null, failure: shownFailure(error) });
        return null;
      }
    },

    closeSet: (role) => {
      unwatch(role);
      putSet(role, null);
    },

    reopen: async (client) => {
      const { model, calibration, validation, openModel, openSet } = get();
      // The model first: labels may need its class names.
      if (model !== null) await openModel(client, model.path);
      await Promise.all([
        calibration === null ? null : openSet(client, 'calibration', calibration.source, calibration.labels),
        validation === null ? null : openSet(client, 'validation', validation.source, validation.labels),
      ]);
    },
  };
});

useProject.subscribe(remember);
