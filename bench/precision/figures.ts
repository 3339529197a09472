/**
 * Accuracy and size of what `engineroom convert` makes of every test model, held against the reference figures, and
 * INT8 latency held against onnxruntime's own QDQ model of the same net, timed turn by turn in one process.
 *
 *     node dist/bench/precision/figures.js [--models A,B] [--method mse]
 *
 * Needs ../shared/fixtures, and ENGINEROOM_PYTHON (onnxruntime, onnx, opencv) for the peer's model.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { reportSchema } from '../../contract/report-schema.ts';
import { measureLatency } from '../../core/benchmark/latency.ts';
import { onnxRuntime } from '../../core/targets/onnxruntime/onnxruntime.ts';

const compiled = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const root = dirname(compiled);
const shared = join(root, '..', 'shared');
const cells = join(shared, 'fixtures', 'cells');
const models = join(shared, 'fixtures', 'models');

const referenceSchema = z.object({
  models: z.record(z.string(), z.object({ val: z.object({ map50_95: z.number(), map50: z.number() }) })),
});

interface Subject {
  readonly name: string;
  readonly model: string;
  readonly calibration: string;
  readonly validation: string;
  readonly labels: string;
  readonly limit: number;
  readonly reference: { readonly map5095: number; readonly map50: number };
}

function subjects(): readonly Subject[] {
  const reference = referenceSchema.parse(
    JSON.parse(readFileSync(join(shared, 'fixtures', 'reference.json'), 'utf8')),
  );
  const fromCells = Object.entries(reference.models).map(([file, { val }]) => ({
    name: file,
    model: join(models, file),
    calibration: join(cells, 'images', 'train'),
    validation: join(cells, 'images', 'val'),
    labels: join(cells, 'annotations', 'instances_val.json'),
    limit: 512,
    reference: { map5095: val.map50_95, map50: val.map50 },
  }));
  const sample = join(root, 'assets', 'sample');
  return [
    ...fromCells,
    {
      name: 'parts.onnx',
      model: join(sample, 'parts.onnx'),
      calibration: join(sample, 'images', 'calibration'),
      validation: join(sample, 'images', 'validation'),
      labels: join(sample, 'annotations', 'validation.json'),
      limit: 512,
      reference: { map5095: 0.9054, map50: 0.9956 },
    },
  ];
}

/** Converts in all three precisions with default options and returns the report. */
function convert(subject: Subject, out: string, method: string | undefined) {
  const result = spawnSync(
    process.execPath,
    [
      join(compiled, 'main', 'cli', 'engineroom.js'),
      'convert',
      subject.model,
      ...['--out', out, '--size', '416x416'],
      ...['--calibration', subject.calibration, '--calibration-limit', String(subject.limit)],
      ...['--validation', subject.validation, '--labels', subject.labels],
      ...(method === undefined ? [] : ['--method', method]),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' },
  );
  if (result.status !== 0) throw new Error(`${subject.name}: ${result.stderr}`);
  return reportSchema.parse(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')));
}

function signed(value: number): string {
  return `${value >= 0 ? '+' : ''}${value.toFixed(4)}`;
}

async function compareWithPeer(ours: string, folder: string): Promise<void> {
  const python = process.env.ENGINEROOM_PYTHON;
  if (python === undefined) {
    console.log('INT8 latency against onnxruntime: skipped, ENGINEROOM_PYTHON is not set');
    return;
  }
  const peer = join(folder, 'peer.onnx');
  const script = join(root, 'bench', 'calibration', 'peer.py');
  const source = join(models, 'cells-yolov5n-416-static.onnx');
  const made = spawnSync(python, [script, source, join(cells, 'images', 'train'), '32', 'MinMax', peer], {
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(made.stderr);
  const input = { dims: [1, 3, 416, 416], data: new Float32Array(3 * 416 * 416).fill(0.4) };
  const names = { fp32: source, ours, peer };
  const contestants = [];
  for (const [name, path] of Object.entries(names)) {
    const engine = await onnxRuntime.load(path, { threads: 2 });
    contestants.push({ name, run: () => engine.run(input) });
  }
  const latencies = await measureLatency(contestants, { warmup: 10, runs: 100 });
  const p50 = new Map(latencies.map(({ name, p50 }) => [name, p50]));
  const ratio = (p50.get('ours') ?? 0) / (p50.get('peer') ?? 1);
  console.log(
    `INT8 latency, cells-yolov5n-416-static, p50 of 100 interleaved runs: ` +
      latencies.map(({ name, p50 }) => `${name} ${p50.toFixed(2)} ms`).join(', ') +
      `; ours / onnxruntime's QDQ = ${ratio.toFixed(2)} (at most 1.00 wanted), ` +
      `sizes ${statSync(ours).size} and ${statSync(peer).size} bytes`,
  );
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { models: { type: 'string' }, method: { type: 'string' } } });
  if (!existsSync(cells)) {
    console.log('skipped: ../shared/fixtures is absent');
    return;
  }
  const wanted = values.models?.split(',');
  const folder = mkdtempSync(join(tmpdir(), 'engineroom-figures-'));
  try {
    for (const subject of subjects()) {
      if (wanted && !wanted.some((name) => subject.name.startsWith(name))) continue;
      const out = join(folder, subject.name);
      const report = convert(subject, out, values.method);
      const fp32 = report.results.find(({ precision }) => precision === 'fp32');
      for (const result of report.results) {
        const { accuracy } = result;
        if (!accuracy || !fp32?.accuracy) throw new Error(`${subject.name}: no accuracy in the report`);
        const base = result.precision === 'fp32' ? subject.reference : fp32.accuracy;
        console.log(
          [
            subject.name.padEnd(32),
            result.precision.padEnd(5),
            `mAP50-95 ${accuracy.map5095.toFixed(5)} (${signed(accuracy.map5095 - base.map5095)})`,
            `mAP50 ${accuracy.map50.toFixed(5)} (${signed(accuracy.map50 - base.map50)})`,
            `size ${(result.bytes / fp32.bytes).toFixed(3)}`,
            `p50 ${result.latencyMs.p50.toFixed(2)} ms`,
            result.precision === 'fp32' ? 'against the reference' : 'against fp32',
          ].join('  '),
        );
      }
      if (subject.name.includes('416-static')) {
        await compareWithPeer(join(out, 'cells-yolov5n-416-static-int8.onnx'), folder);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
