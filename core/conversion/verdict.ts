/** Whether a finished run counts as a success: what its checks ask for, held against its report. */

import { Failure } from '../base/failure.ts';
import type { Report, ResultReport } from './report.ts';

const labels = { fp32: 'FP32', fp16: 'FP16', int8: 'INT8' } as const;

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

/** What a precision loses against fp32, in points of mAP50-95; null where either was not measured. */
export function pointsLost(
  before: number | null | undefined,
  after: number | null | undefined,
): number | null {
  return before == null || after == null ? null : 100 * (before - after);
}

/** The loss up to which a limit counts as kept: a hair of rounding must not fail a loss that prints as the allowed one. */
export function mostPointsLost(allowed: number): number {
  return allowed + 1e-9;
}

/** How far the search for an int8 engine that keeps the limit came, and what it left. */
function afterSearch({ quantization }: ResultReport): string {
  const search = quantization?.search;
  if (search == null || quantization === null || search.candidates.length < 2) return '';
  const layers = search.layersInFloat === 1 ? 'layer' : 'layers';
  return ` with ${search.layersInFloat} of ${quantization.quantizedNodes + search.layersInFloat} ${layers} returned to float`;
}

function missedTarget(report: Report): Failure | null {
  const allowed = report.specification.checks.maxMapLoss;
  if (allowed === null) return null;
  const reference = report.results.find(({ precision }) => precision === 'fp32');
  const losses = report.results
    .filter(({ precision }) => precision !== 'fp32')
    .map((result) => ({
      result,
      loss: pointsLost(reference?.accuracy?.map5095, result.accuracy?.map5095),
    }));
  const unknown = losses.find(({ loss }) => loss === null);
  if (unknown !== undefined) {
    return new Failure(
      'target-missed',
      `Whether ${labels[unknown.result.precision]} keeps --max-map-loss ${allowed} cannot be said: no mAP was measured.`,
      'Give labelled images of a model whose output layout is known (--labels, --layout).',
    );
  }
  const missed = losses.filter(({ loss }) => (loss ?? 0) > mostPointsLost(allowed));
  if (missed.length === 0) return null;
  const said = missed.map(
    ({ result, loss }) =>
      `${labels[result.precision]} loses ${(loss ?? 0).toFixed(2)} points of mAP50-95${afterSearch(result)}`,
  );
  const searches = missed.map(({ result }) => result.quantization?.search);
  const plain = searches.find((search) => search?.plainEngine != null)?.plainEngine;
  const outOfTime = searches.some((search) => search?.outOfTime);
  return new Failure(
    'target-missed',
    `--max-map-loss ${allowed} is not reached: best was ${said.join(', ')}. All engines are kept${plain == null ? '' : `, INT8 without layers returned as ${plain}`}.`,
    `${outOfTime ? 'Give the search more time with --search-minutes, try' : 'Try'} another --method or more calibration images, or leave that precision out.`,
  );
}

/** The failure that the report amounts to, or null for a success. */
export function verdictOn(report: Report): Failure | null {
  return lostDetections(report) ?? missedTarget(report);
}
