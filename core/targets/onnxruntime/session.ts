/** Opens ONNX Runtime sessions with the options that all engines share, and says in words why one does not open. */

import type { InferenceSession } from 'onnxruntime-node';
import { Failure } from '../../base/failure.ts';

export type Ort = typeof import('../../onnx/runtime.ts');

let runtime: Promise<Ort> | undefined;

/**
 * ONNX Runtime, loaded on first use: the shared library takes 30 MB, and inspecting a report needs none of it.
 * @throws Failure `unsupported` when its library does not load on this machine.
 */
export function loadRuntime(): Promise<Ort> {
  runtime ??= import('../../onnx/runtime.ts').catch((error: unknown) => {
    runtime = undefined;
    throw new Failure(
      'unsupported',
      `ONNX Runtime does not load on ${process.platform} ${process.arch}: ${firstLine(error)}.`,
      'Run "npm rebuild onnxruntime-node"; it needs glibc 2.28 or newer, macOS 13 or Windows 10 on x64 or arm64.',
      { cause: error },
    );
  });
  return runtime;
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split('\n')[0] ?? '').replace(/\.$/, '');
}

/** What an error of ONNX Runtime means to the person whose model it is. */
export function explainLoadError(error: unknown, path: string): Failure {
  const text = firstLine(error);
  const cause = { cause: error };
  const missing = /Could not find an implementation for (\S+) node with name '([^']*)'/.exec(text);
  if (missing) {
    return new Failure(
      'unsupported',
      `${path}: ONNX Runtime has no kernel for ${missing[1]}${missing[2] ? ` (node ${missing[2]})` : ''}.`,
      'Export the model without this operator, or leave this precision out with --precision.',
      cause,
    );
  }
  if (/opset|IR version/i.test(text)) {
    return new Failure(
      'unsupported',
      `${path} is newer than this ONNX Runtime reads: ${text}.`,
      'Export it with opset 21 or older.',
      cause,
    );
  }
  if (/Protobuf parsing failed|INVALID_PROTOBUF/i.test(text)) {
    return new Failure(
      'bad-input',
      `${path} is not an ONNX model, or it is cut off.`,
      'Copy or export it again.',
      cause,
    );
  }
  if (/external data|External initializer/i.test(text)) {
    return new Failure(
      'bad-input',
      `${path}: the external data is missing or damaged: ${text}.`,
      'Put the data file beside the model under the name that the model has for it.',
      cause,
    );
  }
  if (/bad_alloc|bad allocation|Failed to allocate/i.test(text)) {
    return new Failure(
      'out-of-memory',
      `${path} does not fit into memory.`,
      'Use a smaller --size or --batch, or close other programs.',
      cause,
    );
  }
  return new Failure(
    'unsupported',
    `ONNX Runtime does not load ${path}: ${text}.`,
    'Check the model with "engineroom inspect".',
    cause,
  );
}

export interface SessionOptions {
  readonly threads: number;
  /** Writes a profile of every node's time to `<prefix>_<time>.json` when the session is asked to end it. */
  readonly profilePrefix?: string;
}

/**
 * A session at full graph optimisation on the CPU.
 * @throws Failure naming the file and what is wrong with it.
 */
export async function openSession(path: string, options: SessionOptions): Promise<InferenceSession> {
  const ort = await loadRuntime();
  try {
    return await ort.InferenceSession.create(path, {
      executionProviders: ['cpu'],
      graphOptimizationLevel: 'all',
      intraOpNumThreads: options.threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      // Errors come back as exceptions; messages on standard error would garble progress lines.
      logSeverityLevel: 4,
      // Threads that wait by spinning take the cores from whatever else runs: the next engine of a comparison, the
      // decoding of the next image, another program. Measured on two busy cores they made one net three times slower.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
      ...(options.profilePrefix === undefined
        ? {}
        : { enableProfiling: true, profileFilePrefix: options.profilePrefix }),
    });
  } catch (error) {
    throw explainLoadError(error, path);
  }
}
