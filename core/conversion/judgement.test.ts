import { describe, expect, it } from 'vitest';
import type { Detections } from '../detection/detections.ts';
import { compareDetections } from '../evaluation/agreement.ts';
import { commandLine, shellWord } from './command-line.ts';
import { differingImages } from './differing-images.ts';
import { makeManifest, manifestName } from './manifest.ts';
import { chooseBatch, choosePreprocessing, imageInput } from './model-input.ts';
import { judgeReference, judgeResult } from './notes.ts';
import type { ResultReport } from './report.ts';
import { exampleReport, exampleResult } from './report-html/example-report.ts';
import { parseSpecification } from './specification.ts';
import { verdictOn } from './verdict.ts';

const plainCpu = { model: 'X', logicalCores: 2, instructionSets: ['avx2'] };
const vnniCpu = { ...plainCpu, instructionSets: ['avx2', 'avx512_vnni'] };

function at(result: ResultReport, p50: number): ResultReport {
  return { ...result, latencyMs: { ...result.latencyMs, p50 } };
}

describe('judgeResult', () => {
  const fp32 = at(exampleResult('fp32'), 10);
  const int8 = exampleResult('int8');
  const codes = (p50: number, cpu = plainCpu) =>
    judgeResult(at(int8, p50), [fp32, at(int8, p50)], cpu).map(({ code }) => code);

  it('says so when int8 is not 1.05 times as fast, and only then', () => {
    expect(codes(12)).toContain('int8-not-faster');
    expect(codes(9.6)).toContain('int8-not-faster');
    expect(codes(9.4)).not.toContain('int8-not-faster');
  });

  it('names the missing instruction set only where it is missing', () => {
    const message = (cpu: typeof plainCpu) =>
      judgeResult(at(int8, 12), [fp32, at(int8, 12)], cpu).find(({ code }) => code === 'int8-not-faster')
        ?.message;
    expect(message(plainCpu)).toContain('VNNI');
    expect(message(vnniCpu)).not.toContain('VNNI');
    expect(message(vnniCpu)).toMatch(/\d+ % of its time is spent in nodes that compute in floating point/);
  });

  it('warns of unsteady times', () => {
    const shaky = {
      ...fp32,
      latencyMs: { ...fp32.latencyMs, stable: false, instability: ['bimodal'] as const },
    };
    expect(judgeResult(shaky, [shaky], plainCpu).map(({ code }) => code)).toContain('unstable');
  });

  it('lists a class that fell to nothing first', () => {
    const accuracy = int8.accuracy!;
    const [first, ...rest] = accuracy.perClass;
    const lost = {
      ...int8,
      accuracy: { ...accuracy, perClass: [{ ...first!, ap50: 0, ap5095: 0 }, ...rest] },
    };
    const [note] = judgeResult(lost, [fp32, lost], plainCpu);
    expect(note).toMatchObject({ code: 'class-lost', severity: 'error' });
    expect(note!.message).toContain(first!.name);
  });

  it('names the threshold that brings the boxes back where scores are squeezed, and only there', () => {
    const agreement = int8.agreement!;
    const judged = (squeezedScores: typeof agreement.squeezedScores) =>
      judgeResult({ ...int8, agreement: { ...agreement, squeezedScores } }, [fp32], plainCpu).find(
        ({ code }) => code === 'squeezed-scores',
      );
    const note = judged({ ratio: 0.61, suggestedThreshold: 0.142 });
    expect(note).toMatchObject({ severity: 'warning' });
    expect(note!.message).toContain('0.61 times');
    expect(note!.tip).toBe(`Use a score threshold of 0.14 where FP32 has ${agreement.scoreThreshold}.`);
    expect(judged(null)).toBeUndefined();
  });

  it('calls two times that cannot be told apart equal', () => {
    const fp16 = (p50: number) => judgeResult(at(exampleResult('fp16'), p50), [fp32], plainCpu);
    expect(fp16(10.1).map(({ code }) => code)).toContain('equal-within-noise');
    expect(fp16(13).map(({ code }) => code)).not.toContain('equal-within-noise');
  });

  it('does not promise anything of a GPU', () => {
    expect(codes(5)).toContain('cpu-does-not-predict-gpu');
  });
});

describe('judgeReference', () => {
  it('warns when fp32 finds nothing', () => {
    const nothing = { ...exampleResult('fp32'), detections: 0 };
    expect(judgeReference(nothing, 12)[0]).toMatchObject({ code: 'no-detections' });
    expect(judgeReference({ ...nothing, detections: 5 }, 12)).toEqual([]);
  });
});

describe('verdictOn', () => {
  const withChecks = (checks: object, results: readonly ResultReport[]) => {
    const report = exampleReport({ results });
    const specification = {
      ...report.specification,
      checks: { allowLostDetections: false, keepOnlyIfFaster: null, maxMapLoss: null, ...checks },
    };
    return verdictOn({ ...report, specification });
  };
  const fp32 = exampleResult('fp32');
  const losing = (loss: number): ResultReport => ({
    ...exampleResult('int8'),
    status: 'ok',
    accuracy: { ...fp32.accuracy!, map5095: fp32.accuracy!.map5095 - loss },
  });

  it('lets a sound run pass', () => {
    expect(withChecks({}, [fp32, losing(0.2)])).toBeNull();
  });

  it('fails for more loss than allowed, in points', () => {
    expect(withChecks({ maxMapLoss: 0.5 }, [fp32, losing(0.004)])).toBeNull();
    expect(withChecks({ maxMapLoss: 0.5 }, [fp32, losing(0.005)])).toBeNull();
    expect(withChecks({ maxMapLoss: 0.5 }, [fp32, losing(0.006)])).toMatchObject({
      code: 'target-missed',
      message: expect.stringContaining('0.60'),
    });
  });

  it('does not call an unmeasured target reached', () => {
    expect(withChecks({ maxMapLoss: 0.5 }, [fp32, { ...losing(0), accuracy: null }])).toMatchObject({
      code: 'target-missed',
    });
  });

  it('fails for lost detections unless they are allowed', () => {
    const lost: ResultReport = { ...losing(0), status: 'detections-lost' };
    expect(withChecks({}, [fp32, lost])).toMatchObject({ code: 'detections-lost' });
    expect(withChecks({ allowLostDetections: true }, [fp32, lost])).toBeNull();
  });
});

describe('commandLine', () => {
  it('says what differs from the defaults', () => {
    const specification = parseSpecification({
      model: 'my model.onnx',
      out: 'out',
      threads: 2,
      precisions: ['int8'],
      preprocessing: { width: 640, height: 384, color: 'bgr', mean: [0.5, 0.4, 0.3] },
      calibration: { images: 'c', method: 'percentile', percentile: 99.9, reuseStale: true },
      validation: { images: 'v', labels: 'l.json' },
      checks: { maxMapLoss: 0.5 },
    });
    expect(commandLine(specification)).toBe(
      "engineroom convert 'my model.onnx' --out out --precision fp32,int8 --threads 2 --size 640x384 --color bgr --mean 0.5,0.4,0.3 --max-map-loss 0.5 --calibration c --method percentile --percentile 99.9 --reuse-stale-cache --validation v --labels l.json",
    );
  });

  it('quotes what a shell would read otherwise', () => {
    expect(shellWord("it's")).toBe(`'it'\\''s'`);
    expect(shellWord('$HOME;x')).toBe("'$HOME;x'");
    expect(shellWord('a/b-1.onnx')).toBe('a/b-1.onnx');
  });
});

describe('makeManifest', () => {
  it('holds what is needed to trust and to rebuild the engine', () => {
    const report = exampleReport();
    const result = report.results.find(({ precision }) => precision === 'int8')!;
    const manifest = makeManifest(report, result, 'parts-int8.onnx');
    expect(manifest).toMatchObject({
      engine: { file: 'parts-int8.onnx', sha256: result.sha256 },
      command: report.command,
      calibration: { key: report.calibration!.key },
      latencyMs: { p50: result.latencyMs.p50 },
      accuracy: { map50: result.accuracy!.map50 },
    });
    expect(JSON.stringify(manifest)).not.toContain('samples');
    const fp32 = report.results.find(({ precision }) => precision === 'fp32')!;
    expect(makeManifest(report, fp32, 'parts-fp32.onnx').calibration).toBeNull();
  });

  it('lies beside the engine', () => {
    expect(manifestName('a.b-int8.onnx')).toBe('a.b-int8.engine.json');
  });
});

describe('differingImages', () => {
  const detections = (rows: readonly (readonly [number, number, number])[]): Detections => ({
    count: rows.length,
    boxes: Float32Array.from(rows.flatMap(([x]) => [x, 0, x + 10, 10])),
    scores: Float32Array.from(rows.map(([, score]) => score)),
    classes: Int32Array.from(rows.map(([, , c]) => c)),
  });

  it('marks what only one side has and leaves out what is below the threshold', () => {
    const reference = new Map([
      [
        'a.jpg',
        detections([
          [0, 0.9, 0],
          [50, 0.8, 0],
          [80, 0.1, 0],
        ]),
      ],
    ]);
    const found = new Map([
      [
        'a.jpg',
        detections([
          [0, 0.85, 0],
          [120, 0.7, 1],
        ]),
      ],
    ]);
    const agreement = compareDetections(reference, found, ['x', 'y']);
    const images = new Map([['a.jpg', { width: 200, height: 20, path: '/a.jpg' }]]);
    const [image] = differingImages('int8', { agreement, reference, found, images });
    expect(image).toMatchObject({ file: 'a.jpg', path: '/a.jpg', lost: 1, added: 1 });
    expect(image!.reference.map(({ x1, matched }) => [x1, matched])).toEqual([
      [0, true],
      [50, false],
    ]);
    expect(image!.found.map(({ x1, matched }) => [x1, matched])).toEqual([
      [0, true],
      [120, false],
    ]);
  });
});

describe('model input', () => {
  const dynamic = { name: 'images', dims: ['batch', 3, 'height', 'width'] };
  const fixed = { name: 'images', dims: [2, 3, 320, 416] };

  it('takes the size from the user, then the model, then the metadata', () => {
    const named = { width: 640, height: 640 };
    expect(choosePreprocessing(dynamic, { width: 96, height: 64 }, named)).toMatchObject({
      width: 96,
      height: 64,
    });
    expect(choosePreprocessing(dynamic, {}, named)).toMatchObject({ width: 640, height: 640 });
    expect(choosePreprocessing(fixed, {}, named)).toMatchObject({ width: 416, height: 320 });
    expect(() => choosePreprocessing(dynamic, {}, undefined)).toThrow(/--size|dynamic/);
    expect(() => choosePreprocessing(fixed, named, undefined)).toThrow(/--size asks for 640x640/);
  });

  it('takes the batch from the model where it is fixed', () => {
    expect(chooseBatch(dynamic, 4)).toEqual({ batch: 4, dynamicBatch: true });
    expect(chooseBatch(fixed, 1)).toEqual({ batch: 2, dynamicBatch: false });
    expect(() => chooseBatch(fixed, 3)).toThrow(/fixed batch 2/);
  });

  it('refuses a model without one image input', () => {
    expect(() => imageInput(new Map(), 'm.onnx')).toThrow(/m\.onnx has 0 inputs/);
    expect(() => imageInput(new Map([['x', [1, 10]]]), 'm.onnx')).toThrow(/\[1, 10\]/);
    expect(() => imageInput(new Map([['x', [1, 1, 28, 28]]]), 'm.onnx')).toThrow(/not \[batch, 3/);
  });
});
