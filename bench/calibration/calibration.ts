/**
 * Compares our calibration with that of onnxruntime's Python package: seconds and peak memory on the same model and
 * images, one process after another in one run, and our peak memory over ten times as many images.
 *
 *   npm run build && ENGINEROOM_PYTHON=python3 node dist/bench/calibration/calibration.js [MODEL IMAGES]
 *
 * The interpreter needs onnx, onnxruntime and opencv. The peer's Entropy takes some 8 GB of memory.
 */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { workerEnvironment, workerFlags } from '../../core/conversion/worker/process-options.ts';

const imageCount = 100;
const manyImages = 1000;
/** Memory, and short times, vary by some per cent from run to run: the middle one of three is compared. */
const rounds = 3;

const here = dirname(fileURLToPath(import.meta.url));

/** The folder of package.json: this file lies in bench/ or in dist/bench/. */
function findRoot(): string {
  let folder = here;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

const root = findRoot();
const fixtures = join(root, '..', 'shared', 'fixtures');
const model = process.argv[2] ?? join(fixtures, 'models', 'cells-yolov5n-416-static.onnx');
const images = process.argv[3] ?? join(fixtures, 'cells', 'images', 'train');
const python = process.env.ENGINEROOM_PYTHON;

const measured = z.object({ images: z.number(), seconds: z.number(), peakRssBytes: z.number() });
type Measured = z.infer<typeof measured>;

/** Runs a program to its end and parses the last line that it prints. */
async function measure(
  label: string,
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Measured> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  let printed = '';
  let complaints = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  if (code !== 0) throw new Error(`${label} ended with ${code}:\n${complaints}`);
  const result = measured.parse(JSON.parse(printed.trim().split('\n').at(-1) ?? ''));
  console.log(
    `${label.padEnd(34)}${String(result.images).padStart(7)}${result.seconds.toFixed(2).padStart(10)}` +
      `${(result.peakRssBytes / 2 ** 20).toFixed(0).padStart(11)}`,
  );
  return result;
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

function verdict(text: string, reached: boolean): void {
  console.log(`${reached ? 'reached' : 'MISSED '}  ${text}`);
  if (!reached) process.exitCode = 1;
}

if (python === undefined) {
  console.error('Set ENGINEROOM_PYTHON to a Python with onnx, onnxruntime and opencv.');
  process.exit(2);
}

const folder = await mkdtemp(join(tmpdir(), 'calibration-bench-'));
try {
  const ours = (method: string, count: number) =>
    measure(
      `Engine Room, ${method}`,
      process.execPath,
      // As a worker of the program is started.
      [
        ...workerFlags,
        join(here, 'ours.js'),
        model,
        images,
        String(count),
        method,
        join(folder, 'ours.onnx'),
      ],
      workerEnvironment(process.env),
    );
  const peer = (method: string) =>
    measure(
      `onnxruntime (Python), ${method}`,
      python,
      [
        join(root, 'bench', 'calibration', 'peer.py'),
        model,
        images,
        String(imageCount),
        method,
        join(folder, 'peer.onnx'),
      ],
      process.env,
    );

  console.log(`${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${cpus().length} logical cores\n`);
  console.log(`${''.padEnd(34)} images   seconds   peak MiB`);
  const oursMinMax: number[] = [];
  const peerMinMax: number[] = [];
  // In turn, so that what else the machine does hits both alike.
  while (oursMinMax.length < rounds) {
    oursMinMax.push((await ours('minmax', imageCount)).seconds);
    peerMinMax.push((await peer('MinMax')).seconds);
  }
  const oursEntropy = await ours('entropy', imageCount);
  const peerEntropy = await peer('Entropy');
  const few = [oursEntropy.peakRssBytes];
  const many: number[] = [];
  while (few.length < rounds) few.push((await ours('entropy', imageCount)).peakRssBytes);
  while (many.length < rounds) many.push((await ours('entropy', manyImages)).peakRssBytes);

  const entropySpeed = peerEntropy.seconds / oursEntropy.seconds;
  const entropyMemory = oursEntropy.peakRssBytes / peerEntropy.peakRssBytes;
  const minMaxSpeed = median(peerMinMax) / median(oursMinMax);
  const growth = median(many) / median(few) - 1;
  console.log();
  verdict(`entropy is ${entropySpeed.toFixed(1)} times as fast (at least 5)`, entropySpeed >= 5);
  verdict(`entropy takes ${entropyMemory.toFixed(3)} of the memory (under 0.1)`, entropyMemory < 0.1);
  verdict(
    `minmax is ${minMaxSpeed.toFixed(1)} times as fast, medians of ${rounds} (at least 1)`,
    minMaxSpeed >= 1,
  );
  verdict(
    `peak memory at ${manyImages} images is ${(100 * growth).toFixed(1)} % above that at ${imageCount}, medians of ${rounds} (at most 5)`,
    growth <= 0.05,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
