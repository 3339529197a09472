/** Bridges the message port of each window to a connection of the host that is selected, and again to the next one. */

import type { HostState } from '../../contract/bridge.ts';
import type { Transport } from '../../contract/rpc/messages.ts';
import type { HostLink } from './host-link.ts';

/** A window, as far as its port is concerned. */
export interface PortWindow {
  readonly id: number;
  /** Makes a channel, hands one end to the page and returns the other. */
  openPort(): Transport;
  tellState(state: HostState): void;
}

interface Bridge {
  readonly window: PortWindow;
  port: Transport | undefined;
  connection: Transport | undefined;
}

/** Passes messages on in both directions until either side closes. */
export function join(port: Transport, connection: Transport): void {
  port.onMessage((message) => connection.send(message));
  connection.onMessage((message) => port.send(message));
  port.onClose(() => connection.close());
  connection.onClose(() => port.close());
}

export class HostPorts {
  readonly #bridges = new Map<number, Bridge>();
  #link: HostLink;
  #unsubscribe: () => void;

  constructor(link: HostLink) {
    this.#link = link;
    this.#unsubscribe = link.onState((state) => this.#onState(state));
  }

  /** The link that windows are bridged to now. */
  get link(): HostLink {
    return this.#link;
  }

  /** A page asks for its port: at its start, and again after it was loaded anew. */
  connect(window: PortWindow): void {
    this.release(window.id);
    const bridge: Bridge = { window, port: undefined, connection: undefined };
    this.#bridges.set(window.id, bridge);
    window.tellState(this.#link.state);
    this.#open(bridge);
  }

  /** The window or its page is gone. */
  release(id: number): void {
    const bridge = this.#bridges.get(id);
    if (!bridge) return;
    this.#bridges.delete(id);
    this.#close(bridge);
  }

  /** Bridges all windows to another host. */
  select(link: HostLink): void {
    if (link === this.#link) return;
    this.#unsubscribe();
    this.#link = link;
    this.#unsubscribe = link.onState((state) => this.#onState(state));
    for (const bridge of this.#bridges.values()) {
      this.#close(bridge);
      bridge.window.tellState(link.state);
      this.#open(bridge);
    }
  }

  #onState(state: HostState): void {
    for (const bridge of this.#bridges.values()) {
      bridge.window.tellState(state);
      if (state.state === 'ready' || state.state === 'restarted') {
        this.#close(bridge);
        this.#open(bridge);
      }
    }
  }

  #open(bridge: Bridge): void {
    const connection = this.#link.connect();
    if (!connection) return;
    const port = bridge.window.openPort();
    bridge.connection = connection;
    bridge.port = port;
    join(port, connection);
  }

  #close(bridge: Bridge): void {
    const { port, connection } = bridge;
    bridge.port = undefined;
    bridge.connection = undefined;
    connection?.close();
    port?.close();
  }
}
