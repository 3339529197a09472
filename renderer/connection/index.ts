/** The connection to a host. */

export {
  type Connection,
  type ConnectionData,
  type ConnectionState,
  type HostInfo,
  openConnection,
} from './connection-store.ts';
export { browserLink, desktopLink, type HostLink } from './host-link.ts';
export { ConnectionProvider, type Host, joinFilesUrl, useConnection, useHost } from './use-host.ts';
