/** Tensor data that lies in files beside the model: read safely into the tensors, and written back out. */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { isAbsolute, join, normalize, relative, sep } from 'node:path';
import { clearField, create } from '@bufbuild/protobuf';
import {
  type FunctionProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProto_DataLocation,
  TensorProtoSchema,
} from 'onnx-buf';
import { Failure } from '../base/failure.ts';
import { fileFailure } from '../base/files.ts';
import { throwIfCancelled, type WorkOptions } from '../base/work.ts';
import { subgraphsOf } from './attributes.ts';
import { rawByteLength } from './tensors.ts';

/** ONNX recommends page alignment so that readers may map the file into memory. */
const alignment = 4096;

/** Tensors under this size stay in the model: shapes and scales must be readable without the data file. */
const smallestExternalBytes = 1024;

const retryExport = 'Copy the model together with its data file, or export it again.';

/** Every tensor of the model, also those in node attributes, subgraphs, functions and sparse tensors. */
export function* allTensors(model: ModelProto): Generator<TensorProto> {
  if (model.graph) yield* tensorsOfGraph(model.graph);
  for (const fn of model.functions) yield* tensorsOfNodes(fn);
  for (const training of model.trainingInfo) {
    if (training.initialization) yield* tensorsOfGraph(training.initialization);
    if (training.algorithm) yield* tensorsOfGraph(training.algorithm);
  }
}

function* tensorsOfGraph(graph: GraphProto): Generator<TensorProto> {
  yield* graph.initializer;
  for (const sparse of graph.sparseInitializer) {
    if (sparse.values) yield sparse.values;
    if (sparse.indices) yield sparse.indices;
  }
  yield* tensorsOfNodes(graph);
}

function* tensorsOfNodes(owner: GraphProto | FunctionProto): Generator<TensorProto> {
  for (const node of owner.node) yield* tensorsOfNode(node);
}

function* tensorsOfNode(node: NodeProto): Generator<TensorProto> {
  for (const attribute of node.attribute) {
    if (attribute.t) yield attribute.t;
    yield* attribute.tensors;
  }
  for (const graph of subgraphsOf(node)) yield* tensorsOfGraph(graph);
}

/**
 * Where an external-data location points, by its text alone: a path relative to the model's folder, or undefined when
 * the location is empty, absolute (in any system's notation) or leaves the folder.
 */
export function safeLocation(location: string): string | undefined {
  if (location === '' || location.includes('\0')) return undefined;
  // A backslash separates folders on Windows and must not be a way around the check elsewhere.
  const portable = location.replaceAll('\\', '/');
  const path = normalize(portable);
  // Normalising may bring a drive letter to the front, so the result is what is looked at.
  if (path.startsWith(sep) || /^[A-Za-z]:/.test(path) || isAbsolute(path)) return undefined;
  if (path === '.' || path === '..' || path.startsWith(`..${sep}`) || path.endsWith(sep)) return undefined;
  return path;
}

interface ExternalSlice {
  readonly tensor: TensorProto;
  readonly location: string;
  readonly offset: number;
  readonly length: number | undefined;
}

function parseSlice(tensor: TensorProto, modelPath: string): ExternalSlice {
  const entries = new Map(tensor.externalData.map((entry) => [entry.key, entry.value]));
  const whole = (key: string): number | undefined => {
    const text = entries.get(key);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
    throw new Failure(
      'bad-input',
      `Tensor ${tensor.name} of ${modelPath} gives ${JSON.stringify(text)} as ${key} of its external data, which is no byte count.`,
      'Export the model again; this file is damaged.',
    );
  };
  const location = entries.get('location') ?? '';
  if (location === '') {
    throw new Failure(
      'bad-input',
      `Tensor ${tensor.name} of ${modelPath} does not say which file holds its external data.`,
      'Export the model again; this file is damaged.',
    );
  }
  return {
    tensor,
    location,
    offset: whole('offset') ?? 0,
    length: whole('length'),
  };
}

/** Resolves a location and follows links, refusing whatever ends outside the model's folder. */
async function resolveInside(folder: string, slice: ExternalSlice, modelPath: string): Promise<string> {
  const outside = new Failure(
    'bad-input',
    `Tensor ${slice.tensor.name} of ${modelPath} keeps its data in ${JSON.stringify(slice.location)}, outside the model's folder; that is not read.`,
    'Put the data file beside the model and export it with a relative location.',
  );
  const path = safeLocation(slice.location);
  if (path === undefined) throw outside;
  const full = join(folder, path);
  let real: string;
  try {
    real = await realpath(full);
  } catch (error) {
    throw new Failure(
      'bad-input',
      `The external data file ${full} of tensor ${slice.tensor.name} is missing.`,
      retryExport,
      { cause: error },
    );
  }
  const fromFolder = relative(await realpath(folder), real);
  if (fromFolder === '..' || fromFolder.startsWith(`..${sep}`) || isAbsolute(fromFolder)) throw outside;
  return real;
}

async function readSlice(file: FileHandle, fileBytes: number, path: string, slice: ExternalSlice) {
  const { tensor, offset } = slice;
  const expected = rawByteLength(tensor.dataType, tensor.dims);
  const length = slice.length ?? expected ?? fileBytes - offset;
  if (expected !== undefined && length !== expected) {
    throw new Failure(
      'bad-input',
      `Tensor ${tensor.name} has ${length} bytes of external data in ${path} where its shape takes ${expected}.`,
      retryExport,
    );
  }
  if (length < 0 || offset + length > fileBytes) {
    throw new Failure(
      'bad-input',
      `The external data file ${path} is too short for tensor ${tensor.name}: it has ${fileBytes} bytes, ${offset + length} are needed.`,
      retryExport,
    );
  }
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    // One read is limited to 2 GiB by the operating system.
    const want = Math.min(length - done, 1 << 30);
    const { bytesRead } = await file.read(bytes, done, want, offset + done);
    if (bytesRead === 0) {
      throw new Failure(
        'bad-input',
        `The external data file ${path} ended inside tensor ${tensor.name}.`,
        retryExport,
      );
    }
    done += bytesRead;
  }
  return bytes;
}

export interface ExternalFile {
  readonly location: string;
  readonly bytes: number;
  readonly sha256: string;
}

async function hashOpenFile(path: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    throwIfCancelled(signal);
    hash.update(chunk);
  }
  return hash.digest('hex');
}

/**
 * Reads the external data of every tensor into its `raw_data` and clears the reference.
 * @returns the files read, sorted by location, each once.
 * @throws {Failure} `bad-input`, naming tensor and file, when a location is unsafe or a file missing or too short.
 */
export async function loadExternalData(
  model: ModelProto,
  modelPath: string,
  folder: string,
  work: WorkOptions = {},
): Promise<ExternalFile[]> {
  const slices = new Map<string, ExternalSlice[]>();
  for (const tensor of allTensors(model)) {
    if (tensor.dataLocation !== TensorProto_DataLocation.EXTERNAL) continue;
    const slice = parseSlice(tensor, modelPath);
    const ofFile = slices.get(slice.location);
    if (ofFile) ofFile.push(slice);
    else slices.set(slice.location, [slice]);
  }
  const files: ExternalFile[] = [];
  let opened = 0;
  for (const [location, ofFile] of [...slices].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const path = await resolveInside(folder, ofFile[0] as ExternalSlice, modelPath);
    try {
      const file = await open(path, 'r');
      try {
        const stat = await file.stat();
        if (!stat.isFile()) {
          throw new Failure('bad-input', `The external data file ${path} is no regular file.`, retryExport);
        }
        for (const slice of ofFile) {
          throwIfCancelled(work.signal);
          const bytes = await readSlice(file, stat.size, path, slice);
          slice.tensor.rawData = bytes;
          clearExternal(slice.tensor);
        }
        files.push({ location, bytes: stat.size, sha256: await hashOpenFile(path, work.signal) });
      } finally {
        await file.close();
      }
    } catch (error) {
      throw fileFailure(error, path, 'read');
    }
    opened += 1;
    work.onProgress?.({ value: opened / slices.size, description: `external data ${location}` });
  }
  return files;
}

function clearExternal(tensor: TensorProto): void {
  tensor.externalData = [];
  clearField(tensor, TensorProtoSchema.field.dataLocation);
}

export interface ExternalPlan {
  /** What to write, in order, with the offset of each. */
  readonly parts: readonly { readonly offset: number; readonly bytes: Uint8Array }[];
  /** The model's own bytes, its larger tensors replaced by references. */
  readonly model: Uint8Array;
}

/**
 * Serialises a model with its larger tensors moved out to `location`. The model is changed for the time of the call and
 * whole again when it returns.
 */
export function planExternalData(
  model: ModelProto,
  location: string,
  serialise: (model: ModelProto) => Uint8Array,
): ExternalPlan {
  const parts: { tensor: TensorProto; offset: number; bytes: Uint8Array<ArrayBuffer> }[] = [];
  let end = 0;
  for (const tensor of allTensors(model)) {
    if (tensor.rawData.byteLength < smallestExternalBytes) continue;
    const offset = Math.ceil(end / alignment) * alignment;
    parts.push({ tensor, offset, bytes: tensor.rawData });
    end = offset + tensor.rawData.byteLength;
  }
  const entry = (key: string, value: string) => create(StringStringEntryProtoSchema, { key, value });
  try {
    for (const { tensor, offset, bytes } of parts) {
      clearField(tensor, TensorProtoSchema.field.rawData);
      tensor.dataLocation = TensorProto_DataLocation.EXTERNAL;
      tensor.externalData = [
        entry('location', location),
        entry('offset', String(offset)),
        entry('length', String(bytes.byteLength)),
      ];
    }
    return { parts, model: serialise(model) };
  } finally {
    for (const { tensor, bytes } of parts) {
      clearExternal(tensor);
      tensor.rawData = bytes;
    }
  }
}
