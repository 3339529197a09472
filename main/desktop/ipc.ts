/** The only file of main that touches Electron's IPC: typed requests of windows, each checked for who sent it. */

import { type BrowserWindow, ipcMain, type MessagePortMain } from 'electron';
import {
  type NoticeName,
  portChannel,
  type RequestAnswer,
  type RequestName,
  type WindowNotices,
  type WindowRequests,
} from '../../contract/desktop-ipc.ts';
import { type SenderEvent, senderOf } from './adapters/sender.ts';
import { isOwnPage } from './own-pages.ts';
import { requestArguments, requestNames } from './request-arguments.ts';

/** The handlers of all requests; what one throws reaches the page as the message of an error. Each gets the window that asked before the arguments. */
export type RequestHandlers = {
  readonly [N in RequestName]: (
    window: BrowserWindow,
    ...args: Parameters<WindowRequests[N]>
  ) => ReturnType<WindowRequests[N]> | Promise<ReturnType<WindowRequests[N]>>;
};

/** An event of `ipcMain.handle`, as far as it is looked at. */
export type RequestEvent = SenderEvent;

/**
 * Answers one request.
 * @param windowOf the window of a sender, undefined for anything that is not a window of ours
 * @throws Error when the sender is not the main frame of our own page in one of our windows, or an argument is wrong
 */
export async function answerRequest(
  name: RequestName,
  handlers: RequestHandlers,
  windowOf: (event: RequestEvent) => BrowserWindow | undefined,
  event: RequestEvent,
  args: readonly unknown[],
): Promise<RequestAnswer> {
  const window = windowOf(event);
  const sender = senderOf(event);
  if (!window || !sender?.isMainFrame || !isOwnPage(sender.url)) {
    throw new Error(`${name}: refused for ${sender?.url ?? 'an unknown sender'}`);
  }
  const parsed = requestArguments[name].safeParse(args);
  if (!parsed.success) throw new Error(`${name}: wrong arguments`);
  // The name ties handler and arguments together, which the compiler cannot follow through the union.
  const handler = handlers[name] as (window: BrowserWindow, ...rest: unknown[]) => unknown;
  try {
    return { ok: true, value: await handler(window, ...parsed.data) };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

/** Registers the handlers of all requests for the life of the app. */
export function serveWindows(
  handlers: RequestHandlers,
  windowOf: (event: RequestEvent) => BrowserWindow | undefined,
): void {
  for (const name of requestNames) {
    ipcMain.handle(name, (event, ...args: unknown[]) => answerRequest(name, handlers, windowOf, event, args));
  }
}

/** Tells a window something; nothing happens when it is gone. */
export function notify<N extends NoticeName>(
  window: BrowserWindow,
  name: N,
  ...args: Parameters<WindowNotices[N]>
): void {
  if (!window.isDestroyed()) window.webContents.send(name, ...args);
}

/** Hands a window the port to its host. */
export function handPort(window: BrowserWindow, port: MessagePortMain): void {
  if (!window.isDestroyed()) window.webContents.postMessage(portChannel, null, [port]);
}
