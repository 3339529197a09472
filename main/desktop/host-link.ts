/** What the windows' ports are bridged to: the host process of this app, or a host elsewhere. */

import type { HostState } from '../../contract/bridge.ts';
import type { Transport } from '../../contract/rpc/messages.ts';

export interface HostLink {
  readonly state: HostState;
  /** A new connection, or undefined while the host is not ready. */
  connect(): Transport | undefined;
  /**
   * The listener hears every change of state. After `ready` and `restarted` all earlier connections are closed and
   * new ones are welcome.
   */
  onState(listener: (state: HostState) => void): () => void;
}
