/**
 * Prints how much faster our COCO mAP is than pycocotools and faster-coco-eval on the same detections.
 *
 *     ENGINEROOM_PYTHON=python3 node dist/bench/evaluation/coco-map.js [LABELS.json RESULTS.json]
 *
 * Without files it makes up 5,000 images, 80 classes and 300,000 detections. The Python needs numpy, pycocotools and
 * faster-coco-eval. Every library runs in a process of its own, one after another, from the same JSON files; the first
 * evaluation of a process and the median of all are printed, without and with reading the files.
 */

import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type CocoFiles, writeSynthetic } from './synthetic.ts';

const timingSchema = z.object({
  loadSeconds: z.number(),
  evaluateSeconds: z.array(z.number()).min(1),
  map5095: z.number(),
});
type Timing = z.infer<typeof timingSchema>;

// Compiled to dist/bench/evaluation; the Python stays with the sources.
const folder = dirname(fileURLToPath(import.meta.url));
const peer = join(folder, '..', '..', '..', 'bench', 'evaluation', 'peer.py');

function measure(program: string, args: readonly string[]): Timing {
  const output = execFileSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 24 });
  return timingSchema.parse(JSON.parse(output));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** Repeats: 5 of ours, 3 of faster-coco-eval, 1 of pycocotools, which takes half a minute for it. */
function compare(python: string, { annotations, results }: CocoFiles): void {
  const timings = new Map<string, Timing>([
    ['engine-room', measure(process.execPath, [join(folder, 'ours.js'), annotations, results, '5'])],
    ['faster-coco-eval', measure(python, [peer, 'faster_coco_eval', annotations, results, '3'])],
    ['pycocotools', measure(python, [peer, 'pycocotools', annotations, results, '1'])],
  ]);
  const ours = timings.get('engine-room');
  if (!ours) throw new Error('no timing of ours');
  const first = ({ evaluateSeconds }: Timing) => evaluateSeconds[0] ?? Number.NaN;
  const columns: readonly (readonly [string, (timing: Timing) => number])[] = [
    ['evaluate, median', ({ evaluateSeconds }) => median(evaluateSeconds)],
    ['evaluate, first', first],
    ['read + evaluate', (timing) => timing.loadSeconds + first(timing)],
  ];
  for (const [name, timing] of timings) {
    const cells = columns.map(([title, seconds]) => {
      const ratio = seconds(timing) / seconds(ours);
      return `${title} ${seconds(timing).toFixed(3)} s (${ratio.toFixed(1)} x ours)`;
    });
    console.log(`${name.padEnd(17)} ${cells.join('   ')}   mAP50-95 ${timing.map5095.toFixed(8)}`);
  }
  for (const [name, { map5095 }] of timings) {
    if (Math.abs(map5095 - ours.map5095) > 1e-6) {
      console.error(`${name} disagrees by ${Math.abs(map5095 - ours.map5095)}`);
      process.exitCode = 1;
    }
  }
}

const python = process.env.ENGINEROOM_PYTHON ?? 'python3';
const temporary = await mkdtemp(join(tmpdir(), 'engineroom-bench-'));
try {
  const [annotations, results] = process.argv.slice(2);
  const given = annotations !== undefined && results !== undefined;
  const files = given ? { annotations, results } : await writeSynthetic(temporary);
  console.log(`${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, Node ${process.version}`);
  compare(python, files);
} finally {
  await rm(temporary, { recursive: true, force: true });
}
