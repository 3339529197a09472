/** A host of made-up answers behind the surface that stores program against. */

import type { HostClient, ParamsOf, ProcedureName, ResultOf } from '../../../contract/procedures/index.ts';

export type FakeAnswers = { readonly [N in ProcedureName]?: (params: ParamsOf<N>) => ResultOf<N> };

export interface FakeClient extends HostClient {
  /** Every call so far, in order. */
  readonly calls: readonly { readonly name: ProcedureName; readonly params: unknown }[];
}

/** A failure as a client throws it: the host's sentence with a remedy. */
export class FakeFailure extends Error {
  readonly code = 'bad-input';
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

/** Answers after `delayMs`; a procedure without an answer fails. Streams never yield. */
export function createFakeClient(answers: FakeAnswers, delayMs = 0): FakeClient {
  const calls: { name: ProcedureName; params: unknown }[] = [];
  return {
    calls,
    async call(name, params) {
      calls.push({ name, params });
      if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
      const answer = answers[name];
      if (answer === undefined) throw new FakeFailure(`No answer to ${name}.`, 'Give the test one.');
      return answer(params);
    },
    listen: () => () => undefined,
  };
}
