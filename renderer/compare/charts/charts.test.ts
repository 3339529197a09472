import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exampleReport } from '../testing/example-report.ts';
import { ruinedReport, slowReport, withoutLabels } from '../testing/example-variants.ts';
import { axisTicks, rangeTicks } from './axis.ts';
import {
  accuracyGroups,
  accuracyTable,
  agreementBars,
  latencyBars,
  latencyTable,
  sizeBars,
  throughputCsv,
  throughputGroups,
} from './chart-data.ts';
import { csvText } from './csv.ts';

/** Reads CSV as RFC 4180 says, for the round trip. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (quoted) {
      if (char !== '"') cell += char;
      else if (text[i + 1] === '"') {
        cell += '"';
        i++;
      } else quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === ',') {
      row.push(cell);
      cell = '';
    } else if (char === '\r' && text[i + 1] === '\n') {
      rows.push([...row, cell]);
      row = [];
      cell = '';
      i++;
    } else cell += char;
  }
  return rows;
}

describe('csvText', () => {
  it('gives back whatever text was put in', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.string(), { minLength: 2, maxLength: 4 }), { maxLength: 5 }),
        (rows) => {
          const parsed = parseCsv(csvText(['a', 'b'], rows));
          const plain = (cell: string) => (/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell);
          expect(parsed.slice(1)).toEqual(rows.map((row) => row.map(plain)));
        },
      ),
    );
  });

  it('keeps numbers as numbers, negative ones too, and leaves what is missing empty', () => {
    expect(csvText(['a', 'b', 'c', 'd'], [[-1.5, null, Number.NaN, false]])).toBe(
      'a,b,c,d\r\n-1.5,,,false\r\n',
    );
  });

  it('does not let a class name run as a formula', () => {
    expect(csvText(['class'], [['=HYPERLINK("x")']])).toBe('class\r\n"\'=HYPERLINK(""x"")"\r\n');
  });
});

describe('axis', () => {
  it('reaches the largest value by round steps from 0', () => {
    expect(axisTicks(16.6)).toEqual([0, 5, 10, 15, 20]);
    expect(axisTicks(0)).toEqual([0, 1]);
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (maximum) => {
        const ticks = axisTicks(maximum);
        expect(ticks[0]).toBe(0);
        expect(ticks[ticks.length - 1]!).toBeGreaterThanOrEqual(maximum * 0.9999);
        expect(ticks.length).toBeLessThanOrEqual(12);
      }),
    );
  });

  it('frames values that lie close together', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e4, noNaN: true }), { minLength: 1, maxLength: 20 }),
        (values) => {
          const ticks = rangeTicks(values);
          expect(ticks[0]!).toBeLessThanOrEqual(Math.min(...values));
          expect(ticks[ticks.length - 1]!).toBeGreaterThanOrEqual(Math.max(...values));
          expect(ticks.length).toBeLessThanOrEqual(14);
        },
      ),
    );
  });
});

describe('chart data', () => {
  it('says under each bar what it is against FP32', () => {
    expect(sizeBars(exampleReport()).map(({ label, difference }) => [label, difference])).toEqual([
      ['3.06 MB', null],
      ['1.56 MB', '51 % of FP32'],
      ['887 kB', '29 % of FP32'],
    ]);
    expect(latencyBars(exampleReport()).map(({ difference }) => difference)).toEqual([
      null,
      'as fast as FP32',
      '2.1 times faster',
    ]);
  });

  it('marks what must not be used and says nothing good of it', () => {
    const bars = latencyBars(ruinedReport(exampleReport()));
    expect(bars.map(({ unusable }) => unusable)).toEqual([false, true, true]);
    expect(bars[2]?.difference).toBeNull();
  });

  it('cuts a whisker that would squeeze the bars, and marks unsteady times', () => {
    const int8 = latencyBars(slowReport(exampleReport()))[2];
    expect(int8?.cut).toBe(true);
    expect(int8?.label).toMatch(/~$/);
    expect(latencyTable(slowReport(exampleReport())).rows[2]).toContain('no (bimodal)');
  });

  it('groups throughput by batch and accuracy by measure', () => {
    expect(throughputGroups(exampleReport()).map(({ category }) => category)).toEqual([
      'batch 1',
      'batch 4',
      'batch 8',
    ]);
    expect(accuracyGroups(exampleReport())?.map(({ category }) => category)).toEqual(['mAP50', 'mAP50-95']);
    expect(throughputCsv(exampleReport()).rows).toHaveLength(9);
  });

  it('shows agreement in the place of accuracy without labels', () => {
    const report = withoutLabels(exampleReport());
    expect(accuracyGroups(report)).toBeNull();
    expect(accuracyTable(report).rows).toEqual([]);
    expect(agreementBars(report).map(({ label }) => label)).toEqual(['100.0 %', '98.9 %']);
  });
});
