/** Reads an ONNX model from disk, says what is wrong with a file that is none, and writes models whole or not at all. */

import { open, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { clone, fromBinary, toBinary } from '@bufbuild/protobuf';
import { type ModelProto, ModelProtoSchema } from 'onnx-buf';
import { Failure } from '../base/failure.ts';
import { fileFailure, hashBytes, writeAtomically } from '../base/files.ts';
import { throwIfCancelled, type WorkOptions } from '../base/work.ts';
import { allTensors, loadExternalData, planExternalData } from './external-data.ts';
import { guessFileKind } from './file-kind.ts';

export interface OnnxModel {
  /** Mutable; edit a clone (`cloneModel`) when the original is still needed. External data has been read in. */
  readonly proto: ModelProto;
  /** Where it was read from. */
  readonly path: string;
  /** SHA-256 of the file, combined with those of its external data files when it has any; 64 hexadecimal digits. */
  readonly sha256: string;
  /** Size of the file and its external data files. */
  readonly bytes: number;
}

/** Versions of the default operator set that the passes know. */
export const oldestOpset = 11;
export const newestOpset = 21;

/** Protobuf allows no message of 2 GiB or more. */
const largestMessageBytes = 2 ** 31 - 1;

/** Above this `auto` moves the weights out, with room for what later edits add. */
const autoExternalBytes = 1.9e9;

const exportAgain = 'Export or copy the model again; this file is damaged.';

/** Version of the default operator set; undefined when the model imports none. */
export function opsetOf(model: ModelProto): number | undefined {
  const found = model.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx');
  return found === undefined ? undefined : Number(found.version);
}

/** A deep copy under the same path and hash. */
export function cloneModel(model: OnnxModel): OnnxModel {
  return { ...model, proto: clone(ModelProtoSchema, model.proto) };
}

/** The model's file bytes with all weights inside. */
export function serialiseModel(proto: ModelProto): Uint8Array<ArrayBuffer> {
  return toBinary(ModelProtoSchema, proto);
}

function notOnnx(path: string, bytes: Uint8Array, cause?: unknown): Failure {
  const kind = guessFileKind(bytes.subarray(0, 1024));
  return new Failure(
    'bad-input',
    kind
      ? `${path} is not an ONNX model; it looks like ${kind.description}.`
      : `${path} is not an ONNX model.`,
    kind?.remedy ?? 'Name an .onnx file.',
    { cause },
  );
}

/** Field 1 of a model is its IR version, a varint: every exporter's file starts with these two bytes. */
function startsLikeOnnx(bytes: Uint8Array): boolean {
  return bytes[0] === 0x08 && (bytes[1] ?? 0) >= 1 && (bytes[1] ?? 0) < 0x40;
}

/**
 * Decodes and checks a model's bytes; `path` is for messages.
 * @throws {Failure} `bad-input` when they are no model, are truncated, hold no graph, or use an opset out of range.
 */
export function parseModel(bytes: Uint8Array, path: string): ModelProto {
  if (bytes.byteLength === 0) {
    throw new Failure('bad-input', `${path} is empty.`, exportAgain);
  }
  let model: ModelProto;
  try {
    model = fromBinary(ModelProtoSchema, bytes);
  } catch (error) {
    if (!startsLikeOnnx(bytes)) throw notOnnx(path, bytes, error);
    throw new Failure('bad-input', `${path} is a truncated or damaged ONNX model.`, exportAgain, {
      cause: error,
    });
  }
  // Any bytes may happen to decode: protobuf skips fields that it does not know.
  const plausible = model.irVersion >= 1n && model.irVersion < 1000n;
  const opset = opsetOf(model);
  if (!plausible || (model.graph === undefined && opset === undefined && !startsLikeOnnx(bytes))) {
    throw notOnnx(path, bytes);
  }
  if (model.graph === undefined || model.graph.node.length === 0) {
    throw new Failure(
      'bad-input',
      `${path} is an ONNX model without a graph.`,
      'Export the model again; the file may have been cut off.',
    );
  }
  if (opset === undefined) {
    throw new Failure(
      'bad-input',
      `${path} names no version of the ONNX operator set, so it may be truncated.`,
      exportAgain,
    );
  }
  if (opset < oldestOpset || opset > newestOpset) {
    throw new Failure(
      'bad-input',
      `${path} uses opset ${opset}; opsets ${oldestOpset} to ${newestOpset} are supported.`,
      `Export it again with opset ${opset < oldestOpset ? 13 : 17}.`,
    );
  }
  return model;
}

async function readModelBytes(path: string, signal: AbortSignal | undefined): Promise<Buffer> {
  try {
    const file = await open(path, 'r');
    try {
      const stat = await file.stat();
      if (stat.isDirectory()) {
        throw new Failure('bad-input', `${path} is a folder, not a model.`, 'Name the .onnx file inside.');
      }
      if (stat.size > largestMessageBytes) {
        const head = Buffer.alloc(1024);
        await file.read(head, 0, head.length, 0);
        if (!startsLikeOnnx(head)) throw notOnnx(path, head);
        throw new Failure(
          'bad-input',
          `${path} has ${(stat.size / 2 ** 30).toFixed(1)} GiB, and an ONNX file cannot hold 2 GiB or more.`,
          'Export the model with external data, its weights in a file beside it.',
        );
      }
    } finally {
      await file.close();
    }
    return await readFile(path, { signal });
  } catch (error) {
    throwIfCancelled(signal);
    throw fileFailure(error, path, 'read');
  }
}

/**
 * Reads a model with all its external data.
 * @throws {Failure} `bad-input` with one sentence naming the file (and tensor) at fault.
 */
export async function readModel(path: string, work: WorkOptions = {}): Promise<OnnxModel> {
  const bytes = await readModelBytes(path, work.signal);
  const proto = parseModel(bytes, path);
  const files = await loadExternalData(proto, path, dirname(path), work);
  const own = hashBytes(bytes);
  return {
    proto,
    path,
    sha256:
      files.length === 0
        ? own
        : hashBytes(JSON.stringify([own, ...files.map((file) => [file.location, file.sha256])])),
    bytes: files.reduce((sum, file) => sum + file.bytes, bytes.byteLength),
  };
}

export interface WriteModelOptions {
  /** Whether weights go to `<name>.onnx_data` beside the model; `auto` (default) only when they must. */
  readonly externalData?: 'auto' | 'always' | 'never';
}

/**
 * Writes a model, and its data file when there is one, through temporary names: a failure leaves neither behind.
 * @throws {Failure} `bad-input` when the model has 2 GiB or more and external data is `never`; `disk-full`,
 * `not-writable`.
 */
export async function writeModel(
  model: OnnxModel,
  path: string,
  options: WriteModelOptions = {},
): Promise<void> {
  const mode = options.externalData ?? 'auto';
  let weightBytes = 0;
  for (const tensor of allTensors(model.proto)) weightBytes += tensor.rawData.byteLength;

  if (mode === 'never' || (mode === 'auto' && weightBytes <= autoExternalBytes)) {
    const bytes = weightBytes > largestMessageBytes ? undefined : serialiseModel(model.proto);
    if (bytes === undefined || bytes.byteLength > largestMessageBytes) {
      throw new Failure(
        'bad-input',
        `${path} would have ${((bytes?.byteLength ?? weightBytes) / 2 ** 30).toFixed(1)} GiB, and an ONNX file cannot hold 2 GiB or more.`,
        'Write it with external data.',
      );
    }
    await writeAtomically(path, (file) => file.writeFile(bytes));
    return;
  }

  const dataName = `${basename(path, '.onnx')}.onnx_data`;
  const plan = planExternalData(model.proto, dataName, serialiseModel);
  await writeAtomically(path, async (file) => {
    await file.writeFile(plan.model);
    // The data file takes its name first: a model must never stand there without its weights.
    await writeAtomically(join(dirname(path), dataName), async (data) => {
      for (const part of plan.parts) {
        let done = 0;
        while (done < part.bytes.byteLength) {
          const want = Math.min(part.bytes.byteLength - done, 1 << 30);
          const { bytesWritten } = await data.write(part.bytes, done, want, part.offset + done);
          done += bytesWritten;
        }
      }
    });
  });
}
