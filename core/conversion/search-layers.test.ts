import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { convert } from './convert.ts';
import type { RunEvent } from './events.ts';
import type { Report } from './report.ts';
import { parseSpecification, type SpecificationInput } from './specification.ts';

const root = join(import.meta.dirname, '../..');
const sample = join(root, 'assets/sample');
const built = existsSync(join(root, 'dist/core/conversion/convert.js'));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engineroom-search-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

// Each run starts some twenty processes, which takes a while on a machine that does other things too.
vi.setConfig({ testTimeout: 240_000 });

/** Ranges that cut a hundredth of all values: plain int8 loses far more than a tenth of a point on any machine. */
function small(out: string, more: Partial<SpecificationInput>): SpecificationInput {
  return {
    model: join(sample, 'parts.onnx'),
    out: join(folder, out),
    threads: 1,
    precisions: ['int8'],
    preprocessing: { width: 224, height: 224 },
    calibration: {
      images: join(sample, 'images/calibration'),
      limit: 6,
      method: 'percentile',
      percentile: 99,
    },
    validation: {
      images: join(sample, 'images/validation'),
      labels: join(sample, 'annotations/validation.json'),
      limit: 8,
    },
    benchmark: { warmup: 0, runs: 3, batches: [1], endToEndImages: 0 },
    ...more,
  };
}

async function run(
  specification: SpecificationInput,
  signal?: AbortSignal,
  onEvent?: (event: RunEvent) => void,
) {
  const events: RunEvent[] = [];
  const outcome = await convert(parseSpecification(specification), {
    signal,
    onEvent(event) {
      events.push(event);
      onEvent?.(event);
    },
  });
  const codes = events.flatMap((event) => (event.type === 'note' ? [event.note.code] : []));
  return { ...outcome, codes, events };
}

const int8Of = ({ results }: Report) => results.find(({ precision }) => precision === 'int8')!;
const searchOf = (report: Report) => int8Of(report).quantization!.search!;

describe.skipIf(!built)(`--max-map-loss${built ? '' : ' (skipped: dist/ is not built)'}`, () => {
  const checks = { maxMapLoss: 0.1, allowLostDetections: true };

  it('returns the most sensitive layers to float until the final engine keeps it; a repeat decides the same', async () => {
    const { report, verdict, codes, events } = await run(small('limit', { checks, keepDetections: true }));
    const search = searchOf(report);
    const int8 = int8Of(report);
    const [plain] = search.candidates;
    expect(plain).toMatchObject({ layersInFloat: 0 });
    expect(plain!.loss).toBeGreaterThan(0.1);
    expect(search.layersInFloat).toBeGreaterThan(0);

    // What the search says of the engine that it took is what the report says of it, and decides the run.
    const taken = search.candidates.find(({ layersInFloat }) => layersInFloat === search.layersInFloat)!;
    expect(int8.accuracy!.map5095).toBe(taken.map5095);
    expect(100 * (report.results[0]!.accuracy!.map5095 - taken.map5095)).toBeCloseTo(taken.loss, 9);
    expect(search.reached).toBe(taken.loss <= 0.1 + 1e-9);
    expect(verdict?.code ?? null).toBe(search.reached ? null : 'target-missed');
    expect(codes).toContain(search.reached ? 'layers-returned' : 'limit-not-reached');
    const fewer = search.candidates.filter(({ layersInFloat }) => layersInFloat < search.layersInFloat);
    expect(fewer.every(({ loss }) => loss > 0.1)).toBe(true);

    // Exactly the head of the list is in float.
    const inFloat = int8.quantization!.keptFloat.find(({ reason }) => reason.startsWith('sensitive'))!.nodes;
    const head = search.sensitivity.slice(0, search.layersInFloat).map(({ name }) => name);
    expect([...inFloat].sort()).toEqual(head.sort());
    const planned = int8.quantization!.quantizedNodes + search.layersInFloat;
    expect(search.sensitivity).toHaveLength(planned);
    const shares = search.sensitivity.map(({ noiseShare }) => noiseShare);
    expect(shares).toEqual(shares.toSorted((a, b) => b - a));

    const started = events.flatMap((event) => (event.type === 'step-started' ? [event.step] : []));
    const plan = events.flatMap((event) => (event.type === 'run-started' ? event.steps : []));
    expect(started).toEqual(plan.map(({ id }) => id));
    expect((await readdir(join(folder, 'limit'))).sort()).toEqual([
      'parts-fp32.detections.json',
      'parts-fp32.engine.json',
      'parts-fp32.onnx',
      'parts-int8-plain.onnx',
      'parts-int8.calib.cache',
      'parts-int8.detections.json',
      'parts-int8.engine.json',
      'parts-int8.onnx',
      'parts-ranges.json',
      'report.html',
      'report.json',
    ]);

    const again = await run(small('limit', { checks }));
    expect(searchOf(again.report)).toEqual(search);
    expect(int8Of(again.report).sha256).toBe(int8.sha256);
  });

  it('takes the best so far when the time is used up, and says that the limit is not reached', async () => {
    const { report, verdict, codes } = await run(
      small('no-time', { checks, quantization: { searchMinutes: 1e-6 } }),
    );
    expect(searchOf(report)).toMatchObject({
      reached: false,
      layersInFloat: 0,
      outOfTime: true,
      plainEngine: null,
    });
    expect(verdict).toMatchObject({
      code: 'target-missed',
      message: expect.stringContaining('--max-map-loss 0.1 is not reached: best was INT8 loses'),
      remedy: expect.stringContaining('--search-minutes'),
    });
    expect(codes).toContain('limit-not-reached');
    expect(await readdir(join(folder, 'no-time'))).toContain('parts-int8.onnx');
  });

  it('keeps the best engine so far of a search that is cancelled, and nothing half-written', async () => {
    const controller = new AbortController();
    const cancelled = run(small('cancelled', { checks }), controller.signal, (event) => {
      if (event.type === 'progress' && event.step === 'search' && event.stepValue > 0) controller.abort();
    });
    await expect(cancelled).rejects.toMatchObject({
      code: 'cancelled',
      message: expect.stringMatching(
        /best so far has \d+ layers? returned to float.*parts-int8-best-so-far\.onnx/,
      ),
    });
    expect((await readdir(join(folder, 'cancelled'))).sort()).toEqual([
      'parts-int8-best-so-far.onnx',
      'parts-ranges.json',
    ]);
  });

  it('does not search where plain int8 keeps it', async () => {
    const { report, events } = await run(small('kept', { checks: { ...checks, maxMapLoss: 100 } }));
    expect(int8Of(report).quantization!.search).toBeUndefined();
    const started = events.flatMap((event) => (event.type === 'step-started' ? [event.step] : []));
    expect(started).not.toContain('sensitivity');
  });
});

describe.skipIf(!built)(`--exclude and --sensitivity${built ? '' : ' (skipped: dist/ is not built)'}`, () => {
  const excluded = '/p2/p2.0/conv/Conv';

  it('leave named layers in float and list what all others do to the result, labels or not', async () => {
    const { report } = await run(
      small('exclude', { validation: null, quantization: { exclude: [excluded], sensitivity: true } }),
    );
    const { keptFloat, quantizedNodes, search } = int8Of(report).quantization!;
    expect(keptFloat.find(({ reason }) => reason.startsWith('excluded'))?.nodes).toEqual([excluded]);
    expect(search).toMatchObject({ limit: null, reached: null, layersInFloat: 0, candidates: [] });
    expect(search!.sensitivity).toHaveLength(quantizedNodes);
    expect(search!.sensitivity.map(({ name }) => name)).not.toContain(excluded);
    expect(report.command).toContain(`--exclude ${excluded} --sensitivity`);
  });

  it('refuse a name that no layer has before the calibration begins, with the closest ones', async () => {
    const started: string[] = [];
    const refused = run(
      small('unknown', { quantization: { exclude: ['p2.0/conv/Con'] } }),
      undefined,
      (event) => {
        if (event.type === 'step-started') started.push(event.step);
      },
    );
    await expect(refused).rejects.toMatchObject({
      code: 'bad-usage',
      remedy: expect.stringContaining(excluded),
    });
    expect(started).toEqual(['prepare']);
    expect(existsSync(join(folder, 'unknown'))).toBe(false);
  });

  it('mean nothing without int8', () => {
    for (const quantization of [{ exclude: ['a'] }, { sensitivity: true }]) {
      const specification = small('x', { precisions: ['fp16'], quantization });
      expect(() => parseSpecification(specification)).toThrow(/has no effect without int8/);
    }
  });
});
