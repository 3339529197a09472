/** Windows of the app: a sandboxed page of ours that can neither go elsewhere, open windows nor ask for permissions. */

import { BrowserWindow, nativeTheme, type Session, screen, shell, type WebContents } from 'electron';
import { refuseNewWindows, type WindowOpener } from './adapters/new-windows.ts';
import { appPage, isOwnPage } from './own-pages.ts';
import type { SettingsFile } from './settings-file.ts';
import { smallestSize, type WindowState, windowBounds } from './window-state.ts';

export interface WindowOptions {
  readonly preload: string;
  readonly icon: string | undefined;
  readonly state: SettingsFile<WindowState | null>;
  /** Tools for developers; off in the packaged app. */
  readonly developerTools: boolean;
}

/** Painted before the page is: the same as the page's own, so that nothing flashes. */
function backgroundColor(): string {
  return nativeTheme.shouldUseDarkColors ? '#14171a' : '#f7f8f9';
}

/** Copying on a click is the one thing a page of ours may ask for. */
const allowedPermission = 'clipboard-sanitized-write';

/** Refuses permissions and devices to every page of a session. */
export function guardSession(session: Session): void {
  const mayDo = (permission: string, url: string) => permission === allowedPermission && isOwnPage(url);
  session.setPermissionRequestHandler((contents, permission, answer) =>
    answer(mayDo(permission, contents.getURL())),
  );
  session.setPermissionCheckHandler((contents, permission) => mayDo(permission, contents?.getURL() ?? ''));
  // Newer than the oldest Electron that the tests run on.
  (session as Partial<Session>).setDevicePermissionHandler?.call(session, () => false);
}

/**
 * The address of a run's report on the host of this machine, which may be looked at in the system's browser. Nothing
 * else leaves the window.
 */
export function isReportAddress(url: string): boolean {
  return /^http:\/\/127\.0\.0\.1:\d+\/[^?#]*\/report\.html(?:\?[^#]*)?$/.test(url);
}

function isSamePage(url: string): boolean {
  return url.replace(/[?#].*$/, '') === appPage;
}

/** Refuses every way out of a page; meant for all contents that the app ever creates. */
export function guardContents(contents: WebContents): void {
  const refuse = (event: { preventDefault(): void }) => event.preventDefault();
  contents.on('will-navigate', (event, url) => {
    // A page may load itself anew.
    if (!isSamePage(url)) event.preventDefault();
  });
  contents.on('will-redirect', refuse);
  contents.on('will-attach-webview', refuse);
  refuseNewWindows(contents as unknown as WindowOpener, (url) => {
    if (isReportAddress(url)) void shell.openExternal(url);
  });
}

/** A page that dies is loaded anew; one that keeps dying is left alone. */
function reviveCrashedPage(window: BrowserWindow): void {
  let lastCrash = 0;
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    const now = Date.now();
    if (now - lastCrash > 10_000) window.webContents.reload();
    lastCrash = now;
  });
}

function keepState(window: BrowserWindow, state: SettingsFile<WindowState | null>): void {
  window.on('close', () => {
    state.write({ ...window.getNormalBounds(), maximized: window.isMaximized() });
  });
}

/** Opens a window; it is shown when there is something to see. */
export function openWindow({ preload, icon, state, developerTools }: WindowOptions): BrowserWindow {
  const saved = state.value ?? undefined;
  const bounds = windowBounds(
    saved,
    screen.getAllDisplays().map((display) => display.workArea),
  );
  const others = BrowserWindow.getAllWindows().length;
  const offset = 28 * others;
  const placed =
    bounds.x === undefined || bounds.y === undefined
      ? bounds
      : { ...bounds, x: bounds.x + offset, y: bounds.y + offset };
  const window = new BrowserWindow({
    ...placed,
    minWidth: Math.min(smallestSize.width, bounds.width),
    minHeight: Math.min(smallestSize.height, bounds.height),
    title: 'Engine Room',
    show: false,
    backgroundColor: backgroundColor(),
    ...(icon ? { icon } : {}),
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      nodeIntegrationInWorker: false,
      webviewTag: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: developerTools,
      // Defaults of old versions that new ones no longer have.
      ...{ enableRemoteModule: false, worldSafeExecuteJavaScript: true },
    },
  });
  reviveCrashedPage(window);
  keepState(window, state);
  window.once('ready-to-show', () => {
    if (saved?.maximized && others === 0) window.maximize();
    window.show();
  });
  void window.loadURL(appPage);
  return window;
}
