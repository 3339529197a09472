/** Reports of runs that did not go well, made from one that did. */

import type { Report, ReportResult } from '../report-parts.ts';
import { exampleLatency } from './example-report.ts';

function change(report: Report, precision: string, make: (result: ReportResult) => ReportResult): Report {
  return {
    ...report,
    results: report.results.map((result) => (result.precision === precision ? make(result) : result)),
  };
}

/** INT8 finds almost nothing and FP16 is not finite; a class fell to nothing. */
export function ruinedReport(report: Report): Report {
  const lost = change(report, 'int8', (result) => ({
    ...result,
    status: 'detections-lost',
    agreement: result.agreement && { ...result.agreement, detections: 12, matched: 9, lost: 643, added: 3 },
    accuracy: result.accuracy && {
      ...result.accuracy,
      map50: 0.011,
      map5095: 0.0071,
      perClass: result.accuracy.perClass.map((entry, i) => ({
        ...entry,
        ap50: i < 2 ? 0 : 0.03,
        ap5095: i < 2 ? 0 : 0.0142,
      })),
    },
    notes: [
      {
        severity: 'error',
        code: 'detections-lost',
        message: 'INT8 finds 12 boxes on 64 images where FP32 finds 652.',
        tip: 'Calibrate with --method mse and images like those you will run on; see which tensors were clipped most.',
      },
    ],
  }));
  return change(lost, 'fp16', (result) => ({
    ...result,
    status: 'non-finite',
    accuracy: null,
    notes: [
      {
        severity: 'error',
        code: 'non-finite',
        message: 'Output output0 holds infinite values on parts_0003.jpg.',
        tip: 'A tensor exceeds 65,504: keep its nodes in FP32.',
      },
    ],
  }));
}

/** INT8 is slower than FP32, unsteadily so, and FP16 was dropped. */
export function slowReport(report: Report): Report {
  const base = report.results.find(({ precision }) => precision === 'fp32')?.latencyMs.p50 ?? 10;
  const slow = change(report, 'int8', (result) => ({
    ...result,
    latencyMs: {
      ...exampleLatency(base * 1.6),
      p99: base * 5,
      stable: false,
      instability: ['bimodal'],
    },
    notes: [
      {
        severity: 'warning',
        code: 'int8-not-faster',
        message:
          'INT8 is 0.63 times as fast as FP32. Measured: 74 % of its time is spent in nodes that compute in floating point and 23 % in quantizing, dequantizing and changing layout.',
        tip: 'The Q/DQ model is laid out for TensorRT; its speed on a CPU does not predict the GPU.',
      },
      ...result.notes,
    ],
  }));
  return change(slow, 'fp16', (result) => ({ ...result, status: 'dropped', engine: null, manifest: null }));
}

/** The same without labels: agreement takes the place of mAP. */
export function withoutLabels(report: Report): Report {
  return {
    ...report,
    validation: report.validation && { ...report.validation, labels: null, labelFormat: null, boxes: 0 },
    results: report.results.map((result) => ({ ...result, accuracy: null })),
  };
}
