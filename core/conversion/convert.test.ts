import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hashFile } from '../base/files.ts';
import { attribute, GraphEditor, makeNode } from '../onnx/graph.ts';
import { readModel, writeModel } from '../onnx/model-file.ts';
import { floatTensor } from '../onnx/tensors.ts';
import { buildModel, seededValues } from '../onnx/testing/build-model.ts';
import { convert } from './convert.ts';
import type { RunEvent } from './events.ts';
import type { Report } from './report.ts';
import { parseSpecification, type SpecificationInput } from './specification.ts';
import { dividingDetector } from './testing/dividing-detector.ts';

const root = join(import.meta.dirname, '../..');
const sample = join(root, 'assets/sample');
const compiled = join(root, 'dist/core/conversion/convert.js');
const built = existsSync(compiled);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engineroom-convert-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Processes that `pid` has started; Linux tells. */
async function childrenOf(pid: number): Promise<number[]> {
  for (let i = 0; i < 100; i++) {
    const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
    if (text.trim() !== '') return text.trim().split(' ').map(Number);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return [];
}

/** Whether a process ends within ten seconds. */
async function gone(pid: number): Promise<boolean> {
  for (let i = 0; i < 200; i++) {
    // A process that has ended and is not yet buried counts as gone.
    const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    if (state === '' || /\) Z/.test(state)) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

/** A folder on a file system of two megabytes; null where this user may not mount one. */
function mountSmall(path: string): boolean {
  return (
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', path], { stdio: 'ignore' }).status === 0
  );
}

/** Small enough for a test: little images, few of them, few calls. */
function small(out: string, more: Partial<SpecificationInput> = {}): SpecificationInput {
  return {
    model: join(sample, 'parts.onnx'),
    out: join(folder, out),
    threads: 1,
    preprocessing: { width: 224, height: 224 },
    calibration: { images: join(sample, 'images/calibration'), limit: 6 },
    validation: {
      images: join(sample, 'images/validation'),
      labels: join(sample, 'annotations/validation.json'),
      limit: 8,
    },
    benchmark: { warmup: 0, runs: 3, batches: [1], endToEndImages: 0 },
    ...more,
  };
}

async function run(specification: SpecificationInput, signal?: AbortSignal) {
  const events: RunEvent[] = [];
  const outcome = await convert(parseSpecification(specification), {
    signal,
    onEvent: (event) => events.push(event),
  });
  const codes = events.flatMap((event) => (event.type === 'note' ? [event.note.code] : []));
  return { ...outcome, events, codes };
}

// Each run starts some ten processes, which takes a while on a machine that does other things too.
vi.setConfig({ testTimeout: 240_000 });

describe.skipIf(!built)(`convert${built ? '' : ' (skipped: dist/ is not built)'}`, () => {
  it('writes engines, manifests, ranges and reports, and nothing else', async () => {
    const { report, reportPath, htmlPath, events, codes, verdict } = await run(
      small('whole', { benchmark: { warmup: 1, runs: 3, batches: [1, 2], endToEndImages: 2 } }),
    );
    expect((await readdir(join(folder, 'whole'))).sort()).toEqual([
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
    expect(verdict).toBeNull();

    const written: Report = JSON.parse(await readFile(reportPath, 'utf8'));
    expect(written).toEqual(JSON.parse(JSON.stringify(report)));
    expect(written.results.map(({ precision }) => precision)).toEqual(['fp32', 'fp16', 'int8']);
    for (const result of written.results) {
      const engine = join(folder, 'whole', result.engine!);
      expect(await hashFile(engine)).toBe(result.sha256);
      const manifest = JSON.parse(await readFile(join(folder, 'whole', result.manifest!), 'utf8'));
      expect(manifest).toMatchObject({
        precision: result.precision,
        engine: { file: result.engine, sha256: result.sha256 },
        model: { sha256: written.model.sha256 },
        preprocessing: { width: 224, height: 224 },
        command: written.command,
      });
      expect(result.latencyMs.samples).toHaveLength(3);
      expect(Object.values(result.endToEndMs!.shares).reduce((a, b) => a + b)).toBeCloseTo(1, 9);
      expect(result.throughput.map(({ batch }) => batch)).toEqual([1, 2]);
    }
    const [fp32, fp16, int8] = written.results;
    expect(fp32!.accuracy!.map50).toBeGreaterThan(0.5);
    expect(Math.abs(fp16!.accuracy!.map5095 - fp32!.accuracy!.map5095)).toBeLessThan(0.02);
    expect(int8!.agreement!.matched).toBeGreaterThan(0.8 * int8!.agreement!.referenceDetections);
    expect(fp16!.bytes).toBeLessThan(0.6 * fp32!.bytes);
    expect(int8!.bytes).toBeLessThan(0.4 * fp32!.bytes);
    expect(int8!.timeShares!.quantized).toBeGreaterThan(0);
    expect(int8!.quantization!.keptFloat.length).toBeGreaterThan(0);
    expect(written.calibration!.images).toBe(6);
    expect(written.calibration!.ranges.every(({ histogram }) => histogram?.counts.length === 128)).toBe(true);
    expect(written.calibration!.peakRssBytes).toBeGreaterThan(20 * 2 ** 20);
    expect(report.command).toContain('--size 224x224');
    expect(written.preprocessingCheck).toMatchObject({ images: 8, offered: null });
    expect(codes).toContain('preprocessing-confirmed');
    const page = await readFile(htmlPath, 'utf8');
    expect(page).toMatch(/<section id="preprocessing"[\s\S]*<image href="data:image\/jpeg;base64,/);

    const values = events.flatMap((event) => (event.type === 'progress' ? [event.value] : []));
    expect(values.at(-1)).toBeCloseTo(1, 9);
    expect(values.every((value, i) => i === 0 || value >= values[i - 1]!)).toBe(true);
    const finished = events.flatMap((event) => (event.type === 'step-finished' ? [event.step] : []));
    const [started] = events;
    expect(started).toMatchObject({ type: 'run-started' });
    expect(started?.type === 'run-started' && started.steps.map(({ id }) => id)).toEqual(finished);
  });

  it('gives the same ranges, engines and mAP for the same specification', async () => {
    const specification = (out: string) =>
      small(out, { precisions: ['fp32', 'int8'], preprocessing: { width: 160, height: 160 } });
    const [a, b] = [await run(specification('same-a')), await run(specification('same-b'))];
    const file = (out: string, name: string) => readFile(join(folder, out, name));
    for (const name of ['parts-ranges.json', 'parts-int8.onnx', 'parts-fp32.onnx']) {
      expect((await file('same-a', name)).equals(await file('same-b', name)), name).toBe(true);
    }
    expect(a.report.results.map(({ accuracy, agreement }) => ({ accuracy, agreement }))).toEqual(
      b.report.results.map(({ accuracy, agreement }) => ({ accuracy, agreement })),
    );
    expect(a.report.calibration!.ranges).toEqual(b.report.calibration!.ranges);
  });

  it('gives the same ranges for batch 1 and batch 3', async () => {
    const ranges = async (batch: number) => {
      const { report } = await run(
        small(`batch-${batch}`, { batch, precisions: ['int8'], preprocessing: { width: 96, height: 96 } }),
      );
      expect(report.results[0]!.latencyMs.batch).toBe(batch);
      return report.calibration!.ranges;
    };
    expect(await ranges(3)).toEqual(await ranges(1));
  });

  it('uses a fresh cache again, names a stale one with the reason, and reuses it only when told to', async () => {
    const at = (side: number, reuseStale = false) =>
      run(
        small('cache', {
          precisions: ['int8'],
          preprocessing: { width: side, height: side },
          calibration: { images: join(sample, 'images/calibration'), limit: 3, reuseStale },
        }),
      );
    const first = await at(96);
    expect(first.report.calibration!.cache).toBe('computed');
    const second = await at(96);
    expect(second.report.calibration!.cache).toBe('reused');
    expect(second.codes).toContain('cache-reused');
    expect(second.report.results[1]!.sha256).toBe(first.report.results[1]!.sha256);
    const told = await at(64, true);
    expect(told.report.calibration!.cache).toBe('reused-stale');
    const stale = await at(64);
    expect(stale.report.calibration!.cache).toBe('computed');
    const note = stale.report.notes.find(({ code }) => code === 'stale-cache');
    expect(note?.message).toContain('size 96x96 then, 64x64 now');
    expect(note?.message).toContain('parts-ranges.json');
  });

  it('writes the ranges for TensorRT, and makes the same engine from them again', async () => {
    const specification = (out: string, cache: string | null) =>
      small(out, {
        precisions: ['int8'],
        preprocessing: { width: 96, height: 96 },
        calibration: { images: join(sample, 'images/calibration'), limit: 3, cache },
      });
    const first = await run(specification('tensorrt', null));
    const name = first.report.calibration!.tensorRtCache!;
    expect(name).toBe('parts-int8.calib.cache');
    const path = join(folder, 'tensorrt', name);
    const written = await readFile(path);
    expect(written.toString()).toMatch(/^TRT-8503-EntropyCalibration2\nimages: [0-9a-f]{8}\n/);
    const manifest = JSON.parse(
      await readFile(join(folder, 'tensorrt', first.report.results[1]!.manifest!), 'utf8'),
    );
    expect(manifest.calibration.tensorRtCache).toBe(name);

    const again = await run(specification('tensorrt-again', path));
    const { calibration, results } = again.report;
    const tensors = calibration!.ranges.length;
    expect(calibration).toMatchObject({ cache: 'imported', images: 0, key: await hashFile(path) });
    expect(calibration!.imported).toEqual({
      calibrator: 'EntropyCalibration2',
      version: 8503,
      scales: tensors,
      matched: tensors,
    });
    expect(again.codes).toContain('cache-imported');
    expect(results[1]!.sha256).toBe(first.report.results[1]!.sha256);
    // What was imported stays as it is and is handed on.
    expect(await readFile(path)).toEqual(written);
    expect(await readFile(join(folder, 'tensorrt-again', name))).toEqual(written);
    expect(await readdir(join(folder, 'tensorrt-again'))).not.toContain('parts-ranges.json');

    const cut = join(folder, 'cut.cache');
    const lines = written.toString().trimEnd().split('\n');
    await writeFile(cut, `${lines.slice(0, -2).join('\n')}\n`);
    const lacking = lines.at(-1)!.slice(0, -10);
    await expect(run(specification('tensorrt-cut', cut))).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining(lacking),
      remedy: expect.stringContaining('calibrate afresh'),
    });
    expect(existsSync(join(folder, 'tensorrt-cut'))).toBe(false);
  });

  it('compares with fp32 without labels, on the calibration images if need be', async () => {
    const { report, codes } = await run(
      small('unlabelled', { validation: null, preprocessing: { width: 160, height: 160 } }),
    );
    expect(codes).toContain('no-labels');
    expect(report.results.every(({ accuracy }) => accuracy === null)).toBe(true);
    expect(report.results[1]!.agreement!.images).toBe(6);
  });

  it('stops within a second when cancelled, and leaves nothing', async () => {
    const controller = new AbortController();
    const running = convert(parseSpecification(small('cancelled')), {
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type === 'progress' && event.step === 'calibrate' && event.stepValue > 0.2)
          controller.abort();
      },
    });
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    expect(existsSync(join(folder, 'cancelled'))).toBe(false);
  });

  it.skipIf(process.platform !== 'linux')(
    'after a run that was killed, the next one works and says what was left',
    async () => {
      const specification = small('killed', { precisions: ['fp32'], calibration: null, validation: null });
      const script = `
      const { convert } = await import(${JSON.stringify(compiled)});
      const { parseSpecification } = await import(${JSON.stringify(compiled.replace('convert.js', 'specification.js'))});
      await convert(parseSpecification(${JSON.stringify(specification)}), {
        onEvent: (event) => { if (event.type === 'step-started') console.log(event.step); },
      });`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await new Promise((resolve) => child.stdout.once('data', resolve));
      const workers = await childrenOf(child.pid!);
      expect(workers.length).toBeGreaterThan(0);
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('close', resolve));
      for (const worker of workers) expect(await gone(worker), `worker ${worker}`).toBe(true);
      expect((await readdir(join(folder, 'killed'))).filter((name) => name.startsWith('.'))).toHaveLength(1);
      const { codes } = await run(specification);
      expect(codes).toContain('left-over');
      expect((await readdir(join(folder, 'killed'))).sort()).toEqual([
        'parts-fp32.engine.json',
        'parts-fp32.onnx',
        'report.html',
        'report.json',
      ]);
    },
  );

  it('refuses what cannot work before the long part, and leaves nothing', async () => {
    const emptyFolder = join(folder, 'empty');
    await mkdir(emptyFolder);
    const broken = join(folder, 'broken.onnx');
    await writeFile(broken, (await readFile(join(sample, 'parts.onnx'))).subarray(0, 5000));
    const twoClasses = join(folder, 'two-classes.json');
    const labels = JSON.parse(await readFile(join(sample, 'annotations/validation.json'), 'utf8'));
    labels.categories = labels.categories.slice(0, 2);
    labels.annotations = labels.annotations.filter((a: { category_id: number }) => a.category_id < 2);
    await writeFile(twoClasses, JSON.stringify(labels));
    const cases: readonly (readonly [Partial<SpecificationInput>, string, string])[] = [
      [{ calibration: { images: emptyFolder } }, 'bad-input', 'empty'],
      [{ calibration: { images: join(folder, 'nowhere') } }, 'bad-input', 'nowhere'],
      [{ model: broken }, 'bad-input', 'broken.onnx'],
      [{ model: join(sample, 'README.md') }, 'bad-input', 'README.md'],
      [
        { validation: { images: join(sample, 'images/validation'), labels: twoClasses } },
        'bad-input',
        '2 classes',
      ],
    ];
    for (const [more, code, words] of cases) {
      const failed = run(small('refused', more));
      await expect(failed, words).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
    }
    expect(existsSync(join(folder, 'refused'))).toBe(false);
  });

  it('says that the disk is full, and leaves nothing', async (test) => {
    const disk = join(folder, 'disk');
    await mkdir(disk);
    if (!mountSmall(disk)) test.skip('a small file system cannot be mounted here');
    try {
      const failed = run({
        ...small('unused', { precisions: ['fp32'], calibration: null, validation: null }),
        out: disk,
      });
      await expect(failed).rejects.toMatchObject({
        code: 'disk-full',
        message: expect.stringContaining(disk),
      });
      expect(await readdir(disk)).toEqual([]);
    } finally {
      spawnSync('umount', [disk]);
    }
  });

  it('converts a classifier, without accuracy and with a note', async () => {
    const model = join(folder, 'classifier.onnx');
    await writeModel(
      buildModel({
        inputs: [{ name: 'image', dims: [1, 3, 32, 32] }],
        outputs: [{ name: 'scores', dims: [1, 5] }],
        nodes: [
          makeNode('Conv', {
            name: 'conv',
            inputs: ['image', 'w'],
            outputs: ['c'],
            attributes: [attribute.ints('kernel_shape', [3, 3])],
          }),
          makeNode('Relu', { name: 'relu', inputs: ['c'], outputs: ['r'] }),
          makeNode('GlobalAveragePool', { name: 'globalaveragepool', inputs: ['r'], outputs: ['p'] }),
          makeNode('Flatten', { name: 'flatten', inputs: ['p'], outputs: ['f'] }),
          makeNode('Gemm', { name: 'gemm', inputs: ['f', 'g'], outputs: ['scores'] }),
        ],
        initializers: [
          floatTensor('w', [8, 3, 3, 3], seededValues(216)),
          floatTensor('g', [8, 5], seededValues(40, 2)),
        ],
      }),
      model,
    );
    const { report, codes, verdict } = await run(small('classifier-out', { model, preprocessing: {} }));
    expect(codes).toContain('not-a-detector');
    expect(verdict).toBeNull();
    expect(report.model.layout).toBe('none');
    expect(report.results).toHaveLength(3);
    expect(report.results.every(({ accuracy, agreement }) => accuracy === null && agreement === null)).toBe(
      true,
    );
    await expect(
      run(small('classifier-size', { model, preprocessing: { width: 64, height: 64 } })),
    ).rejects.toMatchObject({ code: 'bad-usage', message: expect.stringContaining('--size') });
  });

  it('makes outputs that are not finite an error state that names image and tensor', async () => {
    const model = join(folder, 'divides.onnx');
    await writeModel(await dividingDetector(join(sample, 'parts.onnx')), model);
    const images = join(folder, 'one-black');
    await mkdir(images);
    await copyFile(join(sample, 'images/validation/parts_0001.jpg'), join(images, 'good.jpg'));
    const black = { width: 224, height: 224, channels: 3 as const, background: 'black' };
    await sharp({ create: black }).png().toFile(join(images, 'black.png'));
    const { report, codes, verdict } = await run(
      small('one-black-out', {
        model,
        precisions: ['fp32', 'fp16'],
        calibration: null,
        validation: { images },
      }),
    );
    expect(report.results.map(({ status }) => status)).toEqual(['non-finite', 'non-finite']);
    expect(codes).toContain('non-finite');
    expect(verdict).toMatchObject({
      code: 'detections-lost',
      message: expect.stringMatching(/for 1 of 2 images, e\.g\. \d+ values of output0 for black\.png/),
    });
  });

  it('keeps in float32 what the images show to exceed float16, quantized or not, and names it', async () => {
    // The gate of the first SiLU gets its argument 50,000 times too large: a tensor that int8 does not range.
    const model = join(folder, 'overflows.onnx');
    const proto = await readModel(join(sample, 'parts.onnx'));
    const graph = new GraphEditor(proto.proto.graph!);
    const gate = graph.nodes.find(({ opType }) => opType === 'Sigmoid')!;
    graph.addInitializer(floatTensor('factor', [], Float32Array.of(50_000)));
    graph.addNode(makeNode('Mul', { name: 'grow', inputs: [gate.input[0]!, 'factor'], outputs: ['grown'] }), {
      before: gate,
    });
    graph.replaceInput(gate, gate.input[0]!, 'grown');
    await writeModel(proto, model);
    const { report } = await run(
      small('overflows', { model, precisions: ['fp32', 'fp16'], calibration: null }),
    );
    const [, fp16] = report.results;
    const note = fp16!.notes.find(({ code }) => code === 'beyond-float16');
    expect(note?.message).toMatch(/grown with [\d.]+e?\+?\d*; /);
    expect(fp16!.status).toBe('ok');
  });

  it('fails the run for lost mAP when told to, and keeps everything', async () => {
    const { verdict, report } = await run(
      small('target', {
        precisions: ['int8'],
        checks: { maxMapLoss: 0 },
        // The search for layers to return to float has tests of its own.
        quantization: { searchMinutes: 1e-4 },
        // A percentile this low clips most of every activation.
        calibration: {
          images: join(sample, 'images/calibration'),
          limit: 3,
          method: 'percentile',
          percentile: 50,
        },
      }),
    );
    expect(['target-missed', 'detections-lost']).toContain(verdict?.code);
    expect(report.results[1]!.engine).toBe('parts-int8.onnx');
    expect(await readdir(join(folder, 'target'))).toContain('parts-int8.onnx');
  });

  it('makes lost detections an error state, unless they are allowed', async () => {
    const specification = (out: string, allowLostDetections: boolean) =>
      small(out, {
        precisions: ['int8'],
        checks: { allowLostDetections },
        calibration: {
          images: join(sample, 'images/calibration'),
          limit: 3,
          method: 'percentile',
          percentile: 5,
        },
      });
    const lost = await run(specification('lost', false));
    expect(lost.verdict).toMatchObject({ code: 'detections-lost' });
    expect(lost.report.results[1]!.status).toBe('detections-lost');
    expect(lost.codes).toContain('detections-lost');
    expect((await run(specification('allowed', true))).verdict).toBeNull();
  });

  it('drops an engine that does not pay, when told to', async () => {
    const { report, codes } = await run(
      small('dropped', { precisions: ['int8'], checks: { keepOnlyIfFaster: 1000 } }),
    );
    expect(codes).toContain('dropped');
    expect(report.results[1]).toMatchObject({ status: 'dropped', engine: null, manifest: null });
    const files = await readdir(join(folder, 'dropped'));
    expect(files).toContain('parts-fp32.onnx');
    expect(files.filter((name) => name.includes('int8'))).toEqual([]);
  });

  it('takes a float16 model, and says of a quantized one what it is', async () => {
    const again = (engine: string) =>
      run(
        small(`again-${engine}`, {
          model: join(folder, 'whole', engine),
          precisions: ['fp32'],
          calibration: null,
        }),
      );
    const half = await again('parts-fp16.onnx');
    expect(half.codes).toContain('half-precision-model');
    expect(half.report.results[0]!.accuracy!.map50).toBeGreaterThan(0.5);
    expect((await again('parts-int8.onnx')).codes).toContain('already-quantized');
  });

  it('reads an image set with a broken file and goes on without it', async () => {
    const images = join(folder, 'one-broken');
    await mkdir(images);
    const names = (await readdir(join(sample, 'images/calibration'))).slice(0, 3);
    for (const name of names) await copyFile(join(sample, 'images/calibration', name), join(images, name));
    await writeFile(join(images, names[1]!), 'no picture');
    const { report, codes } = await run(
      small('one-broken-out', { precisions: ['int8'], calibration: { images }, validation: null }),
    );
    expect(report.calibration!.images).toBe(2);
    expect(codes).toContain('unreadable-images');
  });
});
