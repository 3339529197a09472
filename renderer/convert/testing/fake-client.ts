/** A host of few words for the tests of stores: answers calls from a table, and lets a test speak on streams. */

import type {
  HostClient,
  ItemOf,
  ParamsOf,
  ProcedureName,
  ResultOf,
  StreamName,
  StreamParamsOf,
} from '../../../contract/procedures/index.ts';

type Answers = {
  readonly [N in ProcedureName]?: (
    params: ParamsOf<N>,
    signal: AbortSignal | undefined,
  ) => Promise<ResultOf<N>> | ResultOf<N>;
};

export interface OpenStream {
  readonly name: StreamName;
  readonly params: unknown;
  say(item: unknown): void;
  end(error?: { code: string; message: string; remedy: string }): void;
  stopped: boolean;
}

export interface FakeClient extends HostClient {
  readonly calls: { readonly name: ProcedureName; readonly params: unknown }[];
  /** Every stream that was listened to, in order. */
  readonly streams: OpenStream[];
}

export function fakeClient(answers: Answers = {}): FakeClient {
  const calls: FakeClient['calls'] = [];
  const streams: OpenStream[] = [];
  return {
    calls,
    streams,
    async call<N extends ProcedureName>(
      name: N,
      params: ParamsOf<N>,
      options?: { readonly signal?: AbortSignal },
    ): Promise<ResultOf<N>> {
      calls.push({ name, params });
      const answer = answers[name];
      if (answer === undefined)
        throw Object.assign(new Error(`${name} is not answered here.`), { code: 'internal' });
      return await answer(params, options?.signal);
    },
    listen<N extends StreamName>(
      name: N,
      params: StreamParamsOf<N>,
      onItem: (item: ItemOf<N>) => void,
      onEnd?: (error: { code: string; message: string; remedy: string } | null) => void,
    ) {
      const stream: OpenStream = {
        name,
        params,
        stopped: false,
        say: (item) => {
          if (!stream.stopped) onItem(item as ItemOf<N>);
        },
        end: (error) => {
          if (stream.stopped) return;
          stream.stopped = true;
          onEnd?.(error ?? null);
        },
      };
      streams.push(stream);
      return () => {
        stream.stopped = true;
      };
    },
  };
}
