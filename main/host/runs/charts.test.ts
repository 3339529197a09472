import { describe, expect, it } from 'vitest';
import { reportSchema } from '../../../contract/report-schema.ts';
import { exampleReport } from '../../../core/conversion/report-html/example-report.ts';
import { chartCsv, charts } from './charts.ts';

const report = reportSchema.parse(exampleReport());
const rows = (csv: string) => csv.split('\r\n').slice(0, -1);

describe('chartCsv', () => {
  it.each(charts)('writes %s with as many cells in every row', (chart) => {
    const [header, ...lines] = rows(chartCsv(chart, report));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line.split(',')).toHaveLength(header!.split(',').length);
  });

  it('has a line for each precision, and for each measured call', () => {
    expect(
      rows(chartCsv('summary', report))
        .slice(1)
        .map((line) => line.split(',')[0]),
    ).toEqual(report.results.map(({ precision }) => precision));
    const [first] = report.results;
    const calls = rows(chartCsv('latency', report));
    expect(calls).toHaveLength(first!.latencyMs.samples.length + 1);
    expect(calls[1]?.split(',').slice(0, 2)).toEqual(['1', String(first!.latencyMs.samples[0])]);
  });

  it('quotes what separates, and disarms what a spreadsheet would compute', () => {
    const [range] = report.calibration!.ranges;
    const named = (tensor: string) =>
      rows(
        chartCsv('ranges', {
          ...report,
          calibration: { ...report.calibration!, ranges: [{ ...range!, tensor }] },
        }),
      )[1];
    expect(named('a,"b"')).toMatch(/^"a,""b""",/);
    expect(named('=1+1')).toMatch(/^'=1\+1,/);
  });
});
