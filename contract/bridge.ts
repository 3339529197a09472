/** The narrow bridge between the desktop's preload and the renderer: what only a window can do. */

/**
 * `data` of the window message that brings a port to the host in `ports[0]`. A port that arrives replaces the one
 * before it: the old host is gone, or another host was selected. Both ends speak contract/rpc/messages.ts as plain
 * objects. Only messages whose `source` is the window itself may be believed.
 */
export const hostPortMessage = 'engineroom:host-port';

/** Commands of the native menu, as `onMenu` delivers them. Their keyboard shortcuts belong to the menu. */
export const menuCommands = [
  'open-model',
  'add-host',
  'palette',
  'go:models',
  'go:images',
  'go:convert',
  'go:compare',
  'go:engines',
  'go:settings',
  'theme:system',
  'theme:light',
  'theme:dark',
] as const;

export type MenuCommand = (typeof menuCommands)[number];

/** Present as `window.engineRoom` in the desktop; absent in a browser. */
export interface DesktopBridge {
  readonly kind: 'desktop';
  readonly platform: 'linux' | 'win32' | 'darwin';
  /** Resolves with a port to the host, again after every restart of the host. The port arrives by `window.postMessage`. */
  connect(): void;
  /** Native dialogs; null when the user cancels. */
  chooseModel(): Promise<string | null>;
  chooseFolder(purpose: 'images' | 'labels' | 'output'): Promise<string | null>;
  chooseLabels(): Promise<string | null>;
  /** Path of a file that the user dropped; empty when the platform does not tell. */
  pathOfFile(file: File): string;
  revealInFolder(path: string): Promise<void>;
  /** Paths given on the command line, by a second instance or by a file association. */
  onOpenPath(listener: (path: string) => void): void;
  onHostState(listener: (state: HostState) => void): void;
  /** A command of the native menu, e.g. `open-model`, `palette`, `theme:dark`. */
  onMenu(listener: (command: string) => void): void;
  /** Other hosts ('Add host'): stored by main, tokens never shown again. */
  listHosts(): Promise<readonly SavedHost[]>;
  addHost(url: string): Promise<SavedHost>;
  removeHost(id: string): Promise<void>;
  selectHost(id: string | null): Promise<void>;
}

export interface SavedHost {
  readonly id: string;
  readonly name: string;
  readonly url: string;
}

export type HostState =
  | { readonly state: 'starting' }
  | { readonly state: 'ready' }
  | { readonly state: 'restarted'; readonly reason: string }
  | { readonly state: 'failed'; readonly message: string; readonly remedy: string };
