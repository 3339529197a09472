/** What answers on the host's side: one function for each procedure, one async iterable for each stream. */

import type { z } from 'zod';
import type {
  ItemOf,
  ProcedureName,
  Procedures,
  ResultOf,
  StreamName,
  Streams,
} from '../procedures/index.ts';

/** The host hands out what it keeps; nobody on the way may change it. */
export type DeepReadonly<T> = T extends readonly (infer E)[]
  ? readonly DeepReadonly<E>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

export interface CallContext {
  /** Aborts when the client cancels or its connection closes. */
  readonly signal: AbortSignal;
}

/** Parameters arrive checked, with their defaults filled in. */
export type Handler<N extends ProcedureName> = (
  params: z.output<Procedures[N]['params']>,
  call: CallContext,
) => Promise<DeepReadonly<ResultOf<N>>>;

/** Ends by itself, or when the signal aborts; the consumer calls `return` on the iterator either way. */
export type StreamHandler<N extends StreamName> = (
  params: z.output<Streams[N]['params']>,
  call: CallContext,
) => AsyncIterable<DeepReadonly<ItemOf<N>>>;

/** The part of the handlers that one service answers for, e.g. `HandlersOf<keyof typeof modelProcedures>`. */
export type HandlersOf<N extends ProcedureName> = { readonly [K in N]: Handler<K> };
export type StreamHandlersOf<N extends StreamName> = { readonly [K in N]: StreamHandler<K> };

export interface Handlers {
  readonly procedures: HandlersOf<ProcedureName>;
  readonly streams: StreamHandlersOf<StreamName>;
}
