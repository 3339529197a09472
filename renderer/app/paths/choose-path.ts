/** Asks the user for a path on the host: by the desktop's dialogs where they mean anything, else by our own picker. */

import { create } from 'zustand';
import { desktopBridge } from '../bridge.ts';

export type PathPurpose = 'model' | 'images' | 'labels' | 'output';

interface PathRequest {
  readonly purpose: PathPurpose;
  readonly answer: (path: string | null) => void;
}

interface PathPickerState {
  readonly request: PathRequest | null;
  readonly ask: (purpose: PathPurpose) => Promise<string | null>;
  readonly answer: (path: string | null) => void;
}

/** The picker's open question, if any; `PathPicker` in the frame shows it. */
export const usePathPicker = create<PathPickerState>((set, get) => ({
  request: null,
  ask: (purpose) => {
    get().request?.answer(null);
    return new Promise((answer) => set({ request: { purpose, answer } }));
  },
  answer: (path) => {
    const { request } = get();
    set({ request: null });
    request?.answer(path);
  },
}));

/**
 * The path that the user chose, or null. `local`: paths of this machine mean something to the host (`useHost().local`).
 * Labels may be a file or a folder.
 */
export function choosePath(purpose: PathPurpose, local: boolean): Promise<string | null> {
  const bridge = local ? desktopBridge() : null;
  if (bridge === null) return usePathPicker.getState().ask(purpose);
  if (purpose === 'model') return bridge.chooseModel();
  if (purpose === 'labels') return bridge.chooseLabels();
  return bridge.chooseFolder(purpose);
}
