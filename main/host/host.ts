/** The host: puts the services together, answers the contract over any connection, and ends without leaving anything. */

import { randomBytes } from 'node:crypto';
import { chmod, mkdir, realpath } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { Handlers } from '../../contract/rpc/handlers.ts';
import type { Transport } from '../../contract/rpc/messages.ts';
import { serveTransport } from '../../contract/rpc/server.ts';
import { fileFailure } from '../../core/base/files.ts';
import { engineRoomVersion } from '../../core/conversion/environment.ts';
import { dataFolders } from './data-folder.ts';
import { createEngineService } from './engines/engine-service.ts';
import { EngineTrash } from './engines/engine-trash.ts';
import { createHostService, type HostFacts } from './host-service.ts';
import { type HttpOptions, type HttpServer, startHttpServer } from './http/http-server.ts';
import { readSessionKey } from './http/session-key.ts';
import { findRenderer } from './http/static-files.ts';
import { removeCutOffUploads } from './http/uploads.ts';
import { createImageService } from './images/image-service.ts';
import { createModelService } from './models/model-service.ts';
import { createPathPolicy } from './path-policy.ts';
import type { Convert } from './runs/execute-run.ts';
import { createRunService } from './runs/run-service.ts';
import { RunStore } from './runs/run-store.ts';
import type { ServiceContext } from './service.ts';

export interface HostOptions {
  /** Made where it is missing; one host at a time may use it. */
  readonly dataFolder: string;
  /** Folders below which models, images and outputs may lie; empty: everywhere. */
  readonly roots: readonly string[];
  readonly http: HttpOptions;
  /** Largest upload. */
  readonly uploadLimitBytes?: number;
  readonly rendererFolder?: string;
  /** Hears of bugs and of what could not be kept; expected failures are told to whoever asked. */
  readonly onProblem?: (error: unknown) => void;
  /** Stands for the conversion in tests. */
  readonly convert?: Convert;
}

export interface Host extends AsyncDisposable {
  /** Where a browser finds it, with the token. */
  readonly url: string;
  readonly port: number;
  /** Answers a client that came another way than over HTTP. */
  serve(transport: Transport): void;
  /** Ends all connections and the run under way, which becomes `interrupted`. */
  close(): Promise<void>;
}

const usualUploadLimit = 8 * 2 ** 30;
const purgeIntervalMs = 60 * 60 * 1000;

async function makeDataFolder(dataFolder: string): Promise<string> {
  try {
    const made = await mkdir(dataFolder, { recursive: true });
    const real = await realpath(dataFolder);
    const { uploads, runs, trash } = dataFolders(real);
    for (const folder of [uploads, runs, trash]) await mkdir(folder, { recursive: true });
    // Nobody else on the machine has to see what is converted here; a folder that was there is its owner's affair.
    if (made !== undefined) await chmod(real, 0o700);
    await removeCutOffUploads(uploads);
    return real;
  } catch (error) {
    throw fileFailure(error, dataFolder, 'write');
  }
}

/** As a browser writes it: IPv6 in brackets, and this machine's name for an address that stands for all. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return hostname();
  return host.includes(':') ? `[${host}]` : host;
}

/**
 * Starts the host.
 * @throws Failure when the data folder cannot be used or is in use by another host, or the port cannot be had
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const onProblem = options.onProblem ?? (() => undefined);
  const dataFolder = await makeDataFolder(options.dataFolder);
  const folders = dataFolders(dataFolder);
  const store = RunStore.open(folders.store);
  const controller = new AbortController();
  const uploadLimitBytes = options.uploadLimitBytes ?? usualUploadLimit;
  try {
    const paths = await createPathPolicy(options.roots, [dataFolder]);
    const context: ServiceContext = { dataFolder, paths, signal: controller.signal };
    const trash = new EngineTrash(store, folders.trash);
    const models = createModelService(context);
    const images = createImageService(context);
    const runs = await createRunService({
      ...context,
      store,
      outputFolder: folders.runs,
      onStoreError: onProblem,
      onRemove: (run) => trash.forgetRun(run),
      convert: options.convert,
    });
    const engines = createEngineService({ ...context, runs, trash });
    const purge = () => trash.purge().catch(onProblem);
    await purge();
    const purging = setInterval(purge, purgeIntervalMs).unref();

    const info = {
      version: engineRoomVersion(),
      session: randomBytes(8).toString('hex'),
      onBug: onProblem,
    };
    const connections = new Set<() => void>();
    const answer = (transport: Transport, filesUrl: string): void => {
      const facts: HostFacts = {
        version: info.version,
        outputFolder: folders.runs,
        filesUrl,
        uploadLimitBytes,
      };
      const handlers: Handlers = {
        procedures: {
          ...createHostService(context, facts).procedures,
          ...models.procedures,
          ...images.procedures,
          ...runs.procedures,
          ...engines.procedures,
        },
        streams: { ...images.streams, ...runs.streams },
      };
      const stop = serveTransport(transport, handlers, info);
      connections.add(stop);
      transport.onClose(() => connections.delete(stop));
    };

    const server: HttpServer = await startHttpServer(options.http, {
      runs,
      images,
      uploadFolder: folders.uploads,
      uploadLimitBytes,
      sessionKey: await readSessionKey(folders.sessionKey),
      rendererFolder: options.rendererFolder ?? findRenderer(),
      onConnection: (transport) => answer(transport, '/files'),
      onBug: onProblem,
    }).catch(async (error: unknown) => {
      clearInterval(purging);
      await runs.close();
      throw error;
    });

    let closing: Promise<void> | null = null;
    const close = async (): Promise<void> => {
      clearInterval(purging);
      controller.abort();
      for (const stop of [...connections]) stop();
      await Promise.all([runs.close(), server.close()]);
      store[Symbol.dispose]();
    };
    const base = `http://${urlHost(server.host)}:${server.port}`;
    const end = (): Promise<void> => {
      closing ??= close();
      return closing;
    };
    return {
      url: `${base}/?token=${server.token}`,
      port: server.port,
      serve: (transport) => answer(transport, `${base}/files/${server.token}`),
      close: end,
      [Symbol.asyncDispose]: end,
    };
  } catch (error) {
    controller.abort();
    store[Symbol.dispose]();
    throw error;
  }
}
