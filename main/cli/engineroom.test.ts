/** The compiled command as a child process: help, usage errors, JSON, exit codes, Ctrl-C, a whole conversion. */

import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventSchema } from '../../contract/events.ts';
import { reportSchema } from '../../contract/report-schema.ts';
import { built, runCli, sample, shortConversion, whyNotBuilt, workersAlive } from './testing/run-cli.ts';

const model = join(sample, 'parts.onnx');
const labels = join(sample, 'annotations', 'validation.json');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'engineroom-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!built)(`engineroom${whyNotBuilt}`, () => {
  it('lists its commands, and nothing that does not work yet', async () => {
    const { code, stdout } = await runCli(['--help']);
    expect(code).toBe(0);
    const commands = [...stdout.matchAll(/^ {2}(\w+) \[options\]/gm)].map(([, name]) => name);
    expect(commands).toEqual([
      'doctor',
      'inspect',
      'convert',
      'calibrate',
      'evaluate',
      'benchmark',
      'compare',
      'export',
      'serve',
    ]);
    expect(stdout).not.toMatch(/tensorrt/i);
  });

  it('explains every option of convert with its default', async () => {
    const { code, stdout } = await runCli(['convert', '--help']);
    expect(code).toBe(0);
    const text = stdout.replace(/\s+/g, ' ');
    expect(text).toContain('(default: 0.001)');
    expect(text).toContain('--max-map-loss <points>');
    expect(text).toContain('--keep-only-if-faster [times]');
    expect(text).not.toContain('undefined');
  });

  it.each([
    [[], 'No command is given.'],
    [['conver'], "Unknown command 'conver'."],
    [['convert', model], "Required option '--out <folder>' not specified."],
    [['convert', model, '--out', 'x', '--frob'], "Unknown option '--frob'."],
    [['convert', model, '--out', 'x', '--size', 'big'], 'Write width and height in pixels'],
    [['convert', model, '--out', 'x', '--precision', 'int4'], 'Choose from fp32, fp16, int8.'],
    [['convert', model, '--out', 'x'], '--calibration'],
    [
      ['convert', model, '--out', 'x', '--precision', 'fp32', '--method', 'mse'],
      '--method has no effect without --calibration.',
    ],
    [
      ['convert', model, '--out', 'x', '--precision', 'fp32', '--labels', labels],
      '--labels has no effect without --validation.',
    ],
    [['convert', model, '--out', 'x', '--precision', 'fp32', '--target', 'tensorrt'], '--target'],
    [['convert', model, '--out', 'x', '--precision', 'fp32', '--runs', '0'], '--runs'],
    [['convert', model, '--out', 'x', '--precision', 'fp32', '--max-map-loss', '1'], '--max-map-loss'],
    [['convert', model, '--out', 'x', '--precision', 'fp32', '--exclude', '/stem/conv/Conv'], '--exclude'],
    [['convert', model, '--out', 'x', '--calibration', '.', '--exclude', 'a,'], '--exclude'],
    [['export', 'x', '--precision', 'int8,fp16', '--to', 'y'], '--precision names more than one engine.'],
  ])('refuses %j with exit code 2 and a sentence', async (words, sentence) => {
    const { code, stdout, stderr } = await runCli(words);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it('tells a usage error as JSON too', async () => {
    const { code, events, stderr } = await runCli(['convert', '--json']);
    expect(code).toBe(2);
    expect(stderr).toBe('');
    expect(events).toHaveLength(1);
    expect(eventSchema.parse(events[0])).toMatchObject({ type: 'error', code: 'bad-usage' });
  });

  it('shows a stack trace with --verbose only', async () => {
    const plain = await runCli(['inspect', 'nothing.onnx']);
    const verbose = await runCli(['inspect', 'nothing.onnx', '--verbose']);
    expect([plain.code, verbose.code]).toEqual([2, 2]);
    expect(plain.stderr).toBe('nothing.onnx does not exist.\nCheck the path.\n');
    expect(verbose.stderr).toMatch(/\n\s+at /);
  });

  it('doctor names the processor and says that all parts work', async () => {
    const { code, events } = await runCli(['doctor', '--json']);
    expect(code).toBe(0);
    expect(events.at(-1)).toMatchObject({ type: 'report', command: 'doctor' });
    const parts = events.at(-1)?.parts as { works: boolean }[];
    expect(parts.map(({ works }) => works)).toEqual([true, true, true]);
  });

  it('inspect describes the sample', async () => {
    const { code, events } = await runCli(['inspect', model, '--json']);
    expect(code).toBe(0);
    expect(events.at(-1)).toMatchObject({
      type: 'report',
      command: 'inspect',
      model: { opset: 17, layout: 'yolov5', classNames: ['bolt', 'nut', 'washer', 'gear'] },
      preprocessing: { width: 416, height: 416 },
      parameters: 750796,
      problems: [],
    });
  });
});

describe.skipIf(!built)(`a conversion${whyNotBuilt}`, () => {
  let out: string;
  let converted: Awaited<ReturnType<typeof runCli>>;

  beforeAll(async () => {
    out = join(folder, 'run');
    converted = await runCli([
      'convert',
      model,
      '--out',
      out,
      ...shortConversion,
      '--labels',
      labels,
      '--json',
    ]);
  }, 120_000);

  it('ends with the report as its last event, every line by the contract', () => {
    expect(converted.stderr).toBe('');
    expect(converted.code).toBe(0);
    for (const event of converted.events) eventSchema.parse(event);
    const last = eventSchema.parse(converted.events.at(-1));
    if (last.type !== 'report') throw new Error('the last event is no report');
    expect(last.report.results.map(({ precision }) => precision)).toEqual(['fp32', 'fp16', 'int8']);
    const onDisk = reportSchema.parse(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')));
    expect(onDisk).toEqual(last.report);
  });

  it('moves its progress forward only, to the end', () => {
    const values = converted.events.flatMap((event) =>
      event.type === 'progress' ? [Number(event.value)] : [],
    );
    expect(values.length).toBeGreaterThan(5);
    expect(values).toEqual([...values].sort((a, b) => a - b));
    expect(values.at(-1)).toBeCloseTo(1, 6);
  });

  it('leaves engines, manifests, cache and reports, and nothing else', () => {
    expect(readdirSync(out).sort()).toEqual([
      'parts-fp16.engine.json',
      'parts-fp16.onnx',
      'parts-fp32.engine.json',
      'parts-fp32.onnx',
      'parts-int8.calib.cache',
      'parts-int8.engine.json',
      'parts-int8.onnx',
      'parts-ranges.json',
      'report.html',
      'report.json',
    ]);
  });

  it('exports an engine with what belongs to it, and refuses one that was changed', async () => {
    const to = join(folder, 'exported');
    const exported = await runCli(['export', out, '--precision', 'int8', '--to', to, '--json']);
    expect(exported.code).toBe(0);
    expect(readdirSync(to).sort()).toEqual([
      'parts-int8.calib.cache',
      'parts-int8.engine.json',
      'parts-int8.onnx',
      'parts-ranges.json',
      'report.html',
      'report.json',
    ]);
    expect(readFileSync(join(to, 'parts-int8.onnx'))).toEqual(readFileSync(join(out, 'parts-int8.onnx')));

    const again = await runCli(['export', out, '--precision', 'int8', '--to', to]);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('exists already');

    appendFileSync(join(out, 'parts-fp16.onnx'), 'x');
    const changed = await runCli(['export', out, '--precision', 'fp16', '--to', join(folder, 'changed')]);
    expect(changed.code).toBe(2);
    expect(changed.stderr).toContain('is not the file that the report describes');
    expect(readdirSync(join(folder, 'changed'))).toEqual([]);
  });

  it('evaluates, compares and measures its engines one by one', async () => {
    const images = [
      '--validation',
      join(sample, 'images', 'validation'),
      '--labels',
      labels,
      '--validation-limit',
      '4',
    ];
    const evaluated = await runCli(['evaluate', join(out, 'parts-int8.onnx'), ...images, '--json']);
    expect(evaluated.code).toBe(0);
    const int8 = reportSchema
      .parse(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')))
      .results.find(({ precision }) => precision === 'int8');
    expect(evaluated.events.at(-1)).toMatchObject({
      command: 'evaluate',
      accuracy: { map50: int8?.accuracy?.map50, map5095: int8?.accuracy?.map5095 },
    });

    const tried = await runCli([
      'evaluate',
      join(sample, 'parts.onnx'),
      ...images.slice(0, -1),
      '6',
      ...['--size', '224x224', '--scale', '1', '--try-preprocessing', '--json'],
    ]);
    const offered = `--scale ${1 / 255}`;
    expect(tried.events.at(-1)).toMatchObject({ preprocessingCheck: { images: 6, offered } });
    expect(tried.stdout).toContain(`Run again with ${offered}.`);

    const fp32 = join(out, 'parts-fp32.onnx');
    const compared = await runCli([
      'compare',
      fp32,
      fp32,
      '--images',
      join(sample, 'images', 'validation'),
      '--limit',
      '3',
      '--json',
    ]);
    expect(compared.code).toBe(0);
    expect(compared.events.at(-1)).toMatchObject({
      command: 'compare',
      agreement: { lost: 0, added: 0, moved: 0 },
    });

    const measured = await runCli([
      'benchmark',
      fp32,
      join(out, 'parts-int8.onnx'),
      '--runs',
      '3',
      '--warmup',
      '1',
      '--batches',
      '1',
      '--json',
    ]);
    expect(measured.code).toBe(0);
    const models = measured.events.at(-1)?.models as { model: string; latency: { samples: number[] } }[];
    expect(models.map(({ model: path, latency }) => [path, latency.samples.length])).toEqual([
      [fp32, 3],
      [join(out, 'parts-int8.onnx'), 3],
    ]);
  }, 120_000);

  it('calibrates alone, into our cache and TensorRT\u2019s', async () => {
    const cache = join(folder, 'ranges.json');
    const tensorrt = join(folder, 'calib.table');
    const words = [
      'calibrate',
      model,
      '--calibration',
      join(sample, 'images', 'calibration'),
      '--calibration-limit',
      '3',
      '--method',
      'minmax',
      '--cache',
      cache,
      '--tensorrt-cache',
      tensorrt,
      '--json',
    ];
    const first = await runCli(words);
    expect(first.code).toBe(0);
    expect(first.events.at(-1)).toMatchObject({ command: 'calibrate', cache: 'computed', images: 3 });
    expect(readFileSync(tensorrt, 'utf8')).toMatch(
      /^TRT-8503-EntropyCalibration2\n(?:[^\n]+: [0-9a-f]{8}\n)+$/,
    );
    expect((await runCli(words)).events.at(-1)).toMatchObject({ cache: 'reused' });
  }, 60_000);

  it('says that a target was not reached, keeps all engines and exits with 1', async () => {
    // Ranges eight times too narrow cost accuracy on any machine.
    const cache = join(folder, 'narrow.json');
    const document = JSON.parse(readFileSync(join(out, 'parts-ranges.json'), 'utf8')) as {
      ranges: { threshold: number; scale: number }[];
    };
    for (const range of document.ranges) {
      range.threshold /= 8;
      range.scale /= 8;
    }
    writeFileSync(cache, JSON.stringify(document));
    const missed = join(folder, 'missed');
    const { code, stderr } = await runCli([
      'convert',
      model,
      '--out',
      missed,
      ...shortConversion,
      '--labels',
      labels,
      '--cache',
      cache,
      '--max-map-loss',
      '0.5',
      // The search for layers to return to float is another test's.
      '--search-minutes',
      '0.0001',
      '--allow-lost-detections',
    ]);
    expect(stderr).toMatch(/--max-map-loss 0.5 is not reached: best was .*INT8 loses/);
    // The table comes first, so that the verdict is what is read last.
    expect(stderr.indexOf('Report:')).toBeLessThan(stderr.lastIndexOf('not reached'));
    expect(code).toBe(1);
    expect(existsSync(join(missed, 'parts-int8.onnx'))).toBe(true);
  }, 60_000);
});

describe.skipIf(!built)(`Ctrl-C${whyNotBuilt}`, () => {
  it.each([
    ['while it calibrates', 'Calibrate on', 'SIGINT'],
    ['while it measures', 'Measure latency', 'SIGTERM'],
  ] as const)(
    '%s: exit 130, no child and no half-written file left',
    async (_when, title, signal) => {
      const out = join(folder, `cancelled-${signal}`);
      const marker = `engineroom-test-${randomBytes(6).toString('hex')}`;
      let sent = false;
      const result = await runCli(
        ['convert', model, '--out', out, ...shortConversion, '--calibration-limit', '96', '--runs', '5000'],
        {
          env: { ENGINEROOM_TEST_MARKER: marker },
          onOutput: (text, child) => {
            if (!sent && text.includes(title)) {
              sent = true;
              setTimeout(() => child.kill(signal), 300);
            }
          },
        },
      );
      expect(result.stderr).toContain('The run was cancelled.');
      expect(result.code).toBe(130);
      expect(workersAlive(marker)).toEqual([]);
      // Ranges that were complete by then are kept; an output folder of the run's own making goes with it.
      const left = (existsSync(out) ? readdirSync(out) : []).filter((name) => name !== 'parts-ranges.json');
      expect(left).toEqual([]);
      console.log(`cancelled ${_when}: ended ${result.secondsToEnd.toFixed(2)} s after the signal`);
    },
    60_000,
  );
});
