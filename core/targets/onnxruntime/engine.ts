/** A loaded ONNX Runtime engine: float32 in, float32 out, whatever types the model itself has. */

import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { Failure } from '../../base/failure.ts';
import { fromFloat16Bits, toFloat16Bits } from '../../onnx/float16.ts';
import type { Engine, Tensor, TensorInfo } from '../target.ts';
import { loadRuntime, type Ort, openSession, type SessionOptions } from './session.ts';

const dtypes = ['float32', 'float16', 'int64', 'int32', 'uint8', 'bool'] as const;

function tensorInfo(metadata: InferenceSession.ValueMetadata, path: string): TensorInfo {
  const dtype = metadata.isTensor ? dtypes.find((name) => name === metadata.type) : undefined;
  if (!metadata.isTensor || dtype === undefined) {
    throw new Failure(
      'unsupported',
      `${path}: ${metadata.name} has the type ${metadata.isTensor ? metadata.type : 'sequence'}, which engines do not exchange.`,
      'Export the model with float32 or float16 inputs and outputs.',
    );
  }
  return {
    name: metadata.name,
    dtype,
    dims: metadata.shape.map((size) => (typeof size === 'number' ? size : -1)),
  };
}

function toRuntime(ort: Ort, tensor: Tensor, info: TensorInfo): OrtTensor {
  switch (info.dtype) {
    case 'float32':
      return new ort.Tensor('float32', tensor.data, tensor.dims);
    case 'float16':
      return new ort.Tensor('float16', toFloat16Bits(tensor.data), tensor.dims);
    case 'uint8':
      return new ort.Tensor('uint8', Uint8Array.from(tensor.data), tensor.dims);
    case 'int32':
      return new ort.Tensor('int32', Int32Array.from(tensor.data), tensor.dims);
    default:
      throw new Failure(
        'unsupported',
        `The input ${info.name} is ${info.dtype}, which no image can fill.`,
        'Export the model with a float32 image input.',
      );
  }
}

function fromRuntime(tensor: OrtTensor): Tensor {
  const data = tensor.data;
  const dims = tensor.dims;
  if (data instanceof Float32Array) return { dims, data };
  // Node without Float16Array hands over bit patterns.
  if (tensor.type === 'float16' && data instanceof Uint16Array) return { dims, data: fromFloat16Bits(data) };
  if (data instanceof BigInt64Array) return { dims, data: Float32Array.from(data, Number) };
  return { dims, data: Float32Array.from(data as Iterable<number>) };
}

/** `run` computes on the calling thread: use it in a worker process only. */
export class OnnxRuntimeEngine implements Engine {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly #ort: Ort;
  readonly #path: string;
  readonly #image: TensorInfo;
  #session: InferenceSession | null;

  private constructor(ort: Ort, session: InferenceSession, path: string) {
    this.#ort = ort;
    this.#session = session;
    this.#path = path;
    this.inputs = session.inputMetadata.map((metadata) => tensorInfo(metadata, path));
    this.outputs = session.outputMetadata.map((metadata) => tensorInfo(metadata, path));
    const [image, ...others] = this.inputs;
    if (image === undefined || others.length > 0) {
      throw new Failure(
        'unsupported',
        `${path} has ${this.inputs.length} inputs; a detector has one, the image.`,
        'Export the model with the image as its only input.',
      );
    }
    this.#image = image;
  }

  /** @throws Failure naming the file and what is wrong with it. */
  static async open(path: string, options: SessionOptions): Promise<OnnxRuntimeEngine> {
    const session = await openSession(path, options);
    return new OnnxRuntimeEngine(await loadRuntime(), session, path);
  }

  async run(input: Tensor): Promise<ReadonlyMap<string, Tensor>> {
    const session = this.#opened();
    const results = await session
      .run({ [this.#image.name]: toRuntime(this.#ort, input, this.#image) })
      .catch((error: unknown) => {
        throw explainRunError(error, this.#path, input.dims);
      });
    return new Map(this.outputs.map(({ name }) => [name, fromRuntime(results[name] as OrtTensor)]));
  }

  /** Ends the profile that `profilePrefix` began, so that its file is complete. */
  endProfiling(): void {
    this.#opened().endProfiling();
  }

  #opened(): InferenceSession {
    if (this.#session === null) throw new Error(`${this.#path} is used after it was disposed of`);
    return this.#session;
  }

  [Symbol.dispose](): void {
    // Synchronous in effect: the runtime frees the session before its promise settles.
    void this.#session?.release();
    this.#session = null;
  }
}

function explainRunError(error: unknown, path: string, dims: readonly number[]): Failure {
  const text = error instanceof Error ? error.message : String(error);
  const shape = `[${dims.join(', ')}]`;
  if (/bad_alloc|bad allocation|Failed to allocate/i.test(text)) {
    return new Failure(
      'out-of-memory',
      `${path} runs out of memory on an input of ${shape}.`,
      'Use a smaller --size or --batch, or close other programs.',
      { cause: error },
    );
  }
  return new Failure(
    'bad-input',
    `${path} does not run on an input of ${shape}: ${text.split('\n')[0]}`,
    'Choose a --size and --batch that the model takes; "engineroom inspect" shows its input.',
    { cause: error },
  );
}
