/** The only file of the preload that touches Electron's IPC: typed requests to main and notices from it. */

import { ipcRenderer } from 'electron';
import { hostPortMessage } from '../contract/bridge.ts';
import {
  type NoticeName,
  portChannel,
  type RequestAnswer,
  type RequestName,
  type WindowNotices,
  type WindowRequests,
} from '../contract/desktop-ipc.ts';

/** Asks main; the promise rejects with main's sentence. */
export async function ask<N extends RequestName>(
  name: N,
  ...args: Parameters<WindowRequests[N]>
): Promise<ReturnType<WindowRequests[N]>> {
  const answer: RequestAnswer = await ipcRenderer.invoke(name, ...args);
  if (!answer.ok) throw new Error(answer.message);
  // Main answers each request with what the type map says; main is trusted by its preload.
  return answer.value as ReturnType<WindowRequests[N]>;
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
