/**
 * The two type maps that are the whole bridge between main and preload: what a window asks of main, and what main
 * tells a window. main/desktop/ipc.ts and preload/ipc.ts are the only users of Electron's own IPC.
 */

import type { HostState, MenuCommand, SavedHost } from './bridge.ts';

/** What a window asks; main answers with a promise. */
export interface WindowRequests {
  /** A port to the host follows, and the present state of the host. */
  connect(): void;
  'choose-model'(): string | null;
  'choose-folder'(purpose: 'images' | 'labels' | 'output'): string | null;
  'choose-labels'(): string | null;
  'reveal-in-folder'(path: string): void;
  'list-hosts'(): readonly SavedHost[];
  'add-host'(url: string): SavedHost;
  'remove-host'(id: string): void;
  'select-host'(id: string | null): void;
}

/** What main tells a window. */
export interface WindowNotices {
  'open-path'(path: string): void;
  'host-state'(state: HostState): void;
  menu(command: MenuCommand): void;
}

/**
 * How main answers: a failure travels as a value, because Electron would put words of its own before the message of
 * an error.
 */
export type RequestAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string };

export type RequestName = keyof WindowRequests;
export type NoticeName = keyof WindowNotices;

/** Channel of the message that brings a port; it carries a transferable and therefore is in neither map. */
export const portChannel = 'host-port';
