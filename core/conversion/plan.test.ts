import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandLine } from './command-line.ts';
import type { RunEvent } from './events.ts';
import { planSteps } from './plan.ts';
import { trackProgress } from './run-progress.ts';
import { parseSpecification } from './specification.ts';

const minimal = { model: 'm.onnx', out: 'out', calibration: { images: 'calibration' } };

describe('parseSpecification', () => {
  it('fills in the defaults', () => {
    expect(parseSpecification(minimal)).toMatchObject({
      precisions: ['fp32', 'fp16', 'int8'],
      target: 'onnxruntime',
      batch: 1,
      calibration: { limit: 512 },
      detection: { scoreThreshold: 0.001, iouThreshold: 0.6, maxDetections: 300 },
      benchmark: { warmup: 10, runs: 100 },
      checks: { allowLostDetections: false, maxMapLoss: null },
    });
  });

  it('always builds the reference, first', () => {
    const { precisions } = parseSpecification({ ...minimal, precisions: ['int8', 'fp16', 'int8'] });
    expect(precisions).toEqual(['fp32', 'fp16', 'int8']);
  });

  it.each([
    [{ ...minimal, batch: 0 }, '--batch'],
    [{ ...minimal, precisions: ['fp8'] }, '--precision'],
    [{ ...minimal, calibration: { images: 'x', percentile: 101 } }, '--percentile'],
    [{ ...minimal, calibration: null }, '--calibration'],
    [{ ...minimal, preprocessing: { width: 640 } }, '--size'],
    [{ ...minimal, benchmark: { runs: 1 } }, '--runs'],
    [{ ...minimal, checks: { maxMapLoss: 0.5 } }, '--max-map-loss'],
    [{ ...minimal, model: undefined }, 'MODEL.onnx'],
  ])('names the option at fault in %j', (input, option) => {
    expect(() => parseSpecification(input)).toThrow(
      expect.objectContaining({ code: 'bad-usage', message: expect.stringContaining(option) }),
    );
  });

  it('tries each calibration method once, and only on fresh ranges where there are several', () => {
    const calibration = { images: 'c', alternatives: ['minmax', 'mse', 'minmax'] };
    const specification = parseSpecification({ ...minimal, calibration });
    expect(specification.calibration).toMatchObject({ method: 'mse', alternatives: ['minmax'] });
    expect(parseSpecification(JSON.parse(JSON.stringify(specification)))).toEqual(specification);
    expect(commandLine(specification)).toMatch(/ --method mse,minmax( |$)/);
    expect(commandLine(parseSpecification(minimal))).not.toContain('--method');
    expect(() =>
      parseSpecification({ ...minimal, calibration: { ...calibration, reuseStale: true } }),
    ).toThrow(/--reuse-stale-cache goes with one --method/);
  });

  it('refuses what it does not know', () => {
    expect(() => parseSpecification({ ...minimal, precision: 'int8' })).toThrow(/precision/);
  });

  it('is a fixed point: what it returns gives itself', () => {
    const specification = parseSpecification(minimal);
    expect(parseSpecification(JSON.parse(JSON.stringify(specification)))).toEqual(specification);
  });
});

describe('planSteps', () => {
  it('judges the candidates of several calibration methods after the other precisions', () => {
    const several = { ...minimal, calibration: { images: 'c', alternatives: ['entropy'] } };
    const facts = { calibrationImages: 9, evaluationImages: 9 };
    const plan = planSteps(parseSpecification(several), facts);
    expect(plan.map(({ id }) => id)).toEqual([
      'prepare',
      'calibrate',
      'build:fp32',
      'build:fp16',
      'evaluate:fp32',
      'evaluate:fp16',
      'build:int8-mse',
      'evaluate:int8-mse',
      'build:int8-entropy',
      'evaluate:int8-entropy',
      'benchmark',
      'report',
    ]);
    expect(plan.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
    const withoutInt8 = planSteps(parseSpecification({ ...several, precisions: ['fp16'] }), facts);
    expect(withoutInt8.map(({ id }) => id).join()).not.toContain('int8');
  });

  it('orders the steps, the reference first, and leaves out what has no images', () => {
    const ids = (input: unknown, images: number) =>
      planSteps(parseSpecification(input), { calibrationImages: images, evaluationImages: images }).map(
        ({ id }) => id,
      );
    expect(ids(minimal, 10)).toEqual([
      'prepare',
      'calibrate',
      'build:fp32',
      'build:fp16',
      'build:int8',
      'evaluate:fp32',
      'evaluate:fp16',
      'evaluate:int8',
      'benchmark',
      'report',
    ]);
    const labelled = ids({ ...minimal, validation: { images: 'v', labels: 'l' } }, 10);
    expect(labelled.indexOf('check-preprocessing')).toBe(labelled.indexOf('evaluate:fp32') - 1);
    expect(ids({ ...minimal, precisions: ['fp16'], calibration: null }, 0)).toEqual([
      'prepare',
      'build:fp32',
      'build:fp16',
      'benchmark',
      'report',
    ]);
  });

  it('has weights that add up to 1', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.nat(100_000), (calibrationImages, evaluationImages) => {
        const steps = planSteps(parseSpecification(minimal), { calibrationImages, evaluationImages });
        expect(steps.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
      }),
    );
  });
});

describe('trackProgress', () => {
  it('never falls, ends at 1 and estimates the time left', async () => {
    let time = 0;
    const events: RunEvent[] = [];
    const plan = [
      { id: 'a', title: 'A', weight: 0.25 },
      { id: 'left out', title: '', weight: 0.25 },
      { id: 'b', title: 'B', weight: 0.5 },
    ];
    const progress = trackProgress(
      plan,
      (event) => events.push(event),
      () => time,
    );
    await progress.step('a', async (report) => {
      for (const value of [0.5, 0.2, 1]) {
        time += 1;
        report({ value, description: 'x' });
      }
    });
    expect(
      await progress.step('b', async (report) => {
        time += 3;
        report({ value: 0.5, description: 'y' });
        return 'result';
      }),
    ).toBe('result');
    const values = events.flatMap((event) => (event.type === 'progress' ? [event.value] : []));
    expect(values).toEqual([0, 0.125, 0.125, 0.25, 0.25, 0.5, 0.75, 1]);
    // Six seconds for three quarters: two more for the rest.
    expect(events.find((event) => event.type === 'progress' && event.value === 0.75)).toMatchObject({
      secondsLeft: 2,
    });
    expect(events.filter((event) => event.type === 'step-finished')).toEqual([
      { type: 'step-finished', step: 'a', seconds: 3 },
      { type: 'step-finished', step: 'b', seconds: 3 },
    ]);
  });
});
