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

/** Passes messages on in both directions until either side closes, or the port has been replaced. */
function join(bridge: Bridge, port: Transport, connection: Transport): void {
  port.onMessage((message) => connection.send(message));
  connection.onMessage((message) => port.send(message));
  port.onClose(() => connection.close());
  connection.onClose(() => {
    // A page that is told of an end asks for another port; one that gets another port closes this one itself.
    if (bridge.port === port) port.close();
  });
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

  /** A page asks for its port: at its start, after it was loaded anew, or because it lost the one it had. */
  connect(window: PortWindow): void {
    const known = this.#bridges.get(window.id);
    const bridge: Bridge = known ?? { window, port: undefined, connection: undefined };
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
      bridge.window.tellState(link.state);
      this.#open(bridge);
    }
  }

  #onState(state: HostState): void {
    for (const bridge of this.#bridges.values()) {
      bridge.window.tellState(state);
      if (state.state === 'ready' || state.state === 'restarted') {
        this.#open(bridge);
      }
    }
  }

  /** Opens a connection and hands its port to the page in place of the one before; none while there is no host. */
  #open(bridge: Bridge): void {
    const before = bridge.connection;
    const connection = this.#link.connect();
    if (!connection) {
      this.#close(bridge);
      return;
    }
    const port = bridge.window.openPort();
    bridge.connection = connection;
    bridge.port = port;
    before?.close();
    join(bridge, port, connection);
  }

  #close(bridge: Bridge): void {
    const { port, connection } = bridge;
    bridge.port = undefined;
    bridge.connection = undefined;
    connection?.close();
    port?.close();
  }
}
