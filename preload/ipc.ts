/** The only file of the preload that touches Electron's IPC: typed requests to main and notices from it. */

import { ipcRenderer } from 'electron';
import { hostPortMessage } from '../contract/bridge.ts';
import {
  type NoticeName,
  portChannel,
  type RequestName,
  type WindowNotices,
  type WindowRequests,
} from '../contract/desktop-ipc.ts';

/** Electron puts its own words before the message of an error from main; people should read only ours. */
const electronPrefix = /^Error invoking remote method '[^']*': (?:Error: )?/;

/** Asks main; the promise rejects with main's sentence. */
export async function ask<N extends RequestName>(
  name: N,
  ...args: Parameters<WindowRequests[N]>
): Promise<ReturnType<WindowRequests[N]>> {
  try {
    return await ipcRenderer.invoke(name, ...args);
  } catch (error) {
    throw new Error((error instanceof Error ? error.message : String(error)).replace(electronPrefix, ''));
  }
}

/** Hears every notice of one kind for the life of the page. */
export function onNotice<N extends NoticeName>(
  name: N,
  listener: (...args: Parameters<WindowNotices[N]>) => void,
): void {
  ipcRenderer.on(name, (_event, ...args) => listener(...(args as Parameters<WindowNotices[N]>)));
}

/** Passes each port to the host on to the page: a port cannot cross the bridge itself. */
export function forwardPorts(page: Window, origin: string): void {
  ipcRenderer.on(portChannel, ({ ports }) => page.postMessage(hostPortMessage, origin, [...ports]));
}
