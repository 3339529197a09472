import { describe, expect, it } from 'vitest';
import type { Report } from '../report-parts.ts';
import { exampleLatency, exampleReport, exampleResult } from '../testing/example-report.ts';
import { ruinedReport, slowReport, withoutLabels } from '../testing/example-variants.ts';
import { latenciesEqual } from './noise.ts';
import { sizeInWords, verdictLine, verdictsOf } from './verdict.ts';

const lines = (report: Report) => verdictsOf(report).map(verdictLine);

describe('verdictsOf', () => {
  it('says speed, accuracy and size of each precision in one sentence', () => {
    expect(lines(exampleReport())).toEqual([
      'FP16: as fast as FP32 within the noise, the same mAP, 51 % of the size.',
      'INT8: 2.1 times faster, 0.4 points of mAP lost, 29 % of the size.',
    ]);
  });

  it('counts boxes found again where there are no labels', () => {
    expect(lines(withoutLabels(exampleReport()))[1]).toBe(
      'INT8: 2.1 times faster, 98.9 % of FP32\u2019s boxes found again, 29 % of the size.',
    );
  });

  it('makes lost detections and non-finite outputs errors, whatever their speed', () => {
    const [fp16, int8] = verdictsOf(ruinedReport(exampleReport()));
    expect(fp16).toMatchObject({ state: 'unusable' });
    expect(int8?.state).toBe('unusable');
    expect(int8?.sentence).toBe('do not use it. It finds 12 boxes where FP32 finds 652');
    expect(int8?.sentence).not.toMatch(/faster/);
  });

  it('says slower, unsteady and dropped', () => {
    const [fp16, int8] = verdictsOf(slowReport(exampleReport()));
    expect(fp16?.state).toBe('dropped');
    expect(fp16?.sentence).toMatch(/not kept/);
    expect(int8?.sentence).toMatch(/^1\.6 times slower/);
    expect(int8?.unsteady).toMatch(/not steady: they fall into two groups/);
  });

  it('says gained where a precision is better, and one point in the singular', () => {
    const better = exampleResult('int8');
    const accuracy = better.accuracy && { ...better.accuracy, map5095: 0.9054 + 0.01 };
    const base = exampleResult('fp32');
    const reference = { ...base, accuracy: base.accuracy && { ...base.accuracy, map5095: 0.9054 } };
    expect(lines(exampleReport({ results: [reference, { ...better, accuracy }] }))[0]).toMatch(
      /1\.0 point of mAP gained/,
    );
  });

  it('puts a ruined FP32 first, since nothing can be held against it', () => {
    const ruined = exampleResult('fp32', { status: 'non-finite' });
    const [first] = verdictsOf(exampleReport({ results: [ruined, exampleResult('int8')] }));
    expect(first).toMatchObject({ precision: 'fp32', state: 'unusable' });
  });

  it('states plain figures for a run of one precision', () => {
    expect(lines(exampleReport({ results: [exampleResult('int8')] }))).toEqual([
      'INT8: 4.62 ms for each call, mAP50-95 0.901, 887 kB.',
    ]);
    expect(lines(exampleReport({ results: [exampleResult('fp32')] }))[0]).toMatch(/^FP32: 9\.84 ms/);
  });

  it('has nothing to say about no result', () => {
    expect(verdictsOf(exampleReport({ results: [] }))).toEqual([]);
  });
});

describe('latenciesEqual', () => {
  it('takes two builds of one model for equal, and a tenth for a difference', () => {
    expect(latenciesEqual(exampleLatency(10), exampleLatency(10.19))).toBe(true);
    expect(latenciesEqual(exampleLatency(10), exampleLatency(11))).toBe(false);
    expect(latenciesEqual(exampleLatency(11), exampleLatency(10))).toBe(false);
  });

  it('widens with the spread of the calls', () => {
    const wide = { p50: 11, mad: 2, runs: 20 };
    expect(latenciesEqual({ p50: 10, mad: 2, runs: 20 }, wide)).toBe(true);
  });
});

describe('sizeInWords', () => {
  it('keeps a decimal for small shares only', () => {
    expect(sizeInWords(29, 100)).toBe('29 % of the size');
    expect(sizeInWords(66, 1000)).toBe('6.6 % of the size');
    expect(sizeInWords(2_000_000, 0)).toBe('2.00 MB');
  });
});
