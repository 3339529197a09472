/** What bad input gets: one sentence that names the thing and the remedy, the right exit code, nothing half-written. */

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from '@bufbuild/protobuf';
import { StringStringEntryProtoSchema, TensorProto_DataLocation } from 'onnx-buf';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportSchema } from '../../contract/report-schema.ts';
import { makeNode } from '../../core/onnx/graph.ts';
import { readModel, serialiseModel } from '../../core/onnx/model-file.ts';
import { floatTensor } from '../../core/onnx/tensors.ts';
import { buildModel, seededValues } from '../../core/onnx/testing/build-model.ts';
import { built, type CliOptions, runCli, sample, whyNotBuilt, workersAlive } from './testing/run-cli.ts';

const model = join(sample, 'parts.onnx');
const calibrationImages = join(sample, 'images', 'calibration');
const validationImages = join(sample, 'images', 'validation');
const labels = join(sample, 'annotations', 'validation.json');

/** Small and few, so that a conversion takes seconds. */
const quick = [
  '--size',
  '128x128',
  '--calibration-limit',
  '3',
  '--method',
  'minmax',
  '--warmup',
  '0',
  '--runs',
  '3',
  '--batches',
  '1',
  '--end-to-end-images',
  '0',
];
const quickFloat = [
  '--size',
  '128x128',
  '--precision',
  'fp32',
  '--warmup',
  '0',
  '--runs',
  '3',
  '--batches',
  '1',
  '--end-to-end-images',
  '0',
];

let folder: string;
let nextOut = 0;
const newOut = () => join(folder, `out-${nextOut++}`);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'engineroom-bad-'));
  chmodSync(folder, 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs `convert`; whatever comes must be words for people, and no run may leave work files behind. */
async function convert(modelPath: string, out: string, words: readonly string[], options: CliOptions = {}) {
  const result = await runCli(['convert', modelPath, '--out', out, ...words], options);
  expect(result.stdout).toBe('');
  expect(result.stderr).not.toMatch(/\n\s+at .*:\d+/);
  expect(result.stderr).not.toContain('Engine Room made a mistake');
  if (existsSync(out)) {
    expect(readdirSync(out).filter((name) => name.startsWith('.'))).toEqual([]);
  }
  return result;
}

function readReport(out: string) {
  return reportSchema.parse(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')));
}

function makeFolder(name: string): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  return path;
}

function write(name: string, contents: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, contents);
  return path;
}

describe.skipIf(!built)(`a bad model${whyNotBuilt}`, () => {
  async function refuses(path: string, ...parts: readonly (string | RegExp)[]) {
    const out = newOut();
    const { code, stderr } = await convert(path, out, quickFloat);
    for (const part of parts) expect(stderr).toMatch(part);
    expect(code).toBe(2);
    expect(existsSync(out) ? readdirSync(out) : []).toEqual([]);
  }

  it('that is cut off', async () => {
    const bytes = readFileSync(model);
    await refuses(write('cut.onnx', bytes.subarray(0, bytes.length / 2)), 'cut.onnx');
  });

  it('that is no ONNX file', async () => {
    await refuses(
      write('picture.onnx', readFileSync(join(validationImages, 'parts_0001.jpg'))),
      'picture.onnx',
      /JPEG|not an ONNX/i,
    );
    await refuses(write('empty.onnx', ''), 'empty.onnx');
    await refuses(makeFolder('folder.onnx'), 'folder.onnx');
    await refuses(join(folder, 'absent.onnx'), 'absent.onnx', 'does not exist');
  });

  async function withExternalData(location: string): Promise<Uint8Array> {
    const { proto } = await readModel(model);
    const tensor = proto.graph!.initializer.find(({ rawData }) => rawData.length > 1000)!;
    tensor.rawData = new Uint8Array();
    tensor.dataLocation = TensorProto_DataLocation.EXTERNAL;
    tensor.externalData = [create(StringStringEntryProtoSchema, { key: 'location', value: location })];
    return serialiseModel(proto);
  }

  it('whose external data is missing', async () => {
    await refuses(
      write('external.onnx', await withExternalData('weights.bin')),

      'weights.bin',
      'missing',
    );
  });

  it('whose external data points outside its folder', async () => {
    write('outside.bin', new Uint8Array(1_000_000));
    const inner = makeFolder('inner');
    const path = join(inner, 'escape.onnx');
    writeFileSync(path, await withExternalData('../outside.bin'));
    await refuses(path, 'escape.onnx', 'outside');
  });

  it('whose opset is too new', async () => {
    const { proto } = await readModel(model);
    proto.opsetImport[0]!.version = 99n;
    await refuses(write('future.onnx', serialiseModel(proto)), 'future.onnx', 'opset', '99');
  });

  it('that is a classifier: converts without mAP and says so', async () => {
    const classes = 5;
    const { proto } = buildModel({
      inputs: [{ name: 'image', dims: [1, 3, 32, 32] }],
      outputs: [{ name: 'scores', dims: [1, classes] }],
      nodes: [
        makeNode('Conv', { inputs: ['image', 'w'], outputs: ['c'], name: 'conv' }),
        makeNode('Relu', { inputs: ['c'], outputs: ['r'], name: 'relu' }),
        makeNode('GlobalAveragePool', { inputs: ['r'], outputs: ['p'], name: 'pool' }),
        makeNode('Flatten', { inputs: ['p'], outputs: ['scores'], name: 'flatten' }),
      ],
      initializers: [floatTensor('w', [classes, 3, 3, 3], seededValues(classes * 27))],
    });
    const out = newOut();
    const words = ['--calibration', calibrationImages, '--validation', validationImages, '--labels', labels];
    const { code, stderr } = await convert(write('classifier.onnx', serialiseModel(proto)), out, [
      ...words,
      ...quick.slice(2),
      '--validation-limit',
      '3',
    ]);
    expect(stderr).toMatch(/not (?:those of )?a detector/);
    expect(code).toBe(0);
    const report = readReport(out);
    expect(report.model.layout).toBe('none');
    expect(report.results.map(({ precision, accuracy }) => [precision, accuracy])).toEqual([
      ['fp32', null],
      ['fp16', null],
      ['int8', null],
    ]);
  }, 120_000);
});

describe.skipIf(!built)(`bad images${whyNotBuilt}`, () => {
  const withCalibration = (images: string) => ['--calibration', images, ...quick];

  it('none at all, or none among other files', async () => {
    const empty = makeFolder('no-images');
    const nothing = await convert(model, newOut(), withCalibration(empty));
    expect(nothing.stderr).toContain('no-images is empty');
    expect(nothing.code).toBe(2);

    const texts = makeFolder('texts');
    for (const name of ['a.txt', 'b.txt', 'c.md']) writeFileSync(join(texts, name), 'words');
    const { code, stderr } = await convert(model, newOut(), withCalibration(texts));
    expect(stderr).toContain('holds no image');
    expect(stderr).toContain('2 .txt');
    expect(code).toBe(2);

    const absent = await convert(model, newOut(), withCalibration(join(folder, 'absent-images')));
    expect(absent.stderr).toContain('absent-images does not exist');
    expect(absent.code).toBe(2);
  });

  it('all unreadable', async () => {
    const broken = makeFolder('broken');
    writeFileSync(join(broken, 'a.jpg'), 'no picture');
    const { code, stderr } = await convert(model, newOut(), withCalibration(broken));
    expect(stderr).toMatch(/cannot? be read|can be read/);
    expect(stderr).toContain('broken');
    expect(code).toBe(2);
  });

  it('a single one, one of 1x1 pixel, one cut in half, one of 20,000x20,000: works, warns, names the broken one', async () => {
    const single = makeFolder('single');
    copyFileSync(join(calibrationImages, readdirSync(calibrationImages)[0]!), join(single, 'only.jpg'));
    const one = await convert(model, newOut(), withCalibration(single));
    expect(one.stderr).toMatch(/warning: Only 1 image/);
    expect(one.code).toBe(0);

    const odd = makeFolder('odd');
    cpSync(single, odd, { recursive: true });
    await sharp({ create: { width: 1, height: 1, channels: 3, background: '#f00' } })
      .png()
      .toFile(join(odd, 'dot.png'));
    const whole = readFileSync(join(single, 'only.jpg'));
    writeFileSync(join(odd, 'half.jpg'), whole.subarray(0, whole.length / 2));
    await sharp({
      create: { width: 20_000, height: 20_000, channels: 3, background: '#456' },
      limitInputPixels: false,
    })
      .png({ compressionLevel: 1 })
      .toFile(join(odd, 'huge.png'));
    const out = newOut();
    const { code, stderr } = await convert(model, out, [
      ...withCalibration(odd),
      '--calibration-limit',
      '10',
    ]);
    expect(stderr).toContain('half.jpg');
    expect(code).toBe(0);
    expect(readReport(out).calibration?.images).toBeGreaterThanOrEqual(2);
  }, 180_000);
});

describe.skipIf(!built)(`bad labels${whyNotBuilt}`, () => {
  interface Coco {
    images: { id: number; file_name: string; width: number; height: number }[];
    annotations: { id: number; image_id: number; category_id: number; bbox: number[] }[];
    categories: { id: number; name: string }[];
  }
  const coco = (): Coco => JSON.parse(readFileSync(labels, 'utf8'));
  const convertWith = async (name: string, change: (document: Coco) => void) => {
    const document = coco();
    change(document);
    const out = newOut();
    const words = [
      '--validation',
      validationImages,
      '--validation-limit',
      '4',
      '--labels',
      write(name, JSON.stringify(document)),
    ];
    return { out, ...(await convert(model, out, [...words, ...quickFloat])) };
  };

  it('with another number of classes', async () => {
    const { code, stderr } = await convertWith('classes.json', (document) => {
      document.categories.push({ id: 99, name: 'spring' });
      document.annotations[0]!.category_id = 99;
    });
    expect(stderr).toMatch(/5|spring/);
    expect(stderr).toMatch(/class/);
    expect(code).toBe(2);
  });

  it('with boxes outside the image: clipped or dropped, and said', async () => {
    const { code, stderr } = await convertWith('outside.json', (document) => {
      for (const [i, annotation] of document.annotations.entries()) {
        // Every second half outside, the others wholly.
        annotation.bbox[0] = i % 2 === 0 ? 600 : 5000;
        annotation.bbox[2] = 100;
      }
    });
    expect(stderr).toMatch(/boxes .*outside/);
    expect(stderr).toMatch(/boxes .*(?:clipped|cut)/);
    expect(stderr).toMatch(/boxes .*dropped/);
    expect(code).toBe(0);
  });

  it('with ids that match no image', async () => {
    const { code, stderr } = await convertWith('ids.json', (document) => {
      for (const annotation of document.annotations) annotation.image_id += 100_000;
    });
    expect(stderr).toMatch(/image/);
    expect(stderr).toMatch(/\bids?\b|image_id/);
    expect([0, 2]).toContain(code);
  });

  it('of another set of images', async () => {
    const { code, stderr } = await convertWith('names.json', (document) => {
      for (const image of document.images) image.file_name = `other-${image.file_name}`;
    });
    expect(stderr).toContain('names.json');
    expect(code).toBe(2);
  });

  it('that are no labels', async () => {
    const out = newOut();
    const path = write('broken.json', '{"images": [');
    const { code, stderr } = await convert(model, out, [
      '--validation',
      validationImages,
      '--labels',
      path,
      ...quickFloat,
    ]);
    expect(stderr).toContain('broken.json');
    expect(code).toBe(2);
  });
});

describe.skipIf(!built)(`a calibration cache${whyNotBuilt}`, () => {
  const precision = ['--precision', 'fp32,int8'];

  it('of other images or other preprocessing is named as stale and not used; ordered, it is used and said', async () => {
    const cache = join(folder, 'shared-ranges.json');
    const words = ['--calibration', calibrationImages, '--cache', cache, ...precision, ...quick];
    const first = newOut();
    expect((await convert(model, first, words)).code).toBe(0);
    expect(readReport(first).calibration?.cache).toBe('computed');

    const same = newOut();
    expect((await convert(model, same, words)).code).toBe(0);
    expect(readReport(same).calibration?.cache).toBe('reused');

    for (const [change, reason] of [
      [['--calibration-limit', '2'], /image/],
      [['--color', 'bgr'], /preprocessing|colou?r/],
      [['--method', 'percentile'], /method/],
    ] as const) {
      const ordered = newOut();
      const reused = await convert(model, ordered, [...words, ...change, '--reuse-stale-cache']);
      expect(reused.code).toBe(0);
      expect(reused.stderr).toMatch(/stale/);
      expect(readReport(ordered).calibration?.cache).toBe('reused-stale');

      const out = newOut();
      // A copy, because a stale cache is replaced by the new ranges.
      const own = join(folder, `stale-${nextOut}.json`);
      copyFileSync(cache, own);
      const { code, stderr } = await convert(model, out, [...words, ...change, '--cache', own]);
      expect(stderr).toMatch(/stale/);
      expect(stderr).toMatch(reason);
      expect(code).toBe(0);
      expect(readReport(out).calibration?.cache).toBe('computed');
    }
  }, 240_000);

  it('of another model is named as stale and not used', async () => {
    const cache = join(folder, 'model-ranges.json');
    const words = ['--calibration', calibrationImages, '--cache', cache, ...precision, ...quick];
    expect((await convert(model, newOut(), words)).code).toBe(0);
    const { proto } = await readModel(model);
    proto.producerName = 'another exporter';
    const out = newOut();
    const { code, stderr } = await convert(write('other.onnx', serialiseModel(proto)), out, words);
    expect(stderr).toMatch(/stale[^\n]*model/);
    expect(code).toBe(0);
    expect(readReport(out).calibration?.cache).toBe('computed');
  }, 120_000);

  it('that ruins INT8 makes an error of it, in exit code, terminal and report', async () => {
    const cache = join(folder, 'ruin.json');
    const words = [
      '--calibration',
      calibrationImages,
      '--cache',
      cache,
      ...precision,
      ...quick,
      '--size',
      '256x256',
    ];
    expect((await convert(model, newOut(), words)).code).toBe(0);
    const document = JSON.parse(readFileSync(cache, 'utf8')) as {
      ranges: { threshold: number; scale: number }[];
    };
    for (const range of document.ranges) {
      range.threshold /= 1000;
      range.scale /= 1000;
    }
    writeFileSync(cache, JSON.stringify(document));
    const out = newOut();
    const ruined = await convert(model, out, words);
    expect(ruined.stderr).toContain('DETECTIONS LOST');
    expect(ruined.stderr).toMatch(/INT8 is not usable/);
    expect(ruined.code).toBe(1);
    expect(readReport(out).results.find((result) => result.precision === 'int8')?.status).toBe(
      'detections-lost',
    );
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('<tr class="int8 failed">');
    const exported = await runCli(['export', out, '--precision', 'int8', '--to', newOut()]);
    expect(exported.stderr).toContain('not usable');
    expect(exported.code).toBe(1);

    const allowed = await convert(model, newOut(), [...words, '--allow-lost-detections']);
    expect(allowed.code).toBe(0);
    expect(allowed.stderr).toContain('DETECTIONS LOST');
  }, 120_000);

  it('that is no cache is refused', async () => {
    const cache = write('no-cache.json', '{"schema": 1}');
    const { code, stderr } = await convert(model, newOut(), [
      '--calibration',
      calibrationImages,
      '--cache',
      cache,
      ...quick,
    ]);
    expect(stderr).toContain('no-cache.json');
    expect(code).toBe(2);
  }, 60_000);
});

const root = process.getuid?.() === 0;
const canMount = root && spawnSync('mount', ['--version']).status === 0 && process.platform === 'linux';

describe.skipIf(!built)(`an output folder${whyNotBuilt}`, () => {
  it('beneath a file', async () => {
    const file = write('plain-file', 'x');
    const { code, stderr } = await convert(model, join(file, 'out'), quickFloat);
    expect(stderr).toContain('plain-file');
    expect(stderr).toContain('cannot be written');
    expect(code).toBe(1);
  });

  it.skipIf(!canMount)(
    `on a full disk: nothing half-written remains${canMount ? '' : ' (skipped: needs root on Linux)'}`,
    async () => {
      const disk = makeFolder('disk');
      const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk]).status === 0;
      if (!mounted) {
        console.log('full disk: NOT TESTED, this machine does not allow a mount');
        return;
      }
      try {
        const out = join(disk, 'out');
        const { code, stderr } = await convert(model, out, quickFloat);
        expect(stderr).toMatch(/No space is left/);
        expect(stderr).toContain('--out');
        expect(code).toBe(1);
        expect(existsSync(out) ? readdirSync(out) : []).toEqual([]);
      } finally {
        spawnSync('umount', [disk]);
      }
    },
    60_000,
  );

  it('that is read-only', async () => {
    const disk = makeFolder('read-only');
    let end = () => chmodSync(disk, 0o755);
    if (root) {
      // Root may write anywhere, but not on a read-only file system.
      if (!canMount || spawnSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', disk]).status !== 0) {
        console.log('read-only folder: NOT TESTED, root may write everywhere and a mount is not allowed');
        return;
      }
      end = () => void spawnSync('umount', [disk]);
    } else {
      chmodSync(disk, 0o555);
    }
    try {
      const { code, stderr } = await convert(model, join(disk, 'out'), quickFloat);
      expect(stderr).toContain('cannot be written');
      expect(code).toBe(1);
    } finally {
      end();
    }
  });

  it('in which a run was killed: the next run works and says what was left', async () => {
    const out = newOut();
    const marker = `engineroom-test-${randomBytes(6).toString('hex')}`;
    const words = ['--calibration', calibrationImages, ...quick];
    let killed = false;
    const first = await runCli(['convert', model, '--out', out, ...words, '--runs', '5000'], {
      env: { ENGINEROOM_TEST_MARKER: marker },
      onOutput: (text, child) => {
        if (!killed && text.includes('Measure latency')) {
          killed = true;
          child.kill('SIGKILL');
        }
      },
    });
    expect(first.code).toBeNull();
    const left = readdirSync(out).filter((name) => name.startsWith('.'));
    expect(left).toHaveLength(1);
    expect(existsSync(join(out, 'report.json'))).toBe(false);

    const second = await convert(model, out, words);
    expect(second.stderr).toMatch(/earlier run .* was ended in the middle/);
    expect(second.code).toBe(0);
    expect(existsSync(join(out, 'report.json'))).toBe(true);
    // Workers of the killed run saw their parent go.
    expect(workersAlive(marker)).toEqual([]);
  }, 120_000);
});
