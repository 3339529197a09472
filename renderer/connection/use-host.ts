/** The host as the places see it. */

import { createContext, useContext, useMemo } from 'react';
import { useStore } from 'zustand';
import type { HostClient } from '../../contract/procedures/index.ts';
import type { Connection, ConnectionData, ConnectionState, HostInfo } from './connection-store.ts';

const ConnectionContext = createContext<Connection | null>(null);

export const ConnectionProvider = ConnectionContext.Provider;

/** The connection itself, for the frame of the window; places use `useHost`. */
export function useConnection(): Connection & ConnectionData {
  const connection = useContext(ConnectionContext);
  if (connection === null) throw new Error('useConnection outside of ConnectionProvider');
  return { ...connection, ...useStore(connection.store) };
}

export interface Host {
  /** The same object for the life of the window. Calls wait while the connection is away; streams begin anew. */
  readonly client: HostClient;
  readonly info: HostInfo;
  /** Another value means that the host was started anew and has forgotten its open image sets. */
  readonly session: string;
  readonly state: ConnectionState;
  /** The address of a picture or download; `path` from `filePaths` of the contract. */
  readonly filesUrl: (path: string) => string;
  /** Whether paths of this machine mean anything to the host, so that native dialogs and dropped paths will do. */
  readonly local: boolean;
}

/** The address of `path` below the prefix that the host names. */
export function joinFilesUrl(prefix: string, path: string): string {
  return `${prefix.replace(/\/+$/, '')}/${path}`;
}

/**
 * The host that the window is connected to. Only below the frame's places, which are shown from the first connection
 * on. The same object until something in it changes.
 */
export function useHost(): Host {
  const { client, info, session, state, kind } = useConnection();
  const host = useMemo(
    () =>
      info === null || session === null
        ? null
        : {
            client,
            info,
            session,
            state,
            filesUrl: (path: string) => joinFilesUrl(info.filesUrl, path),
            local: kind === 'desktop' && info.roots.length === 0,
          },
    [client, info, session, state, kind],
  );
  if (host === null) throw new Error('useHost before the first connection');
  return host;
}
