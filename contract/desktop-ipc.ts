/**
 * The two type maps that are the whole bridge between main and preload: what a window asks of main, and what main
 * tells a window. main/desktop/ipc.ts and preload/ipc.ts are the only users of Electron's own IPC.
 */

import { z } from 'zod';
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

export type RequestName = keyof WindowRequests;
export type NoticeName = keyof WindowNotices;

/** Channel of the message that brings a port; it carries a transferable and therefore is in neither map. */
export const portChannel = 'host-port';

const path = z.string().min(1).max(32_768);

/** What main accepts as arguments; anything else is refused. */
export const requestArguments = {
  connect: z.tuple([]),
  'choose-model': z.tuple([]),
  'choose-folder': z.tuple([z.enum(['images', 'labels', 'output'])]),
  'choose-labels': z.tuple([]),
  'reveal-in-folder': z.tuple([path]),
  'list-hosts': z.tuple([]),
  'add-host': z.tuple([z.string().min(1).max(2_048)]),
  'remove-host': z.tuple([z.string().min(1).max(100)]),
  'select-host': z.tuple([z.string().min(1).max(100).nullable()]),
} as const satisfies { [N in RequestName]: z.ZodType<Parameters<WindowRequests[N]>> };

export const requestNames = Object.keys(requestArguments) as readonly RequestName[];
