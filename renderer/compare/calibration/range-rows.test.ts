import { describe, expect, it } from 'vitest';
import { exampleReport } from '../testing/example-report.ts';
import {
  type CalibrationRange,
  chooseRanges,
  formatTinyShare,
  histogramBars,
  rangeRows,
} from './range-rows.ts';
import { settledInWords } from './settled-in-words.ts';

const ranges = exampleReport().calibration?.ranges ?? [];

function range(overrides: Partial<CalibrationRange>): CalibrationRange {
  return {
    tensor: 't',
    amax: 2,
    minimum: -4,
    maximum: 3,
    clipped: 0.01,
    histogram: { limit: 4, counts: [10, 5, 0, 1] },
    ...overrides,
  };
}

describe('rangeRows', () => {
  it('measures what is cut off the span that was seen', () => {
    expect(rangeRows([range({})])[0]).toMatchObject({ largest: 4, cut: 0.5 });
    expect(rangeRows([range({ amax: 9 })])[0]?.cut).toBe(0);
    expect(rangeRows([range({ minimum: 0, maximum: 0 })])[0]?.cut).toBe(0);
  });
});

describe('chooseRanges', () => {
  it('puts the most cut off first and finds every word of a search', () => {
    const rows = chooseRanges(rangeRows(ranges), '', 'cut');
    for (let i = 1; i < rows.length; i++) expect(rows[i]!.cut).toBeLessThanOrEqual(rows[i - 1]!.cut);
    const found = chooseRanges(rangeRows(ranges), 'CONV stage2', 'graph');
    expect(found.length).toBeGreaterThan(0);
    expect(found.every(({ range: { tensor } }) => tensor.includes('stage2'))).toBe(true);
    expect(chooseRanges(rangeRows(ranges), 'no such', 'name')).toEqual([]);
  });

  it('keeps the order of the graph when asked to', () => {
    const rows = chooseRanges(rangeRows(ranges), '', 'graph');
    expect(rows.map(({ range: { tensor } }) => tensor)).toEqual(ranges.map(({ tensor }) => tensor));
  });
});

describe('histogramBars', () => {
  it('leaves out empty bins, scales by the logarithm and marks what saturates', () => {
    const bars = histogramBars(range({}));
    expect(bars.map(({ count, clipped }) => [count, clipped])).toEqual([
      [10, false],
      [5, false],
      [1, true],
    ]);
    expect(bars[0]?.height).toBe(1);
    expect(bars[2]?.height).toBeCloseTo(Math.log(2) / Math.log(11));
  });

  it('has nothing to draw without values', () => {
    expect(histogramBars(range({ histogram: null }))).toEqual([]);
    expect(histogramBars(range({ histogram: { limit: 0, counts: [3] } }))).toEqual([]);
  });
});

describe('settledInWords', () => {
  const point = { previousImages: 48, images: 96, worstChange: 0.2, worstTensor: 't' };

  it('asks for more images only while ranges still move', () => {
    expect(settledInWords([{ ...point, medianChange: 0.004 }])).toMatch(
      /0\.4 % or more, the worst by 20\.0 %: more images would change little/,
    );
    expect(settledInWords([{ ...point, medianChange: 0.06 }])).toMatch(/give more images/);
    expect(settledInWords([])).toBe('Too few images to say.');
  });
});

describe('formatTinyShare', () => {
  it('does not round a clipped share to nothing', () => {
    expect([0, 0.0000001, 0.00012, 0.023].map(formatTinyShare)).toEqual([
      '0 %',
      'under 0.001 %',
      '0.012 %',
      '2.3 %',
    ]);
  });
});
