/** The windows that are open: which one is in front, which wait for their page, and what they are still to be told. */

import { BrowserWindow, MessageChannelMain } from 'electron';
import type { MenuCommand } from '../../contract/bridge.ts';
import { electronPort, messagePortTransport } from '../../contract/rpc/message-port.ts';
import type { HostPorts, PortWindow } from './host-ports.ts';
import { handPort, notify, type RequestEvent } from './ipc.ts';
import { openWindow, type WindowOptions } from './windows.ts';

interface Entry {
  readonly window: BrowserWindow;
  /** Its page listens. */
  ready: boolean;
  /** Paths to open and commands as soon as it does. */
  waiting: (() => void)[];
}

/** A window as `HostPorts` sees it: each port is a new channel, one end of which goes to the page. */
function portWindow(window: BrowserWindow): PortWindow {
  return {
    id: window.id,
    openPort() {
      const { port1, port2 } = new MessageChannelMain();
      handPort(window, port2);
      return messagePortTransport(electronPort(port1));
    },
    tellState: (state) => notify(window, 'host-state', state),
  };
}

export class AppWindows {
  readonly #entries = new Map<number, Entry>();
  readonly #options: WindowOptions;
  readonly #ports: HostPorts;

  constructor(options: WindowOptions, ports: HostPorts) {
    this.#options = options;
    this.#ports = ports;
  }

  get count(): number {
    return this.#entries.size;
  }

  open(): BrowserWindow {
    const window = openWindow(this.#options);
    const { id } = window;
    this.#entries.set(id, { window, ready: false, waiting: [] });
    window.on('closed', () => {
      this.#entries.delete(id);
      this.#ports.release(id);
    });
    return window;
  }

  /** The window that sent a message; undefined for anything else. */
  ofSender({ sender }: RequestEvent): BrowserWindow | undefined {
    for (const { window } of this.#entries.values()) {
      if (!window.isDestroyed() && window.webContents.id === sender.id) return window;
    }
    return undefined;
  }

  /** A page has loaded and listens. */
  connect(window: BrowserWindow): void {
    const entry = this.#entries.get(window.id);
    if (!entry) return;
    this.#ports.connect(portWindow(window));
    entry.ready = true;
    for (const tell of entry.waiting.splice(0)) tell();
  }

  /** The window in front, or any; a new one when there is none. */
  front(): BrowserWindow {
    const focused = BrowserWindow.getFocusedWindow();
    if (focused && this.#entries.has(focused.id)) return focused;
    const [first] = this.#entries.values();
    return first?.window ?? this.open();
  }

  /** Brings the window in front to the user's eyes. */
  show(): BrowserWindow {
    const window = this.front();
    if (window.isMinimized()) window.restore();
    if (window.isVisible()) window.focus();
    return window;
  }

  openPath(path: string): void {
    const window = this.show();
    this.#tell(window, () => notify(window, 'open-path', path));
  }

  command(command: MenuCommand): void {
    const window = this.show();
    this.#tell(window, () => notify(window, 'menu', command));
  }

  #tell(window: BrowserWindow, tell: () => void): void {
    const entry = this.#entries.get(window.id);
    if (entry?.ready) tell();
    else entry?.waiting.push(tell);
  }
}
