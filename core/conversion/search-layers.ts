/**
 * Measures how sensitive each layer is to int8 and, where int8 loses more mAP than allowed, returns the most sensitive
 * ones to float until the engine, evaluated on the whole validation set, keeps the limit.
 */

import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure, isFailure } from '../base/failure.ts';
import { throwIfCancelled } from '../base/work.ts';
import type { CalibrationRange } from '../calibration/ranges.ts';
import { bestCandidate, mostCandidates, searchLayersInFloat } from '../quantization/sensitivity.ts';
import type { SearchCandidateReport, SearchReport } from './report.ts';
import { progressOfPart } from './run-progress.ts';
import {
  buildEngine,
  engineName,
  evaluateEngine,
  keptDetections,
  partOf,
  type Run,
  step,
} from './run-steps.ts';
import { noteOnSearch, noteOnUnmeasured } from './search-words.ts';
import type { BuildOutput } from './steps/build.ts';
import type { EvaluateOutput } from './steps/evaluate.ts';
import type { PrepareOutput } from './steps/prepare.ts';
import type { SensitivityOutput } from './steps/sensitivity.ts';
import { mostPointsLost, pointsLost } from './verdict.ts';

interface JudgedInt8 {
  readonly built: BuildOutput;
  /** Null where there is nothing to evaluate on, or no known layout. */
  readonly evaluated: EvaluateOutput | null;
}

interface Candidate extends JudgedInt8 {
  readonly layersInFloat: number;
  readonly map5095: number;
  /** Points of mAP50-95; infinite for an engine whose outputs are not, whatever its mAP. */
  readonly loss: number;
}

type Candidates = [Candidate, ...Candidate[]];

/** The part of the time that measuring sensitivity may take where a search follows. */
const shareOfSensitivity = 0.5;

const lossOfReport = (fp32: EvaluateOutput | null, map5095: number): number =>
  pointsLost(fp32?.accuracy?.map5095, map5095) ?? 0;

function candidateOf(
  layersInFloat: number,
  { built, evaluated }: JudgedInt8,
  fp32: EvaluateOutput | null,
): Candidate | null {
  const map5095 = evaluated?.accuracy?.map5095 ?? null;
  const lost = pointsLost(fp32?.accuracy?.map5095, map5095);
  if (map5095 === null || lost === null) return null;
  const finite = evaluated?.nonFinite.length === 0;
  return { layersInFloat, built, evaluated, map5095, loss: finite ? lost : Number.POSITIVE_INFINITY };
}

/** `parts-int8.onnx` with a word more: `parts-int8-plain.onnx`. */
function besideEngine({ specification }: Run, word: string): string {
  return engineName(specification.model, 'int8').replace(/\.onnx$/, `-${word}.onnx`);
}

/** Work files of a candidate have its own folder, since an engine's name stands in its external data too. */
const nameOf = (layersInFloat: number): string => `search-${layersInFloat}`;

function workFileOf(run: Run, { layersInFloat }: Candidate, file: string): string {
  return run.folder.file(layersInFloat === 0 ? file : join(partOf('int8', nameOf(layersInFloat)), file));
}

/** An engine whose weights lie in a file of their own cannot take another name; such a one is not kept. */
async function keepUnder(run: Run, candidate: Candidate, word: string): Promise<string | null> {
  const [file, ...others] = candidate.built.files;
  if (file === undefined || others.length > 0) return null;
  const name = besideEngine(run, word);
  await rename(workFileOf(run, candidate, file), run.folder.file(name));
  return name;
}

/** A cancelled search leaves its best engine in the output folder and says so in the failure that ends the run. */
async function keepBestSoFar(run: Run, candidates: Candidates, limit: number): Promise<never> {
  const best = bestCandidate(candidates, limit);
  const name = await keepUnder(run, best, 'best-so-far');
  const path = name === null ? null : await run.publish(name);
  const { layersInFloat, map5095 } = best;
  throw new Failure(
    'cancelled',
    `The run was cancelled while it searched for INT8 within --max-map-loss; the best so far has ${layersInFloat} ${layersInFloat === 1 ? 'layer' : 'layers'} returned to float and a mAP50-95 of ${map5095.toFixed(4)}${path === null ? '' : `, and is kept as ${path}`}.`,
    'Start it again when you are ready; the ranges are kept too.',
  );
}

interface SearchTask {
  readonly ranges: readonly CalibrationRange[];
  readonly measured: SensitivityOutput;
  readonly fp32: EvaluateOutput | null;
  readonly limit: number;
  /** Aborts when the time is used up. */
  readonly budget: AbortSignal;
}

/**
 * Builds and evaluates candidates; of their files only those of the plain and of the best engine stay.
 * @returns all candidates, the plain one first, and whether the time ended the search
 * @throws Failure of a build or an evaluation; `cancelled` after the best so far was kept
 */
async function tryCandidates(
  run: Run,
  prepared: PrepareOutput,
  { ranges, measured, fp32, limit, budget }: SearchTask,
  plain: Candidate,
  onProgress: Parameters<typeof progressOfPart>[0],
): Promise<{ readonly candidates: Candidates; readonly stopped: boolean }> {
  const candidates: Candidates = [plain];
  let stopped = false;
  // With every layer in float nothing of it would be int8 any more.
  const most = Math.min(measured.layers.length, measured.planned - 1);
  const signal = run.signal === undefined ? budget : AbortSignal.any([run.signal, budget]);
  const parts = 2 * mostCandidates(most);
  const judge = async (layersInFloat: number): Promise<number> => {
    throwIfCancelled(signal);
    const title = `${layersInFloat} ${layersInFloat === 1 ? 'layer' : 'layers'} in float`;
    const part = (nth: number): Run => ({
      ...run,
      signal,
      progress: progressOfPart(onProgress, 2 * (candidates.length - 1) + nth, parts, title),
    });
    const sensitive = measured.layers.slice(0, layersInFloat).map(({ output }) => output);
    const name = nameOf(layersInFloat);
    await mkdir(run.folder.file(partOf('int8', name)));
    const built = await buildEngine(part(0), prepared, 'int8', ranges, { candidate: name, sensitive });
    const evaluated = await evaluateEngine(part(1), prepared, 'int8', name);
    const candidate = candidateOf(layersInFloat, { built, evaluated }, fp32);
    if (candidate === null) throw new Error('the plain engine had a mAP and a candidate has none');
    const before = bestCandidate(candidates, limit);
    candidates.push(candidate);
    const worse = bestCandidate(candidates, limit) === candidate ? before : candidate;
    if (worse.layersInFloat > 0) await rm(workFileOf(run, worse, ''), { recursive: true, force: true });
    return candidate.loss;
  };
  const judgeInTime = async (layersInFloat: number): Promise<number | undefined> => {
    try {
      return await judge(layersInFloat);
    } catch (error) {
      if (!isFailure(error) || error.code !== 'cancelled') throw error;
      stopped = true;
      return undefined;
    }
  };
  await searchLayersInFloat(most, limit, plain.loss, judgeInTime);
  if (run.signal?.aborted) await keepBestSoFar(run, candidates, limit);
  return { candidates, stopped };
}

/** Puts the files of the best engine in the plain one's place; the plain one is kept beside it. */
async function settle(run: Run, best: Candidate, plain: Candidate): Promise<string | null> {
  if (best === plain) return null;
  const kept = await keepUnder(run, plain, 'plain');
  const detections = best.evaluated === null ? [] : keptDetections(run, 'int8');
  for (const file of [...best.built.files, ...detections]) {
    await rename(workFileOf(run, best, file), run.folder.file(file));
  }
  return kept;
}

async function measure(
  run: Run,
  { facts }: PrepareOutput,
  ranges: readonly CalibrationRange[],
  seconds: number,
): Promise<SensitivityOutput> {
  const { specification, folder, sets } = run;
  if (sets.calibration === null) throw new Error('int8 always has a calibration set');
  return await step(run, 'sensitivity', {
    preparedPath: folder.file('prepared.onnx'),
    ranges,
    exclude: specification.quantization.exclude,
    set: sets.calibration,
    facts,
    probePath: folder.file('probe.onnx'),
    seconds,
  });
}

function reportSensitivity({ layers }: SensitivityOutput): SearchReport['sensitivity'] {
  return layers.map(({ name, output, sqnrDb, noiseShare }) => ({
    name: name || output,
    sqnrDb: Number.isFinite(sqnrDb) ? sqnrDb : null,
    noiseShare,
  }));
}

/** The engine with what was found about its layers, and the remarks on that. */
function withSearch(
  run: Run,
  { built, evaluated }: JudgedInt8,
  search: SearchReport,
  planned: number,
): JudgedInt8 {
  const added = [
    ...noteOnUnmeasured(search, planned),
    ...noteOnSearch(search, planned, run.specification.quantization.searchMinutes),
  ];
  const quantization = built.quantization && { ...built.quantization, search };
  const notes = [...built.notes, ...added];
  run.note('int8', search.layersInFloat > 0 ? notes : added);
  return { built: { ...built, quantization, notes }, evaluated };
}

/**
 * What the run's demands make of its int8 engine: the plain one where nothing is asked or the limit is kept, else the
 * one with fewest layers in float that keeps it, or the best that was found in time.
 * @throws Failure of a step; `cancelled`, with the best engine so far in the output folder when the search had begun
 */
export async function searchInt8(
  run: Run,
  prepared: PrepareOutput,
  ranges: readonly CalibrationRange[],
  { fp32, ...int8 }: JudgedInt8 & { readonly fp32: EvaluateOutput | null },
): Promise<JudgedInt8> {
  const { checks, quantization } = run.specification;
  const plain = candidateOf(0, int8, fp32);
  // Without a mAP the limit cannot be said to be missed; the verdict says that.
  const asked = checks.maxMapLoss === null || plain === null ? null : checks.maxMapLoss;
  const limit = asked === null ? null : mostPointsLost(asked);
  const missed = plain !== null && limit !== null && plain.loss > limit;
  const plannedLayers = int8.built.quantization?.quantizedNodes ?? 0;
  if ((!missed && !quantization.sensitivity) || plannedLayers === 0) return int8;

  const milliseconds = quantization.searchMinutes * 60_000;
  // A timer of Node takes whole milliseconds and no more than these, 24 days.
  const budget = AbortSignal.timeout(Math.min(Math.ceil(milliseconds), 2 ** 31 - 1));
  const seconds = (milliseconds / 1000) * (missed ? shareOfSensitivity : 1);
  const measured = await measure(run, prepared, ranges, seconds);
  const found = {
    limit: asked,
    outOfTime: measured.layers.length < measured.planned,
    sensitivity: reportSensitivity(measured),
  };
  const reported = ({ layersInFloat, map5095 }: Candidate): SearchCandidateReport => ({
    layersInFloat,
    map5095,
    loss: lossOfReport(fp32, map5095),
  });
  if (plain === null || limit === null || !missed) {
    const search = {
      ...found,
      reached: asked === null ? null : true,
      layersInFloat: 0,
      candidates: asked === null || plain === null ? [] : [reported(plain)],
      plainEngine: null,
    };
    return withSearch(run, int8, search, measured.planned);
  }
  const task = { ranges, measured, fp32, limit, budget };
  const { candidates, stopped } = await run.progress.step('search', (onProgress) =>
    tryCandidates(run, prepared, task, plain, onProgress),
  );
  const best = bestCandidate(candidates, limit);
  const search = {
    ...found,
    reached: best.loss <= limit,
    layersInFloat: best.layersInFloat,
    candidates: candidates.map(reported),
    outOfTime: found.outOfTime || stopped,
    plainEngine: await settle(run, best, plain),
  };
  return withSearch(run, best, search, measured.planned);
}
