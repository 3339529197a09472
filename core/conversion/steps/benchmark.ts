/** The step that measures all engines of a run side by side: latency, throughput, end to end, share of each kind of node. */

import { readFile } from 'node:fs/promises';
import { partOfProgress, throwIfCancelled, type WorkOptions } from '../../base/work.ts';
import { type EndToEnd, measureEndToEnd } from '../../benchmark/end-to-end.ts';
import { type Contestant, type Latency, measureLatency } from '../../benchmark/latency.ts';
import { type DetectionOptions, decodeDetections } from '../../detection/decode.ts';
import { openImage } from '../../images/decode-image.ts';
import { prepareTensor, tensorLength } from '../../images/preprocess.ts';
import { OnnxRuntimeEngine } from '../../targets/onnxruntime/engine.ts';
import { type NodeTimes, profileEngine } from '../../targets/onnxruntime/profile.ts';
import type { Engine, Precision, Tensor } from '../../targets/target.ts';
import type { EngineFacts } from '../run-inputs.ts';
import { stackImages } from './batches.ts';

export interface BenchmarkInput {
  readonly engines: readonly { readonly precision: Precision; readonly path: string }[];
  readonly facts: EngineFacts;
  /** Readable images; the first fills the input, all are measured end to end. Without any the input is grey noise. */
  readonly imagePaths: readonly string[];
  readonly warmup: number;
  readonly runs: number;
  /** Batch sizes for throughput; others than the engine's own are left out where its batch is fixed. */
  readonly batches: readonly number[];
  readonly detection: DetectionOptions;
}

export interface EngineBenchmark {
  readonly precision: Precision;
  readonly latency: Latency;
  readonly throughput: readonly {
    readonly batch: number;
    readonly imagesPerSecond: number;
    readonly p50: number;
  }[];
  /** Null without images or without a known layout. */
  readonly endToEnd: EndToEnd | null;
  readonly timeShares: NodeTimes;
}

/** Calls of each engine under the profiler. */
const profiledRuns = 5;

/** The same noise in every run, for models whose time depends on the values (NonMaxSuppression inside). */
function greyNoise(length: number): Float32Array {
  const values = new Float32Array(length);
  let state = 1;
  for (let i = 0; i < length; i++) {
    state = (state * 48271) % 2147483647;
    values[i] = 0.4 + (0.2 * state) / 2147483647;
  }
  return values;
}

async function readImage(path: string, facts: EngineFacts): Promise<Float32Array> {
  const image = await openImage(path);
  const { tensor } = await prepareTensor(await image.decode(), facts.preprocessing);
  return tensor;
}

/** Fewer calls for larger batches, which take longer and vary less. */
function throughputRuns(runs: number, batch: number): number {
  return Math.max(5, Math.round(runs / (2 * batch)));
}

type LoadedEngine = BenchmarkInput['engines'][number] & { readonly engine: Engine };

function contestants(engines: readonly LoadedEngine[], input: Tensor): Contestant[] {
  return engines.map(({ precision, engine }) => ({ name: precision, run: () => engine.run(input) }));
}

async function measureThroughput(
  engines: readonly LoadedEngine[],
  image: Float32Array,
  input: BenchmarkInput,
  work: WorkOptions,
): Promise<readonly EngineBenchmark['throughput'][]> {
  const { facts, runs } = input;
  const batches = facts.dynamicBatch ? [...new Set(input.batches)].sort((a, b) => a - b) : [facts.batch];
  // By place and not by precision: `engineroom benchmark` measures several engines of one precision.
  const rows = engines.map(() => [] as EngineBenchmark['throughput'][number][]);
  for (const [i, batch] of batches.entries()) {
    const tensor = stackImages(new Array<Float32Array>(batch).fill(image), facts.preprocessing, batch);
    const latencies = await measureLatency(
      contestants(engines, tensor),
      { warmup: 2, runs: throughputRuns(runs, batch) },
      { signal: work.signal, onProgress: partOfProgress(work, i / batches.length, 1 / batches.length) },
    );
    for (const [e, { mean, p50 }] of latencies.entries()) {
      rows[e]?.push({ batch, imagesPerSecond: (1000 * batch) / mean, p50 });
    }
  }
  return rows;
}

async function measureWay(
  engine: Engine,
  { facts, detection, imagePaths }: BenchmarkInput,
  work: WorkOptions,
): Promise<EndToEnd | null> {
  if (imagePaths.length === 0 || facts.layout.kind === 'none') return null;
  const tensor = new Float32Array(tensorLength(facts.preprocessing));
  return await measureEndToEnd(
    {
      decode: async (path) => (await openImage(path, work.signal)).decode(),
      preprocess: (image) => prepareTensor(image, facts.preprocessing, tensor),
      engine: (prepared) => engine.run(stackImages([prepared.tensor], facts.preprocessing, facts.batch)),
      postprocess: (outputs, { transform }) =>
        decodeDetections(outputs, facts.layout, [transform], detection),
    },
    imagePaths,
    work,
  );
}

async function measureAll(
  engines: readonly LoadedEngine[],
  input: BenchmarkInput,
  work: WorkOptions,
): Promise<EngineBenchmark[]> {
  const { facts } = input;
  const [firstPath] = input.imagePaths;
  const image =
    firstPath === undefined
      ? greyNoise(tensorLength(facts.preprocessing))
      : await readImage(firstPath, facts);
  const tensor = stackImages(
    new Array<Float32Array>(facts.batch).fill(image),
    facts.preprocessing,
    facts.batch,
  );
  const latencies = await measureLatency(
    contestants(engines, tensor),
    { warmup: input.warmup, runs: input.runs },
    { signal: work.signal, onProgress: partOfProgress(work, 0, 0.5) },
  );
  const throughput = await measureThroughput(engines, image, input, {
    signal: work.signal,
    onProgress: partOfProgress(work, 0.5, 0.25),
  });
  // All files into the page cache first: otherwise the first engine would pay for the disk.
  for (const path of input.imagePaths) await readFile(path);
  const results: EngineBenchmark[] = [];
  for (const [i, { precision, path, engine }] of engines.entries()) {
    throwIfCancelled(work.signal);
    const latency = latencies[i] as Latency;
    const endToEnd = await measureWay(engine, input, {
      signal: work.signal,
      onProgress: partOfProgress(work, 0.75 + (0.25 * i) / engines.length, 0.25 / engines.length),
    });
    const timeShares = await profileEngine(path, tensor, {
      threads: facts.threads,
      runs: profiledRuns,
      signal: work.signal,
    });
    results.push({ precision, latency, throughput: throughput[i] ?? [], endToEnd, timeShares });
  }
  return results;
}

/**
 * Measures the engines one beside the other on the same input.
 * @throws Failure of the engine that does not load or run; `cancelled` between two calls
 */
export async function benchmark(
  input: BenchmarkInput,
  work: WorkOptions,
): Promise<{ readonly engines: readonly EngineBenchmark[] }> {
  const engines: LoadedEngine[] = [];
  try {
    for (const { precision, path } of input.engines) {
      const engine = await OnnxRuntimeEngine.open(path, { threads: input.facts.threads });
      engines.push({ precision, path, engine });
    }
    return { engines: await measureAll(engines, input, work) };
  } finally {
    for (const { engine } of engines) engine[Symbol.dispose]();
  }
}
