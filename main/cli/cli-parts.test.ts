/** The parts of the command line that need no process: values, tables, bars, lines. */

import { describe, expect, it } from 'vitest';
import { Failure } from '../../core/base/failure.ts';
import type { RunEvent } from '../../core/conversion/events.ts';
import { exampleReport, exampleResult } from '../../core/conversion/report-html/example-report.ts';
import { parseMethods, parseNumbers, parsePrecisions, parseSize, parseWhole } from './command-line.ts';
import { createOutput } from './output.ts';
import { drawBar, showProgress, timeLeft } from './progress-lines.ts';
import { reportLines, resultLines } from './report-lines.ts';
import { formatFacts, formatTable } from './text-table.ts';

class Sink {
  text = '';
  readonly columns = 60;
  readonly isTTY: boolean;
  constructor(isTTY = false) {
    this.isTTY = isTTY;
  }
  write(text: string): void {
    this.text += text;
  }
}

const progress = (value: number, secondsLeft: number | null = null): RunEvent => ({
  type: 'progress',
  step: 'calibrate',
  value,
  stepValue: value,
  description: `image ${Math.round(value * 96)} of 96`,
  secondsLeft,
});

describe('option values', () => {
  it('are read', () => {
    expect(parseSize('640x480')).toEqual({ width: 640, height: 480 });
    expect(parseSize('416')).toEqual({ width: 416, height: 416 });
    expect(parsePrecisions('fp32, INT8')).toEqual(['fp32', 'int8']);
    expect(parseMethods('minmax, MSE')).toEqual(['minmax', 'mse']);
    expect(parseMethods('all')).toEqual(['mse', 'entropy', 'percentile', 'minmax']);
    expect(parseNumbers('0.5,1')).toEqual([0.5, 1]);
    expect(parseWhole('12')).toBe(12);
  });

  it.each([
    [() => parseSize('640x')],
    [() => parseSize('0x640')],
    [() => parseSize('big')],
    [() => parsePrecisions('int4')],
    [() => parseMethods('mse,kl')],
    [() => parseWhole('1.5')],
    [() => parseWhole('')],
    [() => parseNumbers('1,,2')],
  ])('that make no sense are refused', (parse) => {
    expect(parse).toThrow();
  });
});

describe('progress', () => {
  it('draws a bar in proportion', () => {
    expect(drawBar(0, 4)).toBe('[    ]');
    expect(drawBar(0.5, 4)).toBe('[==  ]');
    expect(drawBar(7, 4)).toBe('[====]');
    expect([null, 0.2, 0.9, 34, 200].map(timeLeft)).toEqual([
      '',
      '',
      'about 1 s left',
      'about 35 s left',
      'about 3 min left',
    ]);
  });

  it('redraws one line on a terminal, at most every 80 ms, never wider than the window', () => {
    const sink = new Sink(true);
    let now = 0;
    const lines = showProgress(sink, () => now);
    lines.show({ type: 'step-started', step: 'calibrate', title: 'Calibrate on 96 images (entropy)' });
    for (now = 1; now < 200; now += 10) lines.show(progress(now / 200, 12));
    const drawn = sink.text.split('\r\x1b[2K').filter((line) => line !== '');
    expect(drawn).toHaveLength(3);
    for (const line of drawn) expect(line.length).toBeLessThan(60);
    lines.show({ type: 'step-finished', step: 'calibrate', seconds: 8.24 });
    const last = sink.text.split('\r\x1b[2K').at(-1);
    expect(last).toMatch(/^Calibrate on 96 images \(entropy\) +8\.2 s\n$/);
  });

  it('writes plain lines without control characters into a pipe', () => {
    const sink = new Sink();
    let now = 0;
    const lines = showProgress(sink, () => now);
    lines.show({ type: 'step-started', step: 'calibrate', title: 'Calibrate' });
    for (; now < 15_000; now += 100) lines.show(progress(now / 15_000, 5));
    lines.show({ type: 'step-finished', step: 'calibrate', seconds: 15 });
    expect(sink.text).toBe('Calibrate\n  66 %: image 64 of 96, about 5 s left\n  done in 15.0 s\n');
  });
});

describe('tables', () => {
  it('align numbers to the right', () => {
    expect(
      formatTable(
        [
          { title: 'a', align: 'left' },
          { title: 'n', align: 'right' },
        ],
        [
          ['x', '1'],
          ['long', '12.5'],
        ],
      ),
    ).toEqual(['a        n', '----  ----', 'x        1', 'long  12.5']);
    expect(
      formatFacts([
        ['a', 'one\ntwo'],
        ['long', 'x'],
      ]),
    ).toEqual(['a     one', '      two', 'long  x']);
  });

  it('show a report with every precision in one row, and its sentences', () => {
    const report = exampleReport();
    expect(resultLines(report).map((line) => line.split(/ {2,}/).slice(0, 3))).toEqual([
      ['precision', 'size', 'p50 ms'],
      ['---------', '-------', '------'],
      ['FP32', '3.06 MB', '9.84'],
      ['FP16', '1.56 MB', '9.71'],
      ['INT8', '921 kB', '4.62'],
    ]);
    expect(reportLines(report, 'out/report.html')).toContain(
      'INT8: 2.1 times faster, 0.5 points of mAP lost, 30.1 % of the size.',
    );
  });

  it('name lost detections in the row', () => {
    const lost = { ...exampleResult('int8'), status: 'detections-lost' as const };
    const [, , , row] = resultLines(exampleReport({ results: [exampleResult('fp32'), lost] }));
    expect(row).toContain('DETECTIONS LOST');
  });
});

describe('output', () => {
  it('is one JSON object a line on standard output, and nothing on standard error', () => {
    const streams = { stdout: new Sink(), stderr: new Sink() };
    const output = createOutput(streams, { json: true, verbose: false });
    output.event(progress(0.5));
    const verdict = new Failure('target-missed', 'Not reached.', 'Try more.');
    output.report({ command: 'convert', path: 'a\nb' }, ['not shown'], verdict);
    const lines = streams.stdout.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ type }) => type)).toEqual(['progress', 'error', 'report']);
    expect(streams.stderr.text).toBe('');
  });

  it('is words on standard error, and nothing on standard output', () => {
    const streams = { stdout: new Sink(), stderr: new Sink() };
    const output = createOutput(streams, { json: false, verbose: false });
    output.note({ severity: 'warning', code: 'x', message: 'Few images.', tip: 'Add some.' });
    output.report(
      { command: 'convert' },
      ['a table'],
      new Failure('target-missed', 'Not reached.', 'Try more.'),
    );
    expect(streams.stderr.text).toBe('warning: Few images. Add some.\na table\n\nNot reached.\nTry more.\n');
    expect(streams.stdout.text).toBe('');
  });
});
