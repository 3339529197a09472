/** Two ends of one connection within a process, for tests. */

import type { Transport } from '../../../contract/rpc/messages.ts';

/** Two ends of one connection within this process; messages are copied as a socket would. */
export function transportPair(): readonly [Transport, Transport] {
  const end = () => ({
    onMessage: [] as ((message: unknown) => void)[],
    onClose: [] as ((reason: string) => void)[],
  });
  const ends = [end(), end()] as const;
  let open = true;
  const transport = (own: (typeof ends)[number], other: (typeof ends)[number]): Transport => ({
    send: (message) => {
      const text = JSON.stringify(message);
      queueMicrotask(() => {
        if (open) for (const listener of other.onMessage) listener(JSON.parse(text));
      });
    },
    onMessage: (listener) => own.onMessage.push(listener),
    onClose: (listener) => own.onClose.push(listener),
    close: () => {
      if (!open) return;
      open = false;
      for (const side of ends) for (const listener of side.onClose) listener('the connection was closed');
    },
  });
  return [transport(ends[0], ends[1]), transport(ends[1], ends[0])];
}
