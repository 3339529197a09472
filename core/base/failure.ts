/** What every expected failure carries: a code for programs, a sentence for people, and what to do next. */

export const failureCodes = [
  'bad-usage',
  'bad-input',
  'cancelled',
  'stale-cache',
  'out-of-memory',
  'disk-full',
  'not-writable',
  'worker-lost',
  'unsupported',
  'detections-lost',
  'target-missed',
  'internal',
] as const;

export type FailureCode = (typeof failureCodes)[number];

/**
 * A failure that is part of the product. `message` is one sentence that names the file, tensor or version at
 * fault; `remedy` says what the user can do about it. Anything else that is thrown is a bug.
 */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly remedy: string;

  constructor(code: FailureCode, message: string, remedy: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'Failure';
    this.code = code;
    this.remedy = remedy;
  }
}

export function isFailure(value: unknown): value is Failure {
  return value instanceof Failure;
}

/** Marks a branch that the type system says cannot be reached. */
export function assertNever(value: never): never {
  throw new Error(`unreachable: ${String(value)}`);
}
