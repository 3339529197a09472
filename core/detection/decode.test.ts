import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { ImageTransform } from '../images/preprocessing.ts';
import type { LayoutKind, OutputLayout } from '../onnx/output-layout.ts';
import { decodeDetections, defaultDetectionOptions, nonFiniteFailure, type OutputTensor } from './decode.ts';

const here = dirname(fileURLToPath(import.meta.url));
const fixtures = join(here, '..', '..', '..', 'shared', 'fixtures');

function layoutOf(kind: LayoutKind, classCount: number, rest: Partial<OutputLayout> = {}): OutputLayout {
  const classNames = Array.from({ length: classCount }, (_, c) => `class ${c}`);
  return { kind, outputs: ['output0'], classCount, classNames, reason: 'the test says so', ...rest };
}

const identity: ImageTransform = {
  ...{ gainX: 1, gainY: 1, left: 0, top: 0 },
  ...{ sourceWidth: 416, sourceHeight: 416 },
};

function missingForReference(): string | undefined {
  if (!existsSync(join(fixtures, 'reference', 'eval_reference.py'))) return 'the fixtures are absent';
  const python = process.env.ENGINEROOM_PYTHON;
  if (!python) return 'ENGINEROOM_PYTHON is not set';
  const modules = 'onnxruntime, cv2, pycocotools';
  const { status } = spawnSync(python, ['-c', `import ${modules}`]);
  return status === 0 ? undefined : `${python} cannot import ${modules}`;
}

const missing = missingForReference();

describe.skipIf(missing)(`against the reference program${missing ? ` (skipped: ${missing})` : ''}`, () => {
  const casesSchema = z.array(
    z.object({
      dims: z.array(z.number()),
      transform: z.object({
        ...{ gainX: z.number(), gainY: z.number(), left: z.number(), top: z.number() },
        ...{ sourceWidth: z.number(), sourceHeight: z.number() },
      }),
      boxes: z.array(z.number()),
      scores: z.array(z.number()),
      classes: z.array(z.number()),
    }),
  );

  test.each([
    ['cells-yolov5n-416-static', 'yolov5'],
    ['cells-yolov5n-v8layout', 'yolov8'],
    ['cells-yolov5n-nms', 'nms-rows'],
  ] as const)('%s: the same boxes, bit for bit and in the same order', async (model, kind) => {
    const out = await mkdtemp(join(tmpdir(), 'engineroom-decode-'));
    try {
      const { status, stderr } = spawnSync(
        process.env.ENGINEROOM_PYTHON!,
        [
          ...[join(here, 'decode.reference.py'), join(fixtures, 'reference')],
          ...[join(fixtures, 'models', `${model}.onnx`), join(fixtures, 'cells', 'images', 'val'), '6', out],
        ],
        { encoding: 'utf8' },
      );
      expect(status, stderr).toBe(0);
      const cases = casesSchema.parse(JSON.parse(readFileSync(join(out, 'cases.json'), 'utf8')));
      expect(cases.length).toBe(6);
      for (const [i, { dims, transform, boxes, scores, classes }] of cases.entries()) {
        const bytes = readFileSync(join(out, `${i}.f32`));
        const data = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
        const outputs = new Map([['output0', { dims, data }]]);
        const [found] = await decodeDetections(outputs, layoutOf(kind, 3), [transform]);
        expect(scores.length).toBeGreaterThan(50);
        expect([...found!.classes]).toEqual(classes);
        expect([...found!.scores]).toEqual(scores.map(Math.fround));
        expect([...found!.boxes]).toEqual(boxes);
        expect(found!.nonFinite).toEqual([]);
      }
    } finally {
      await rm(out, { recursive: true, force: true });
    }
  });
});

describe('layouts', () => {
  const anchors = [[[10, 13] as const], [[30, 61] as const]];
  const heads = layoutOf('yolov5-raw', 1, { outputs: ['small', 'large'], anchors, strides: [8, 16] });
  /** Everything far below the threshold but one box at cell (1, 2) of the second head. */
  function rawOutputs(last: boolean): Map<string, OutputTensor> {
    const [small, large] = [new Float32Array(6 * 16).fill(-20), new Float32Array(6 * 12).fill(-20)];
    const [x, y, width, height] = [1, 2, 3, 4];
    [0, 0, 0, 0, 5, 5].forEach((value, k) => {
      large[last ? (y * width + x) * 6 + k : (k * height + y) * width + x] = value;
    });
    return new Map([
      ['small', { dims: last ? [1, 1, 4, 4, 6] : [1, 6, 4, 4], data: small }],
      ['large', { dims: last ? [1, 1, height, width, 6] : [1, 6, height, width], data: large }],
    ]);
  }

  test.each([true, false])('raw heads, channels last: %s', async (last) => {
    const [found] = await decodeDetections(rawOutputs(last), heads, [identity]);
    expect(found!.count).toBe(1);
    // A raw 0 is a sigmoid of 0.5: the middle of the cell and the anchor's own size.
    const [cx, cy] = [1.5 * 16, 2.5 * 16];
    expect([...found!.boxes]).toEqual([cx - 15, cy - 30.5, cx + 15, cy + 30.5]);
    expect(found!.scores[0]).toBeCloseTo((1 / (1 + Math.exp(-5))) ** 2, 6);
  });

  test('a stretched image is mapped back by its own gain on each axis and clipped', async () => {
    const data = Float32Array.of(10, 20, 500, 60, 0.9, 2);
    const [found] = await decodeDetections(
      new Map([['output0', { dims: [1, 1, 6], data }]]),
      layoutOf('end-to-end', 3),
      [{ gainX: 2, gainY: 0.5, left: 4, top: 10, sourceWidth: 200, sourceHeight: 150 }],
    );
    expect([...found!.boxes]).toEqual([3, 20, 200, 100]);
    expect([...found!.classes]).toEqual([2]);
  });

  test('a batch larger than its images is padding', async () => {
    const data = new Float32Array(4 * 7 * 2);
    expect(
      await decodeDetections(new Map([['output0', { dims: [4, 2, 7], data }]]), layoutOf('yolov5', 2), [
        identity,
      ]),
    ).toHaveLength(1);
  });
});

describe('bad outputs', () => {
  const tensor = (dims: readonly number[], fill = 0) =>
    new Map([['output0', { dims, data: new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(fill) }]]);

  test.each([
    ['no detector', layoutOf('none', 0), tensor([1, 1000]), /not a detector's: the test says so/],
    ['other class count', layoutOf('yolov5', 80), tensor([1, 10, 8]), /output0 has the shape \[1, 10, 8\]/],
    ['too few images', layoutOf('yolov8', 4), tensor([0, 8, 10]), /output0 has the shape \[0, 8, 10\]/],
    ['no such output', layoutOf('yolov5', 3, { outputs: ['boxes'] }), tensor([1, 1, 8]), /no output boxes/],
    ['no anchors', layoutOf('yolov5-raw', 3), tensor([1, 24, 4, 4]), /anchors .* output0/],
    ['no such class', layoutOf('end-to-end', 3), tensor([1, 2, 6], 3), /names a class .* in 2 rows/],
  ])('%s', async (_, layout, outputs, message) => {
    const failure = await decodeDetections(outputs, layout, [identity]).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'Failure', message: expect.stringMatching(message) });
  });

  test('values that are not finite come back with tensor and count, and make a failure with the image', async () => {
    const data = Float32Array.of(10, 10, 5, 5, 0.9, 0.9, 10, Number.NaN, 5, 5, Number.POSITIVE_INFINITY, 0.9);
    const outputs = new Map([['output0', { dims: [1, 2, 6], data }]]);
    const [found] = await decodeDetections(outputs, layoutOf('yolov5', 1), [identity]);
    expect(found!.count).toBe(1);
    expect(found!.nonFinite).toEqual([{ tensor: 'output0', count: 2 }]);
    expect(nonFiniteFailure('a.jpg', found!.nonFinite)?.message).toMatch(/a\.jpg: 2 in output0/);
    expect(nonFiniteFailure('a.jpg', [])).toBeUndefined();
  });

  test('a threshold below 0 is refused', async () => {
    const options = { ...defaultDetectionOptions, scoreThreshold: -1 };
    await expect(
      decodeDetections(tensor([1, 1, 6]), layoutOf('yolov5', 1), [identity], options),
    ).rejects.toThrow(/-1/);
  });
});
