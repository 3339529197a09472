/** How bytes get to the host: over a WebSocket of the page's own origin, or over a port that the desktop hands in. */

import { type DesktopBridge, hostPortMessage } from '../../contract/bridge.ts';
import { domPort, messagePortTransport } from '../../contract/rpc/message-port.ts';
import type { Transport } from '../../contract/rpc/messages.ts';
import { webSocketTransport } from '../../contract/rpc/web-socket.ts';

/** Why no connection came about: the host said no, or nobody answered. */
export type Refusal = 'refused' | 'unreachable';

export interface HostLink {
  readonly kind: 'browser' | 'desktop';
  /** Begins one attempt. `onTransport` is called at once, later, or again when another connection takes its place. */
  open(onTransport: (transport: Transport) => void): void;
  /** After an attempt that ended before the host's welcome: whether trying again can help. */
  diagnose(): Promise<Refusal>;
}

/** The address of the host's calls for a page at `location`, with the token that the page was opened with. */
export function rpcAddress(location: Pick<Location, 'protocol' | 'host' | 'search'>): string {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
  const token = new URLSearchParams(location.search).get('token');
  return `${scheme}//${location.host}/rpc${token === null ? '' : `?token=${encodeURIComponent(token)}`}`;
}

export function browserLink(): HostLink {
  const address = rpcAddress(window.location);
  return {
    kind: 'browser',
    open: (onTransport) => onTransport(webSocketTransport(new WebSocket(address))),
    async diagnose() {
      // A socket does not tell why it was refused; the same address asked over HTTP does.
      try {
        const { status } = await fetch(address.replace(/^ws/, 'http'), { cache: 'no-store' });
        return status === 401 || status === 403 ? 'refused' : 'unreachable';
      } catch {
        return 'unreachable';
      }
    },
  };
}

export function desktopLink(bridge: DesktopBridge): HostLink {
  let deliver: ((transport: Transport) => void) | undefined;
  window.addEventListener('message', (event) => {
    const [port] = event.ports;
    if (event.source !== window || event.data !== hostPortMessage || port === undefined) return;
    deliver?.(messagePortTransport(domPort(port)));
  });
  return {
    kind: 'desktop',
    open(onTransport) {
      deliver = onTransport;
      bridge.connect();
    },
    diagnose: async () => 'unreachable',
  };
}
