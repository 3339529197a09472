/** Refuses new windows of a page: `setWindowOpenHandler` since Electron 12, the event `new-window` before. */

/** The part of `webContents` that is used. */
export interface WindowOpener {
  setWindowOpenHandler?(handler: (details: { url: string }) => { action: 'deny' }): void;
  // biome-ignore lint/suspicious/noExplicitAny: Electron types this event of old versions no longer
  on(event: any, listener: (event: { preventDefault(): void }, url: string) => void): unknown;
}

/** No page opens a window; `onRefused` hears which address it was. */
export function refuseNewWindows(contents: WindowOpener, onRefused: (url: string) => void): void {
  if (contents.setWindowOpenHandler) {
    contents.setWindowOpenHandler(({ url }) => {
      onRefused(url);
      return { action: 'deny' };
    });
    return;
  }
  contents.on('new-window', (event, url) => {
    event.preventDefault();
    onRefused(url);
  });
}
