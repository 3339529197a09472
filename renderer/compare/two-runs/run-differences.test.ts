import { describe, expect, it } from 'vitest';
import { exampleLatency, exampleReport, exampleResult } from '../testing/example-report.ts';
import { ruinedReport } from '../testing/example-variants.ts';
import { cautions, differenceRows, specificationDifferences } from './run-differences.ts';

const a = exampleReport();

function find(b: typeof a, precision: string, name: string) {
  return differenceRows(a, b).find((row) => row.precision === precision && row.name === name);
}

describe('differenceRows', () => {
  it('calls a run equal to itself in every figure', () => {
    expect(differenceRows(a, a).every(({ change }) => change === 'equal')).toBe(true);
  });

  it('tells better from worse by what the figure means', () => {
    const int8 = exampleResult('int8', { latencyMs: exampleLatency(2.31), bytes: 1_774_000 });
    const b = exampleReport({ results: [exampleResult('fp32'), int8] });
    expect(find(b, 'int8', 'Latency p50')).toMatchObject({ change: 'better', words: '2.0 times faster' });
    expect(find(b, 'int8', 'Size')).toMatchObject({ change: 'worse', words: '2.0 times larger' });
    expect(find(b, 'fp16', 'Size')).toMatchObject({
      change: 'unknown',
      b: '\u2013',
      words: 'only in one run',
    });
  });

  it('takes a difference within the noise for equal', () => {
    const b = exampleReport({ results: [exampleResult('fp32', { latencyMs: exampleLatency(9.9) })] });
    expect(find(b, 'fp32', 'Latency p50')).toMatchObject({
      change: 'equal',
      words: 'equal within the noise',
    });
  });

  it('gives accuracy in points', () => {
    const int8 = exampleResult('int8');
    const worse = { ...int8, accuracy: int8.accuracy && { ...int8.accuracy, map50: 0.9748 } };
    expect(find(exampleReport({ results: [worse] }), 'int8', 'mAP50')).toMatchObject({
      change: 'worse',
      words: '\u22122.0 points',
    });
  });
});

describe('cautions', () => {
  it('has none for the same conditions', () => {
    expect(cautions(a, a)).toEqual([]);
  });

  it('warns of other models, machines, images and of ruined engines', () => {
    const b = ruinedReport(
      exampleReport({
        model: { ...a.model, sha256: 'b'.repeat(64) },
        environment: { ...a.environment, cpu: { ...a.environment.cpu, model: 'Other' } },
        validation: a.validation && { ...a.validation, images: 3 },
      }),
    );
    expect(cautions(a, b)).toHaveLength(4);
    expect(cautions(a, b).join(' ')).toMatch(/FP16 and INT8 must not be used/);
  });
});

describe('specificationDifferences', () => {
  it('names the options by their path, without the folder that was written to', () => {
    const b = exampleReport({
      specification: {
        ...a.specification,
        out: 'elsewhere',
        calibration: { images: 'images', method: 'entropy' },
      },
    });
    expect(specificationDifferences(a, b)).toEqual([
      { option: 'calibration.method', a: 'mse', b: 'entropy' },
    ]);
  });
});
