import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { convert } from './convert.ts';
import type { RunEvent } from './events.ts';
import { chooseMethod } from './method-choice.ts';
import type { Report } from './report.ts';
import { parseSpecification, type SpecificationInput } from './specification.ts';

const root = join(import.meta.dirname, '../..');
const sample = join(root, 'assets/sample');
const built = existsSync(join(root, 'dist/core/conversion/convert.js'));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engineroom-methods-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

// Each run starts some fifteen processes, which takes a while on a machine that does other things too.
vi.setConfig({ testTimeout: 240_000 });

const calibration = { images: join(sample, 'images/calibration'), limit: 16 };
const methods = { method: 'minmax', alternatives: ['mse', 'entropy', 'percentile', 'mse'] } as const;

function small(out: string, more: Partial<SpecificationInput>): SpecificationInput {
  return {
    model: join(sample, 'parts.onnx'),
    out: join(folder, out),
    threads: 1,
    precisions: ['int8'],
    preprocessing: { width: 224, height: 224 },
    validation: {
      images: join(sample, 'images/validation'),
      labels: join(sample, 'annotations/validation.json'),
      limit: 8,
    },
    benchmark: { warmup: 0, runs: 3, batches: [1], endToEndImages: 0 },
    ...more,
  };
}

async function run(specification: SpecificationInput) {
  const events: RunEvent[] = [];
  const { report } = await convert(parseSpecification(specification), {
    onEvent: (event) => events.push(event),
  });
  const codes = events.flatMap((event) => (event.type === 'note' ? [event.note.code] : []));
  return { report, codes, events };
}

const takenOf = ({ calibration: found }: Report) => found!.candidates!.find(({ taken }) => taken)!;

describe.skipIf(!built)(`several calibration methods${built ? '' : ' (skipped: dist/ is not built)'}`, () => {
  it('become one int8 engine, the best; a repeat reuses all ranges and decides the same', async () => {
    const specification = small('labelled', {
      calibration: { ...calibration, ...methods, alternatives: [...methods.alternatives] },
      keepDetections: true,
    });
    const { report, codes, events } = await run(specification);
    const { candidates, method, convergence } = report.calibration!;
    expect(candidates!.map((each) => each.method)).toEqual(['minmax', 'mse', 'entropy', 'percentile']);
    expect(candidates!.map(({ taken }) => taken).indexOf(true)).toBe(chooseMethod(candidates!));
    // Different ranges, different engines: otherwise nothing was compared.
    expect(new Set(candidates!.map(({ meanIou }) => meanIou)).size).toBeGreaterThan(1);

    const int8 = report.results.find(({ precision }) => precision === 'int8')!;
    const taken = takenOf(report);
    expect(method).toBe(taken.method);
    expect(int8.accuracy).toMatchObject({ map50: taken.map50, map5095: taken.map5095 });
    expect(int8.agreement!.matched / int8.agreement!.referenceDetections).toBe(taken.matchedShare);
    expect(Math.max(...candidates!.map(({ map5095 }) => map5095!))).toBe(taken.map5095);
    expect(codes).toContain('method-taken');
    expect(convergence!.map(({ images }) => images)).toEqual([16]);

    const started = events.flatMap((event) => (event.type === 'step-started' ? [event.step] : []));
    const planned = events.flatMap((event) => (event.type === 'run-started' ? event.steps : []));
    expect(started).toEqual(planned.map(({ id }) => id));
    expect((await readdir(join(folder, 'labelled'))).sort()).toEqual([
      'parts-fp32.detections.json',
      'parts-fp32.engine.json',
      'parts-fp32.onnx',
      'parts-int8.calib.cache',
      'parts-int8.detections.json',
      'parts-int8.engine.json',
      'parts-int8.onnx',
      'parts-ranges.json',
      'report.html',
      'report.json',
    ]);

    const again = await run(specification);
    expect(again.report.calibration!.cache).toBe('reused');
    expect(again.report.calibration!.candidates).toEqual(candidates);
    expect(again.report.calibration!.convergence).toEqual(convergence);
    expect(again.report.results.at(-1)!.sha256).toBe(int8.sha256);

    // One of them alone finds its ranges in the same cache, and gives the engine that was judged.
    const alone = await run(small('labelled', { calibration: { ...calibration, method: taken.method } }));
    expect(alone.report.calibration).toMatchObject({ cache: 'reused', key: report.calibration!.key });
    expect(alone.report.calibration!.candidates).toBeUndefined();
    expect(alone.report.results.at(-1)!.sha256).toBe(int8.sha256);
  });

  it('are judged by their agreement with FP32 without labels, and calibrated again when one is new', async () => {
    const unlabelled = { validation: { images: join(sample, 'images/validation'), limit: 6 } };
    await run(small('unlabelled', { ...unlabelled, calibration: { ...calibration, method: 'mse' } }));
    const { report, codes, events } = await run(
      small('unlabelled', {
        ...unlabelled,
        calibration: { ...calibration, method: 'mse', alternatives: ['minmax'] },
      }),
    );
    expect(codes).toContain('stale-cache');
    const notes = events.flatMap((event) => (event.type === 'note' ? [event.note.message] : []));
    expect(notes.join('\n')).toContain('was not used: it has no ranges by minmax.');
    const candidates = report.calibration!.candidates!;
    expect(candidates.every(({ map5095 }) => map5095 === null)).toBe(true);
    const shares = candidates.map(({ matchedShare }) => matchedShare!);
    expect(takenOf(report).matchedShare).toBe(Math.max(...shares));
    const page = await readFile(join(folder, 'unlabelled', 'report.html'), 'utf8');
    expect(page).toContain('Of the calibration methods mse and minmax');
  });

  it('are not compared where the ranges come from TensorRT', async () => {
    const cache = join(folder, 'labelled', 'parts-int8.calib.cache');
    const { report, codes } = await run(
      small('imported', { calibration: { ...calibration, alternatives: ['minmax'], cache } }),
    );
    expect(codes).toContain('methods-not-compared');
    expect(report.calibration!.candidates).toBeUndefined();
    expect(report.results.at(-1)).toMatchObject({ precision: 'int8', engine: 'parts-int8.onnx' });
  });
});
