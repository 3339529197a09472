import { describe, expect, it } from 'vitest';
import { exampleReport, exampleResult } from './report-html/example-report.ts';
import { describeSearch, noteOnSearch, noteOnUnmeasured } from './search-words.ts';
import { exampleSearch } from './testing/example-search.ts';
import { verdictOn } from './verdict.ts';

describe('noteOnSearch', () => {
  it('tells what was returned to float, what it brought, and where the plain engine is', () => {
    const [note] = noteOnSearch(exampleSearch(), 14, 10);
    expect(note).toMatchObject({ severity: 'info', code: 'layers-returned', tip: null });
    expect(note?.message).toBe(
      'With the 2 most sensitive of 14 layers returned to float INT8 loses 0.16 points of mAP50-95 instead of 0.36; --max-map-loss allows 0.2. 3 candidates were built and evaluated. INT8 without layers returned is kept as parts-int8-plain.onnx.',
    );
  });

  it('says when the time ended it, and asks for more', () => {
    const [note] = noteOnSearch(exampleSearch({ reached: false, outOfTime: true }), 14, 10);
    expect(note).toMatchObject({ severity: 'warning', code: 'limit-not-reached' });
    expect(note?.message).toContain('The 10 minutes of --search-minutes ended the search.');
    expect(note?.tip).toContain('--search-minutes');
    const [before] = noteOnSearch(
      exampleSearch({ reached: false, outOfTime: true, candidates: exampleSearch().candidates.slice(0, 1) }),
      14,
      10,
    );
    expect(before?.message).toContain('before the first candidate was judged');
  });

  it('is silent where nothing was searched', () => {
    const sensitivityOnly = exampleSearch({ limit: null, reached: null, layersInFloat: 0, candidates: [] });
    expect(noteOnSearch(sensitivityOnly, 14, 10)).toEqual([]);
    expect(describeSearch(sensitivityOnly, 14)).toBeNull();
  });

  it('calls a candidate that does as well as fp32 or better no loss', () => {
    const candidates = [
      { layersInFloat: 0, map5095: 0.9, loss: 0.3 },
      { layersInFloat: 2, map5095: 0.904, loss: -0.1 },
    ];
    expect(describeSearch(exampleSearch({ candidates }), 14)).toContain(
      'INT8 loses no mAP50-95 instead of 0.30;',
    );
  });
});

describe('noteOnUnmeasured', () => {
  it('warns of layers that were left out for time', () => {
    expect(noteOnUnmeasured(exampleSearch(), 14)).toEqual([]);
    expect(noteOnUnmeasured(exampleSearch(), 20)[0]?.message).toContain('14 of 20 layers');
  });
});

describe('verdictOn', () => {
  it('names the best engine of a search that missed the limit, and the plain one that is kept too', () => {
    const fp32 = exampleResult('fp32');
    const int8 = exampleResult('int8');
    const report = exampleReport({
      results: [
        fp32,
        {
          ...int8,
          accuracy: { ...fp32.accuracy!, map5095: fp32.accuracy!.map5095 - 0.0016 },
          quantization: { ...int8.quantization!, search: exampleSearch({ limit: 0.1, reached: false }) },
        },
      ],
    });
    const checks = { ...report.specification.checks, maxMapLoss: 0.1 };
    expect(verdictOn({ ...report, specification: { ...report.specification, checks } })).toMatchObject({
      code: 'target-missed',
      message:
        '--max-map-loss 0.1 is not reached: best was INT8 loses 0.16 points of mAP50-95 with 2 of 150 layers returned to float. All engines are kept, INT8 without layers returned as parts-int8-plain.onnx.',
    });
  });
});
