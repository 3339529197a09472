/** A made-up report with every kind of content, for tests and for looking at states. */

import type { Precision, Report, ReportResult } from '../report-parts.ts';

const classes = ['bolt', 'nut', 'washer', 'gear'];
const p50s = { fp32: 9.84, fp16: 9.71, int8: 4.62 } as const;
const sizes = { fp32: 3_058_339, fp16: 1_561_204, int8: 887_000 } as const;
const ap5095s = {
  fp32: [0.8676, 0.8913, 0.8994, 0.9633],
  fp16: [0.8675, 0.8914, 0.8994, 0.9631],
  int8: [0.8611, 0.8852, 0.8961, 0.9632],
} as const;

export function exampleLatency(p50: number): ReportResult['latencyMs'] {
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
    samples: Array.from({ length: 100 }, (_, i) => p50 * (0.96 + 0.0008 * ((i * 37) % 100))),
  };
}

export function exampleResult(precision: Precision, overrides: Partial<ReportResult> = {}): ReportResult {
  const p50 = p50s[precision];
  const lossy = precision === 'int8';
  const values = ap5095s[precision];
  const whole = p50 + 7.4;
  return {
    precision,
    target: 'onnxruntime',
    status: 'ok',
    engine: `parts-${precision}.onnx`,
    manifest: `parts-${precision}.engine.json`,
    sha256: precision.repeat(16).slice(0, 64),
    bytes: sizes[precision],
    buildSeconds: 1.2,
    latencyMs: exampleLatency(p50),
    endToEndMs: {
      images: 32,
      p50: whole,
      p90: whole + 2,
      shares: { decode: 4.1 / whole, preprocess: 1.2 / whole, engine: p50 / whole, postprocess: 2.1 / whole },
    },
    throughput: [1, 4, 8].map((batch) => ({
      batch,
      imagesPerSecond: ((1000 + 30 * batch) / p50) * 1,
      p50: p50 * batch * 0.92,
    })),
    accuracy: {
      map50: lossy ? 0.9948 : 0.9956,
      map5095: values.reduce((sum, value) => sum + value, 0) / values.length,
      perClass: classes.map((name, i) => ({
        name,
        ap50: 0.99 + 0.002 * i,
        ap5095: values[i] ?? null,
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
            perClass: classes.map((name) => ({
              name,
              matched: 161,
              lost: 2,
              added: 1,
              scoreShift: -0.004,
              squeezedScores: null,
            })),
          },
    detections: 2337,
    scoreHistograms: classes.map((name, c) => ({
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
              reason: 'decode of boxes and scores: coordinates and scores would share one scale',
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
    ...overrides,
  };
}

function exampleRange(i: number): NonNullable<Report['calibration']>['ranges'][number] {
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

/** FP32, FP16 and INT8 of a small detector with plausible figures; overrides replace whole fields. */
export function exampleReport(overrides: Partial<Report> = {}): Report {
  return {
    schema: 1,
    run: 'run-1',
    startedAt: '2026-03-14T10:15:00.000Z',
    seconds: 41.3,
    command: 'engineroom convert parts.onnx --out out/parts --calibration images/calibration',
    specification: {
      model: 'parts.onnx',
      out: 'out/parts',
      calibration: { images: 'images', method: 'mse' },
    },
    model: {
      path: '/data/models/parts.onnx',
      name: 'parts.onnx',
      sha256: 'a'.repeat(64),
      bytes: 3_058_339,
      opset: 17,
      nodes: 211,
      inputs: [{ name: 'images', dtype: 'float32', dims: [-1, 3, -1, -1] }],
      outputs: [{ name: 'output0', dtype: 'float32', dims: [-1, -1, 9] }],
      layout: 'yolov5',
      layoutReason: 'One output [B, N, 5 + 4 classes] with objectness.',
      classNames: classes,
    },
    preprocessing: {
      resize: 'letterbox',
      width: 416,
      height: 416,
      color: 'rgb',
      scale: 1 / 255,
      mean: [0, 0, 0],
      std: [1, 1, 1],
      pad: 114,
      interpolation: 'bilinear',
    },
    environment: {
      engineRoom: '0.1.0',
      node: '24.21.0',
      operatingSystem: 'Debian GNU/Linux 12',
      cpu: { model: 'Example CPU', logicalCores: 8, instructionSets: ['avx2', 'avx512f', 'avx512_vnni'] },
      memoryBytes: 32e9,
      threads: 4,
      target: { name: 'onnxruntime', version: '1.30.0', device: 'Example CPU' },
    },
    calibration: {
      method: 'mse',
      percentile: null,
      source: '/data/images/calibration',
      images: 96,
      key: 'c0ffee'.repeat(10),
      cache: 'computed',
      cachePath: '/data/out/parts-ranges.json',
      tensorRtCache: 'parts-int8.calib.cache',
      seconds: 8.2,
      peakRssBytes: 412e6,
      ranges: Array.from({ length: 24 }, (_, i) => exampleRange(i)),
    },
    validation: {
      source: '/data/images/validation',
      labels: '/data/annotations/validation.json',
      labelFormat: 'coco',
      images: 64,
      boxes: 650,
      warnings: [],
    },
    results: [exampleResult('fp32'), exampleResult('fp16'), exampleResult('int8')],
    differingImages: [],
    notes: [],
    ...overrides,
  };
}
