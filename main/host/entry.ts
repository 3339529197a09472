/**
 * The process that the desktop starts: serves the windows over the channel to its parent, pictures over HTTP on a free
 * loopback port, and ends when the parent says so or is gone. `--data-dir FOLDER` chooses another data folder.
 */

import { parseArgs } from 'node:util';
import type { PortLike } from '../../contract/rpc/message-port.ts';
import { processPort } from '../../contract/rpc/message-port.ts';
import { appOrigin } from '../desktop/own-pages.ts';
import { serveChannel } from './channel-connections.ts';
import { defaultDataFolder } from './data-folder.ts';
import { startHost } from './host.ts';

/** The channel of Electron's utility process, where there is no plain Node to run on. */
interface ParentPort {
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
  postMessage(message: unknown): void;
}

function parentChannel(): PortLike {
  if (process.send !== undefined) return processPort(process);
  const { parentPort } = process as { readonly parentPort?: ParentPort };
  if (parentPort === undefined) throw new Error('this program is started by the desktop');
  return {
    post: (message) => parentPort.postMessage(message),
    onMessage: (listener) => parentPort.on('message', ({ data }) => listener(data)),
    // A utility process ends with its parent.
    onClose: () => undefined,
    close: () => process.exit(0),
  };
}

/** The desktop keeps the last lines of standard error and shows them when this process dies. */
function complain(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}

const { values } = parseArgs({ options: { 'data-dir': { type: 'string' } } });
const channel = parentChannel();
// Ctrl-C in a terminal reaches the desktop too, which decides.
process.on('SIGINT', () => undefined);
try {
  const host = await startHost({
    dataFolder: values['data-dir'] ?? defaultDataFolder(),
    roots: [],
    http: { host: '127.0.0.1', port: 0, allowedHosts: [], allowedOrigins: [appOrigin] },
    onProblem: complain,
  });
  const end = (): void => {
    host
      .close()
      .catch(complain)
      .finally(() => process.exit(0));
  };
  process.on('SIGTERM', end);
  serveChannel(channel, (transport) => host.serve(transport), end);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
