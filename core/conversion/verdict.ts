/** Whether a finished run counts as a success: what its checks ask for, held against its report. */

import { Failure } from '../base/failure.ts';
import type { Report, ResultReport } from './report.ts';

const labels = { fp32: 'FP32', fp16: 'FP16', int8: 'INT8' } as const;
const points = (map: number): string => (100 * map).toFixed(2);

function lostDetections(report: Report): Failure | null {
  const bad = report.results.filter(({ status }) => status === 'detections-lost' || status === 'non-finite');
  const [first] = bad;
  if (first === undefined || report.specification.checks.allowLostDetections) return null;
  const reason = first.notes.find(({ severity }) => severity === 'error');
  return new Failure(
    'detections-lost',
    `${bad.map(({ precision }) => labels[precision]).join(' and ')} ${bad.length === 1 ? 'is' : 'are'} not usable: ${reason?.message ?? 'the detections of FP32 are lost.'}`,
    reason?.tip ?? 'See report.html; --allow-lost-detections takes the engines all the same.',
  );
}

function lossOf(result: ResultReport, reference: ResultReport | undefined): number | null {
  const before = reference?.accuracy?.map5095;
  const after = result.accuracy?.map5095;
  return before === undefined || after === undefined ? null : before - after;
}

function missedTarget(report: Report): Failure | null {
  const allowed = report.specification.checks.maxMapLoss;
  if (allowed === null) return null;
  const reference = report.results.find(({ precision }) => precision === 'fp32');
  const losses = report.results
    .filter(({ precision }) => precision !== 'fp32')
    .map((result) => ({ result, loss: lossOf(result, reference) }));
  const unknown = losses.find(({ loss }) => loss === null);
  if (unknown !== undefined) {
    return new Failure(
      'target-missed',
      `Whether ${labels[unknown.result.precision]} keeps --max-map-loss ${allowed} cannot be said: no mAP was measured.`,
      'Give labelled images of a model whose output layout is known (--labels, --layout).',
    );
  }
  // A hair of rounding must not fail a loss that prints as the allowed one.
  const missed = losses.filter(({ loss }) => 100 * (loss ?? 0) > allowed + 1e-9);
  if (missed.length === 0) return null;
  const said = missed.map(({ result, loss }) => `${labels[result.precision]} loses ${points(loss ?? 0)}`);
  return new Failure(
    'target-missed',
    `--max-map-loss ${allowed} is not reached: best was ${said.join(', ')} points of mAP50-95. All engines are kept.`,
    'Try another --method or more calibration images, or leave that precision out.',
  );
}

/** The failure that the report amounts to, or null for a success. */
export function verdictOn(report: Report): Failure | null {
  return lostDetections(report) ?? missedTarget(report);
}
