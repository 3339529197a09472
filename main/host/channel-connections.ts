/** The many client connections that the desktop sends over the one channel to its host process. */

import { type HostNotice, hostCommandSchema } from '../../contract/rpc/host-channel.ts';
import type { PortLike } from '../../contract/rpc/message-port.ts';
import type { Transport } from '../../contract/rpc/messages.ts';

interface Connection {
  readonly transport: Transport;
  receive(message: unknown): void;
  end(reason: string): void;
}

function connect(id: number, post: (notice: HostNotice) => void, onEnd: () => void): Connection {
  const messageListeners: ((message: unknown) => void)[] = [];
  const closeListeners: ((reason: string) => void)[] = [];
  let open = true;
  const end = (reason: string): void => {
    if (!open) return;
    open = false;
    onEnd();
    for (const listener of closeListeners) listener(reason);
  };
  return {
    end,
    receive(message) {
      for (const listener of messageListeners) listener(message);
    },
    transport: {
      send(message) {
        if (open) post({ kind: 'message', connection: id, message });
      },
      onMessage: (listener) => messageListeners.push(listener),
      onClose: (listener) => closeListeners.push(listener),
      close() {
        if (!open) return;
        post({ kind: 'close', connection: id });
        end('the host closed it');
      },
    },
  };
}

/**
 * Serves the channel until it closes.
 * @param onConnection a window has connected
 * @param onEnd the desktop asks the host to end, or is gone
 */
export function serveChannel(
  channel: PortLike,
  onConnection: (transport: Transport) => void,
  onEnd: () => void,
): void {
  const connections = new Map<number, Connection>();
  channel.onMessage((raw) => {
    const command = hostCommandSchema.safeParse(raw);
    // What is not a command is another library's talk on the same channel.
    if (!command.success) return;
    switch (command.data.kind) {
      case 'open': {
        const { connection: id } = command.data;
        connections.get(id)?.end('it was opened again');
        const connection = connect(
          id,
          (notice) => channel.post(notice),
          () => connections.delete(id),
        );
        connections.set(id, connection);
        onConnection(connection.transport);
        return;
      }
      case 'message':
        connections.get(command.data.connection)?.receive(command.data.message);
        return;
      case 'close':
        connections.get(command.data.connection)?.end('the window closed it');
        return;
      case 'shut-down':
        onEnd();
        return;
    }
  });
  channel.onClose(() => {
    for (const connection of [...connections.values()]) connection.end('the desktop is gone');
    onEnd();
  });
  channel.post({ kind: 'ready' } satisfies HostNotice);
}
