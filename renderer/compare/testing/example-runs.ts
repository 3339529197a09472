/** Runs, engines, images and detections that go with an example report. */

import type { ResultOf } from '../../../contract/procedures/index.ts';
import type {
  ComparedImage,
  ImageDetections,
  Precision,
  Report,
  RunFigure,
  RunSummary,
} from '../report-parts.ts';

export function summaryOf(id: string, report: Report, createdAt: string): RunSummary {
  return {
    id,
    modelName: report.model.name,
    modelPath: report.model.path,
    out: '/data/engines/parts',
    state: 'done',
    createdAt,
    finishedAt: createdAt,
    progress: 1,
    step: null,
    secondsLeft: null,
    queuePosition: null,
    error: null,
    figures: report.results.map(({ precision, status, bytes, latencyMs, accuracy, agreement }) => ({
      precision,
      status,
      bytes,
      p50Ms: latencyMs.p50,
      map50: accuracy?.map50 ?? null,
      map5095: accuracy?.map5095 ?? null,
      matchedShare: agreement ? agreement.matched / Math.max(1, agreement.referenceDetections) : null,
    })),
  };
}

/** Runs before this one, each with figures a little different. */
export function manyRuns(report: Report, count: number): readonly RunSummary[] {
  return Array.from({ length: count }, (_, i) => {
    const run = summaryOf(`old-${i}`, report, `2026-11-${String(20 - i).padStart(2, '0')}T08:30:00.000Z`);
    const wave = (seed: number): number => Math.sin(i * 2.3 + seed);
    return {
      ...run,
      figures: run.figures.map((figure, k) => ({
        ...figure,
        status: i === 4 && figure.precision === 'int8' ? ('detections-lost' as const) : figure.status,
        p50Ms: figure.p50Ms * (1 + 0.22 * wave(k)),
        map5095:
          figure.map5095 === null
            ? null
            : i === 4 && figure.precision === 'int8'
              ? 0.61
              : figure.map5095 - (0.004 + 0.012 * Math.abs(wave(k + 1))) * (k + 1) * 0.6,
      })),
    };
  });
}

type Engine = ResultOf<'engines.list'>['engines'][number];

export function engineOf(run: RunSummary, figure: RunFigure, copy: number): Engine {
  const file = `${run.modelName.replace('.onnx', '')}-${figure.precision}.onnx`;
  return {
    id: `${run.id}${copy > 0 ? `-${copy}` : ''}:${figure.precision}`,
    run: run.id,
    modelName: run.modelName,
    precision: figure.precision,
    target: 'onnxruntime',
    path: `${run.out}-${run.id}/${file}`,
    bytes: figure.bytes,
    sha256: `${figure.precision}${run.id}`.replace(/[^a-f0-9]/g, '').padEnd(64, '3b7c9e1f'),
    builtAt: run.createdAt,
    p50Ms: figure.p50Ms,
    map5095: figure.map5095,
    manifest: {
      schema: 1,
      engine: { file, sha256: 'ab'.repeat(32), bytes: figure.bytes },
      precision: figure.precision,
      target: { name: 'onnxruntime', version: '1.30.0', device: 'Example CPU' },
      createdAt: run.createdAt,
      classNames: ['bolt', 'nut', 'washer', 'gear'],
      inputs: [{ name: 'images', dtype: 'float32', dims: [-1, 3, -1, -1] }],
      calibration: figure.precision === 'int8' ? { method: 'mse', images: 96, cache: 'computed' } : null,
      measuredOn: { cpu: 'Example CPU', instructionSets: ['avx2', 'avx512_vnni'], threads: 2 },
      status: 'ok',
      command: 'engineroom convert parts.onnx --out out/parts --calibration images/calibration',
    },
    present: run.id !== 'old-2',
  };
}

const made = 64;

function madeImage(index: number, precision: Precision): ComparedImage {
  const lossy = precision === 'int8' ? 1 : 0;
  return {
    index,
    file: `line-a/2026-11-0${1 + (index % 9)}/parts_${String(index).padStart(4, '0')}.jpg`,
    width: 640,
    height: 480,
    lost: lossy * Math.max(0, 3 - index),
    added: lossy * Math.max(0, 2 - (index % 4)) * (index < 12 ? 1 : 0),
    moved: lossy * (index % 3) * (index < 20 ? 1 : 0),
    difference: lossy * Math.max(0, 4 - index * 0.1),
  };
}

/** The report's own differing images first, then made-up ones. */
export function imagesOf(
  report: Report,
  precision: Precision,
  offset: number,
  limit: number,
): ResultOf<'runs.images'> {
  const real = report.differingImages
    .filter((image) => image.precision === precision)
    .map(({ file, width, height, lost, added, difference }, index) => ({
      index,
      file,
      width,
      height,
      lost,
      added,
      moved: 0,
      difference,
    }));
  const total = Math.max(made, real.length);
  const all = Array.from({ length: total }, (_, i) => real[i] ?? madeImage(i, precision));
  return { total, items: all.slice(offset, offset + limit) };
}

type Box = ImageDetections['precisions'][number]['detections'][number];

/** Boxes of the report's differing image, or made-up ones: one lost, one new, one moved, the rest kept. */
export function detectionsOf(report: Report, index: number): ImageDetections {
  const real = report.differingImages.filter(({ precision }) => precision === 'int8')[index];
  const grid: readonly Box[] = Array.from({ length: 8 }, (_, i) => ({
    classIndex: i % 4,
    score: 0.95 - 0.08 * i,
    x1: 40 + (i % 4) * 150,
    y1: 60 + Math.floor(i / 4) * 200,
    x2: 130 + (i % 4) * 150,
    y2: 150 + Math.floor(i / 4) * 200,
  }));
  const reference: readonly Box[] = real?.reference ?? grid;
  const found: readonly Box[] =
    real?.found ??
    grid
      .filter((_, i) => i !== index % 8)
      .map((box, i) =>
        i === 3 ? { ...box, x1: box.x1 + 14, x2: box.x2 + 14 } : { ...box, score: box.score - 0.02 },
      );
  const plain = (boxes: readonly Box[]): Box[] =>
    boxes.map(({ classIndex, score, x1, y1, x2, y2 }) => ({ classIndex, score, x1, y1, x2, y2 }));
  return {
    file: real?.file ?? madeImage(index, 'int8').file,
    width: real?.width ?? 640,
    height: real?.height ?? 480,
    classNames: report.model.classNames,
    precisions: [
      { precision: 'fp32', detections: plain(reference) },
      { precision: 'fp16', detections: plain(reference) },
      { precision: 'int8', detections: plain(found) },
    ],
    labels: report.validation?.labels
      ? reference.slice(0, 6).map(({ classIndex, x1, y1, x2, y2 }) => ({
          classIndex,
          x1: x1 - 2,
          y1: y1 + 2,
          x2: x2 + 1,
          y2: y2 + 3,
        }))
      : null,
  };
}
