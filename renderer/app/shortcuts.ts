/** Keyboard shortcuts as text: `Mod+K`, `Alt+1`, `?`; `Mod` is Command on a Mac and Control elsewhere. */

export interface KeyPress {
  readonly key: string;
  /** The key's place on the keyboard, `Digit1`: on a Mac, Alt with a digit types another character. */
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

export function isMac(): boolean {
  return typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform);
}

export function matchesShortcut(press: KeyPress, shortcut: string, mac: boolean): boolean {
  const parts = shortcut.split('+');
  const key = parts[parts.length - 1] ?? '';
  const wantsMod = parts.includes('Mod');
  const wantsAlt = parts.includes('Alt');
  const mod = mac ? press.metaKey : press.ctrlKey;
  const otherMod = mac ? press.ctrlKey : press.metaKey;
  if (mod !== wantsMod || otherMod || press.altKey !== wantsAlt) return false;
  // A sign such as `?` says itself whether Shift is needed; letters and digits say it by `Shift+`.
  if (/^[A-Z0-9]$/.test(key) && press.shiftKey !== parts.includes('Shift')) return false;
  if (/^\d$/.test(key)) return press.code === `Digit${key}`;
  return press.key.toLowerCase() === key.toLowerCase();
}

/** The shortcut as the platform writes it: `⌘K`, `Ctrl K`. */
export function formatShortcut(shortcut: string, mac: boolean): string {
  const signs: Readonly<Record<string, string>> = mac
    ? { Mod: '⌘', Alt: '⌥', Shift: '⇧' }
    : { Mod: 'Ctrl', Alt: 'Alt', Shift: 'Shift' };
  return shortcut
    .split('+')
    .map((part) => signs[part] ?? part)
    .join(mac ? '' : ' ');
}

/** Whether the user is writing, so that single keys belong to the text. */
export function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches('input, textarea, select, [role="spinbutton"]');
}
