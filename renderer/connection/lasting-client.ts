/**
 * A client that outlives its connections: calls wait for the next one, those that only read are repeated when a
 * connection is cut under them, and streams are asked for again.
 */

import type {
  HostClient,
  ItemOf,
  ParamsOf,
  ProcedureName,
  ResultOf,
  StreamName,
  StreamParamsOf,
} from '../../contract/procedures/index.ts';
import { cancelledError, HostError } from '../../contract/rpc/host-error.ts';

export interface LastingClient {
  readonly client: HostClient;
  /** A connection is there: waiting calls and all streams go out over it. */
  attach(connection: HostClient): void;
  /** It is gone; whatever was under way was rejected by the connection itself. */
  detach(): void;
  /** None will come: everything that waits is rejected, and so are later calls until the next `attach`. */
  giveUp(error: HostError): void;
}

/** Calls that change something on the host: whether a cut one was carried out is not known, so its caller decides. */
const changing = new Set<ProcedureName>([
  'models.forget',
  'images.close',
  'runs.submit',
  'runs.cancel',
  'runs.repeat',
  'runs.remove',
  'engines.export',
  'engines.remove',
  'engines.restore',
]);

interface Waiting {
  readonly go: () => void;
  readonly reject: (error: HostError) => void;
}

function wasCut(error: { readonly code: string } | null): boolean {
  return error?.code === 'disconnected';
}

export function createLastingClient(): LastingClient {
  let connection: HostClient | null = null;
  let hopeless: HostError | null = null;
  const waiting = new Set<Waiting>();
  /** One function for each open stream, which listens over the connection given. */
  const streams = new Set<(connection: HostClient) => void>();

  const client: HostClient = {
    call<N extends ProcedureName>(
      name: N,
      params: ParamsOf<N>,
      options: { readonly signal?: AbortSignal } = {},
    ): Promise<ResultOf<N>> {
      if (connection !== null) {
        const present = connection.call(name, params, options);
        if (changing.has(name)) return present;
        return present.catch((error: unknown) => {
          if (!(error instanceof HostError) || !wasCut(error)) throw error;
          return client.call(name, params, options);
        });
      }
      if (hopeless !== null) return Promise.reject(hopeless);
      return new Promise((resolve, reject) => {
        const entry: Waiting = {
          go: () => {
            options.signal?.removeEventListener('abort', abort);
            client.call(name, params, options).then(resolve, reject);
          },
          reject,
        };
        const abort = () => {
          waiting.delete(entry);
          reject(new HostError(cancelledError.code, cancelledError.message, cancelledError.remedy));
        };
        if (options.signal?.aborted === true) return abort();
        options.signal?.addEventListener('abort', abort, { once: true });
        waiting.add(entry);
      });
    },

    listen<N extends StreamName>(
      name: N,
      params: StreamParamsOf<N>,
      onItem: (item: ItemOf<N>) => void,
      onEnd?: (error: { code: string; message: string; remedy: string } | null) => void,
    ): () => void {
      let stop: (() => void) | undefined;
      const begin = (over: HostClient) => {
        stop = over.listen(name, params, onItem, (error) => {
          // A cut connection is not the end of the stream: it begins anew with the next connection.
          if (wasCut(error)) return;
          streams.delete(begin);
          onEnd?.(error);
        });
      };
      streams.add(begin);
      if (connection !== null) begin(connection);
      return () => {
        streams.delete(begin);
        stop?.();
      };
    },
  };

  return {
    client,
    attach(next) {
      connection = next;
      hopeless = null;
      const entries = [...waiting];
      waiting.clear();
      for (const { go } of entries) go();
      for (const begin of [...streams]) begin(next);
    },
    detach() {
      connection = null;
    },
    giveUp(error) {
      connection = null;
      hopeless = error;
      const entries = [...waiting];
      waiting.clear();
      for (const { reject } of entries) reject(error);
    },
  };
}
