/** Light, dark, or as the system has it; kept in this browser. */

import { create } from 'zustand';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const storageKey = 'engineroom.theme';

export function parseTheme(text: string | null): Theme {
  return themes.find((theme) => theme === text) ?? 'system';
}

function stored(): Theme {
  try {
    return parseTheme(globalThis.localStorage?.getItem(storageKey) ?? null);
  } catch {
    return 'system';
  }
}

function apply(theme: Theme) {
  if (typeof document === 'undefined') return;
  if (theme === 'system') document.documentElement.removeAttribute('data-theme');
  else document.documentElement.setAttribute('data-theme', theme);
}

interface ThemeState {
  readonly theme: Theme;
  readonly setTheme: (theme: Theme) => void;
}

export const useTheme = create<ThemeState>((set) => ({
  theme: stored(),
  setTheme: (theme) => {
    apply(theme);
    try {
      globalThis.localStorage?.setItem(storageKey, theme);
    } catch {
      // Without storage the choice holds until the window closes.
    }
    set({ theme });
  },
}));

/** Puts the stored choice on the document, before anything is drawn. */
export function applyStoredTheme(): void {
  apply(useTheme.getState().theme);
}
