/** A made-up report with every kind of content, for tests of what reads reports and for drawing without a run. */

import { defaultPreprocessing } from '../../images/preprocessing.ts';
import type { Precision } from '../../targets/target.ts';
import type { CalibrationRangeReport, DrawnBox, LatencyReport, Report, ResultReport } from '../report.ts';
import { parseSpecification } from '../specification.ts';

const classNames = ['bolt', 'nut', 'washer', 'gear'];

function latency(p50: number): LatencyReport {
  const samples = Array.from({ length: 100 }, (_, i) => p50 * (0.96 + 0.08 * ((i * 37) % 100) * 0.01));
  return {
    batch: 1,
    warmup: 10,
    runs: 100,
    p50,
    p90: p50 * 1.06,
    p99: p50 * 1.31,
    mean: p50 * 1.01,
    min: p50 * 0.96,
    max: p50 * 1.4,
    standardDeviation: p50 * 0.03,
    mad: p50 * 0.012,
    stable: true,
    instability: [],
    samples,
  };
}

/** Average precisions of the four classes. */
const ap5095: Readonly<Record<Precision, readonly number[]>> = {
  fp32: [0.8676, 0.8913, 0.8994, 0.9633],
  fp16: [0.8675, 0.8914, 0.8994, 0.9631],
  int8: [0.8611, 0.8852, 0.8961, 0.9607],
};

const p50s: Readonly<Record<Precision, number>> = { fp32: 9.84, fp16: 9.71, int8: 4.62 };
const sizes: Readonly<Record<Precision, number>> = { fp32: 3_058_339, fp16: 1_561_204, int8: 921_377 };

export function exampleResult(precision: Precision): ResultReport {
  const p50 = p50s[precision];
  const values = ap5095[precision];
  const lossy = precision === 'int8';
  return {
    precision,
    target: 'onnxruntime',
    status: 'ok',
    engine: `parts-${precision}.onnx`,
    manifest: `parts-${precision}.engine.json`,
    sha256: precision.repeat(16).slice(0, 64),
    bytes: sizes[precision],
    buildSeconds: 1.2,
    latencyMs: latency(p50),
    endToEndMs: {
      images: 32,
      p50: p50 + 7.4,
      p90: p50 + 9,
      shares: {
        decode: 4.1 / (p50 + 7.4),
        preprocess: 1.2 / (p50 + 7.4),
        engine: p50 / (p50 + 7.4),
        postprocess: 2.1 / (p50 + 7.4),
      },
    },
    throughput: [
      { batch: 1, imagesPerSecond: 1000 / p50, p50 },
      { batch: 4, imagesPerSecond: 1080 / p50, p50: p50 * 3.7 },
    ],
    accuracy: {
      map50: lossy ? 0.9948 : 0.9956,
      map5095: values.reduce((sum, value) => sum + value, 0) / values.length,
      perClass: classNames.map((name, i) => ({
        name,
        ap50: 0.99 + 0.002 * i,
        ap5095: values[i] ?? 0,
        labels: 120 + 17 * i,
      })),
      images: 64,
      detections: 2337,
    },
    agreement:
      precision === 'fp32'
        ? null
        : {
            reference: 'fp32',
            scoreThreshold: 0.25,
            images: 64,
            referenceDetections: 652,
            detections: lossy ? 649 : 652,
            matched: lossy ? 645 : 652,
            lost: lossy ? 7 : 0,
            added: lossy ? 4 : 0,
            moved: lossy ? 11 : 0,
            meanIou: lossy ? 0.971 : 0.9994,
            meanScoreShift: lossy ? -0.004 : 0,
            squeezedScores: null,
            perClass: classNames.map((name) => ({
              name,
              matched: 161,
              lost: 2,
              added: 1,
              scoreShift: -0.004,
              squeezedScores: null,
            })),
          },
    detections: 2337,
    scoreHistograms: classNames.map((name, c) => ({
      name,
      counts: Array.from({ length: 20 }, (_, i) =>
        Math.round(
          420 * Math.exp(-i / 1.4) + (i > 15 ? (i - 14) * (9 + c - (lossy ? 2 : 0)) : lossy ? 2 : 1),
        ),
      ),
    })),
    timeShares: lossy
      ? {
          float: 0.21,
          quantized: 0.66,
          conversion: 0.13,
          operators: [
            { operator: 'QLinearConv', share: 0.58 },
            { operator: 'QuantizeLinear', share: 0.09 },
            { operator: 'Sigmoid', share: 0.08 },
          ],
        }
      : {
          float: 0.98,
          quantized: 0,
          conversion: 0.02,
          operators: [
            { operator: 'Conv', share: 0.81 },
            { operator: 'Mul', share: 0.07 },
          ],
        },
    quantization: lossy
      ? {
          quantizedNodes: 148,
          floatNodes: 37,
          quantizedTensors: 131,
          keptFloat: [
            {
              reason: 'Decode of boxes and scores: coordinates and scores would share one scale',
              nodes: ['/head/Sigmoid', '/head/Mul', '/head/Concat'],
            },
          ],
        }
      : null,
    notes: lossy
      ? [
          {
            severity: 'info',
            code: 'cpu-int8',
            message: 'INT8 on this CPU uses AVX-512 VNNI.',
            tip: 'CPU figures do not predict a GPU.',
          },
        ]
      : [],
  };
}

function range(i: number): CalibrationRangeReport {
  const largest = 3 + ((i * 7) % 11);
  return {
    tensor: `/backbone/stage${i % 5}/block${i}/conv/Conv_output_0`,
    amax: largest * (1 - ((i * 13) % 30) / 60),
    minimum: -0.278,
    maximum: largest,
    clipped: ((i * 13) % 30) / 60_000,
    histogram: {
      limit: largest,
      counts: Array.from({ length: 128 }, (_, bin) => Math.round(90_000 * Math.exp(-bin / (9 + (i % 7))))),
    },
  };
}

function box(x: number, y: number, classIndex: number, score: number, matched: boolean): DrawnBox {
  return { x1: x, y1: y, x2: x + 90, y2: y + 70, classIndex, score, matched };
}

/** FP32, FP16 and INT8 of the sample detector with plausible figures; overrides replace whole fields. */
export function exampleReport(overrides: Partial<Report> = {}): Report {
  return {
    schema: 1,
    run: '20260314-101500-7f3a',
    startedAt: '2026-03-14T10:15:00.000Z',
    seconds: 41.3,
    command: 'engineroom convert parts.onnx --out out/parts --calibration images/calibration',
    specification: parseSpecification({
      model: 'parts.onnx',
      out: 'out/parts',
      calibration: { images: 'images/calibration' },
    }),
    model: {
      path: 'parts.onnx',
      name: 'parts.onnx',
      sha256: 'a'.repeat(64),
      bytes: 3_058_339,
      opset: 17,
      nodes: 211,
      inputs: [{ name: 'images', dtype: 'float32', dims: [-1, 3, -1, -1] }],
      outputs: [{ name: 'output0', dtype: 'float32', dims: [-1, -1, 9] }],
      layout: 'yolov5',
      layoutReason: 'One output [B, N, 5 + 4 classes] with objectness.',
      classNames,
    },
    preprocessing: defaultPreprocessing(416, 416),
    environment: {
      engineRoom: '0.1.0',
      node: '20.19.0',
      operatingSystem: 'Debian GNU/Linux 12',
      cpu: { model: 'Example CPU', logicalCores: 2, instructionSets: ['avx2', 'avx512f', 'avx512_vnni'] },
      memoryBytes: 8e9,
      threads: 2,
      target: { name: 'onnxruntime', version: '1.30.0', device: 'CPU' },
    },
    calibration: {
      method: 'entropy',
      percentile: null,
      source: 'images/calibration',
      images: 96,
      key: 'c0ffee'.repeat(10),
      cache: 'computed',
      cachePath: 'parts-ranges.json',
      seconds: 8.2,
      peakRssBytes: 412e6,
      ranges: Array.from({ length: 24 }, (_, i) => range(i)),
    },
    validation: {
      source: 'images/validation',
      labels: 'annotations/validation.json',
      labelFormat: 'coco',
      images: 64,
      boxes: 650,
      warnings: [],
    },
    preprocessingCheck: {
      images: 20,
      variants: [
        { options: '', preprocessing: defaultPreprocessing(416, 416), map50: 0.9951, map5095: 0.9032 },
        {
          options: '--color bgr',
          preprocessing: { ...defaultPreprocessing(416, 416), color: 'bgr' },
          map50: 0.8714,
          map5095: 0.7416,
        },
        {
          options: '--resize stretch',
          preprocessing: { ...defaultPreprocessing(416, 416), resize: 'stretch' },
          map50: 0.9417,
          map5095: 0.7003,
        },
      ],
      offered: null,
    },
    results: [exampleResult('fp32'), exampleResult('fp16'), exampleResult('int8')],
    differingImages: [
      {
        precision: 'int8',
        file: 'parts_0007.jpg',
        path: 'images/validation/parts_0007.jpg',
        width: 640,
        height: 480,
        lost: 1,
        added: 1,
        difference: 2.3,
        reference: [box(60, 70, 0, 0.91, true), box(220, 160, 1, 0.43, false), box(380, 260, 3, 0.8, true)],
        found: [box(61, 71, 0, 0.9, true), box(400, 90, 2, 0.31, false), box(390, 266, 3, 0.77, true)],
      },
    ],
    notes: [],
    ...overrides,
  };
}
