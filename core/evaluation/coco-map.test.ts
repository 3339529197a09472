import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Detections } from '../detection/detections.ts';
import type { GroundTruth, LabelBox } from '../labels/ground-truth.ts';
import { evaluateDetections } from './coco-map.ts';
import type { CocoSummary } from './evaluation-result.ts';

const here = dirname(fileURLToPath(import.meta.url));
const fixtures = join(here, '..', '..', '..', 'shared', 'fixtures');
const python = process.env.ENGINEROOM_PYTHON;

function pythonLacks(modules: string): string | undefined {
  if (!python) return 'ENGINEROOM_PYTHON is not set';
  const { status } = spawnSync(python, ['-c', `import ${modules}`]);
  return status === 0 ? undefined : `${python} cannot import ${modules}`;
}

interface FoundBox {
  readonly classIndex: number;
  readonly box: readonly [number, number, number, number];
  readonly score: number;
}

interface Case {
  readonly truth: GroundTruth;
  readonly found: ReadonlyMap<string, readonly FoundBox[]>;
}

function detectionsOf(boxes: readonly FoundBox[]): Detections {
  return {
    count: boxes.length,
    boxes: Float32Array.from(boxes.flatMap(({ box }) => box)),
    scores: Float32Array.from(boxes.map(({ score }) => score)),
    classes: Int32Array.from(boxes.map(({ classIndex }) => classIndex)),
  };
}

const judged = (c: Case) =>
  evaluateDetections(c.truth, new Map([...c.found].map(([file, boxes]) => [file, detectionsOf(boxes)])));

/** The case as COCO's JSON. Detections are written as the float32 values that we keep. */
function cocoOf({ truth, found }: Case) {
  const size = ([x1, y1, x2, y2]: readonly number[]) => [x1!, y1!, x2! - x1!, y2! - y1!];
  const annotations = truth.images.flatMap(({ boxes }, i) =>
    boxes.map(({ x1, y1, x2, y2, classIndex, area, crowd }) => ({
      image_id: i + 1,
      category_id: classIndex + 1,
      bbox: size([x1, y1, x2, y2]),
      area,
      iscrowd: Number(crowd),
    })),
  );
  return {
    images: truth.images.map(({ file, width, height }, i) => ({
      id: i + 1,
      file_name: file,
      width,
      height,
    })),
    categories: truth.classes.map((name, c) => ({ id: c + 1, name })),
    annotations: annotations.map((annotation, i) => ({ id: i + 1, ...annotation })),
    results: truth.images.flatMap(({ file }, i) =>
      (found.get(file) ?? []).map(({ classIndex, box, score }) => ({
        image_id: i + 1,
        category_id: classIndex + 1,
        bbox: size(box.map(Math.fround)),
        score: Math.fround(score),
      })),
    ),
  };
}

const answerSchema = z.array(
  z.object({ stats: z.array(z.number()), classes: z.array(z.tuple([z.number(), z.number()])) }),
);

function pycocotools(cases: readonly Case[]): z.infer<typeof answerSchema> {
  const { status, stdout, stderr } = spawnSync(python!, [join(here, 'pycocotools.reference.py')], {
    input: JSON.stringify(cases.map(cocoOf)),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(stderr);
  return answerSchema.parse(JSON.parse(stdout));
}

const figures = (s: CocoSummary) => [
  ...[s.map5095, s.map50, s.map75, s.small, s.medium, s.large],
  ...[s.ar1, s.ar10, s.ar100, s.arSmall, s.arMedium, s.arLarge],
];

function expectEqual(summary: CocoSummary, answer: z.infer<typeof answerSchema>[number]): void {
  const ours = [...figures(summary), ...summary.perClass.flatMap(({ ap50, ap5095 }) => [ap50, ap5095])];
  const theirs = [...answer.stats, ...answer.classes.flat()];
  expect(ours.length).toBe(theirs.length);
  for (const [i, figure] of ours.entries()) {
    expect(Math.abs((figure ?? -1) - theirs[i]!), `figure ${i}: ${figure}, not ${theirs[i]}`).toBeLessThan(
      1e-6,
    );
  }
}

// Sizes from tiny to large; a grid of 1/4 pixel makes exact overlaps at thresholds and equal areas likely.
const corners = fc
  .tuple(fc.nat(40), fc.nat(40), fc.constantFrom(0.25, 1, 4, 8, 16), fc.nat(12), fc.nat(12))
  .map(([x, y, unit, w, h]): FoundBox['box'] => [x * unit, y * unit, (x + w + 1) * unit, (y + h + 1) * unit]);

const label = (classCount: number): fc.Arbitrary<LabelBox> =>
  fc
    .record({
      classIndex: fc.nat(classCount - 1),
      box: corners,
      crowd: fc.nat(7).map((n) => n === 0),
      area: fc.constantFrom(undefined, undefined, 1024, 9216, 1),
    })
    .map(({ box: [x1, y1, x2, y2], area, ...rest }) => ({
      ...rest,
      ...{ x1, y1, x2, y2 },
      area: area ?? (x2 - x1) * (y2 - y1),
    }));

const score = fc.oneof(
  fc.nat(4).map((n) => n / 4), // ties within and across images
  fc.double({ min: 0, max: 1, noNaN: true }),
);

/** A detection on a label, moved, perhaps of another class. */
const near = ({ x1, y1, x2, y2, classIndex }: LabelBox, classCount: number): fc.Arbitrary<FoundBox> =>
  fc
    .tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -2, max: 2 }), score, fc.nat(5))
    .map(([dx, dy, value, other]) => ({
      classIndex: other === 0 ? (classIndex + 1) % classCount : classIndex,
      box: [x1 + ((x2 - x1) * dx) / 12, y1 + ((y2 - y1) * dy) / 8, x2, y2],
      score: value,
    }));

const image = (classCount: number, most: number) =>
  fc.array(label(classCount), { maxLength: 9 }).chain((boxes) =>
    fc.record({
      boxes: fc.constant(boxes),
      anywhere: fc.array(fc.record({ classIndex: fc.nat(classCount - 1), box: corners, score }), {
        maxLength: most,
      }),
      near: fc.tuple(...boxes.flatMap((box) => [near(box, classCount), near(box, classCount)])),
    }),
  );

/** Up to five images, some empty; one class of four never gets a label or detection. */
const randomCase = fc.array(image(3, 40), { minLength: 1, maxLength: 5 }).map((images): Case => {
  const file = (i: number) => `image-${i}.jpg`;
  return {
    truth: {
      format: 'coco',
      classes: ['one', 'two', 'three', 'never'],
      images: images.map(({ boxes }, i) => ({ file: file(i), width: 640, height: 640, boxes })),
      warnings: [],
    },
    found: new Map(images.map(({ anywhere, near }, i) => [file(i), [...anywhere, ...near]])),
  };
});

const missing = pythonLacks('pycocotools');

describe.skipIf(missing)(`against pycocotools${missing ? ` (skipped: ${missing})` : ''}`, () => {
  test('equal to 1e-6 on random data with crowds, ties, empty images and classes, tiny boxes', async () => {
    const cases = fc.sample(randomCase, { seed: 20240511, numRuns: 150 });
    const answers = pycocotools(cases);
    let good = 0;
    for (const [i, answer] of answers.entries()) {
      expectEqual(await judged(cases[i]!), answer);
      if (answer.stats[0]! > 0.05 && answer.stats[0]! < 0.95) good++;
    }
    expect(good).toBeGreaterThan(100); // cases that could tell a wrong evaluation from a right one
  });

  test('equal when a class has more than 100 detections in an image', async () => {
    const crowded = fc.sample(image(1, 400), { seed: 3, numRuns: 12 }).map(
      ({ boxes, anywhere, near }): Case => ({
        truth: {
          format: 'coco',
          classes: ['one'],
          images: [{ file: 'a.jpg', width: 640, height: 640, boxes }],
          warnings: [],
        },
        found: new Map([['a.jpg', [...anywhere, ...Array.from({ length: 12 }, () => near).flat()]]]),
      }),
    );
    expect(crowded.some(({ found }) => found.get('a.jpg')!.length > 150)).toBe(true);
    for (const [i, answer] of pycocotools(crowded).entries()) expectEqual(await judged(crowded[i]!), answer);
  });
});

const reference = join(fixtures, 'reference', 'eval_reference.py');
const noReference = existsSync(reference)
  ? pythonLacks('pycocotools, onnxruntime, cv2')
  : 'the fixtures are absent';

describe.skipIf(noReference)(`the cells fixture${noReference ? ` (skipped: ${noReference})` : ''}`, () => {
  const annotations = join(fixtures, 'cells', 'annotations', 'instances_val.json');
  const cocoSchema = z.object({
    images: z.array(
      z.object({ id: z.number(), file_name: z.string(), width: z.number(), height: z.number() }),
    ),
    categories: z.array(z.object({ id: z.number(), name: z.string() })),
    annotations: z.array(
      z.object({
        image_id: z.number(),
        category_id: z.number(),
        bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]),
        area: z.number(),
        iscrowd: z.number(),
      }),
    ),
  });
  const resultsSchema = z.array(
    z.object({
      image_id: z.number(),
      category_id: z.number(),
      bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]),
      score: z.number(),
    }),
  );
  const expectedSchema = z.object({
    detections: z.number(),
    map50_95: z.number(),
    map50: z.number(),
    per_class: z.record(z.string(), z.object({ ap50_95: z.number(), ap50: z.number() })),
  });

  test("the reference program's detections give its figures", async () => {
    const folder = await mkdtemp(join(tmpdir(), 'engineroom-coco-'));
    try {
      const model = join(fixtures, 'models', 'cells-yolov5n-416-static.onnx');
      const [figuresFile, predictions] = [join(folder, 'figures.json'), join(folder, 'predictions.json')];
      const { status, stderr } = spawnSync(
        python!,
        [
          ...[reference, model, join(fixtures, 'cells', 'images', 'val'), annotations],
          ...['--json', figuresFile, '--predictions', predictions],
        ],
        { encoding: 'utf8' },
      );
      expect(status, stderr).toBe(0);
      const expected = expectedSchema.parse(JSON.parse(readFileSync(figuresFile, 'utf8')));
      const results = resultsSchema.parse(JSON.parse(readFileSync(predictions, 'utf8')));
      const coco = cocoSchema.parse(JSON.parse(readFileSync(annotations, 'utf8')));
      const categories = coco.categories.toSorted((a, b) => a.id - b.id);
      const classIndex = (id: number) => categories.findIndex((category) => category.id === id);
      const truth: GroundTruth = {
        format: 'coco',
        classes: categories.map(({ name }) => name),
        images: coco.images
          .toSorted((a, b) => a.id - b.id)
          .map(({ id, file_name, width, height }) => ({
            ...{ file: file_name, width, height },
            boxes: coco.annotations
              .filter(({ image_id }) => image_id === id)
              .map(({ category_id, bbox: [x, y, w, h], area, iscrowd }) => ({
                ...{ classIndex: classIndex(category_id), x1: x, y1: y, x2: x + w, y2: y + h },
                ...{ area, crowd: iscrowd !== 0 },
              })),
          })),
        warnings: [],
      };
      const byFile = new Map(coco.images.map(({ id, file_name }) => [id, file_name]));
      const found = new Map<string, typeof results>(coco.images.map(({ file_name }) => [file_name, []]));
      for (const result of results) found.get(byFile.get(result.image_id)!)!.push(result);
      const summary = await evaluateDetections(
        truth,
        new Map(
          [...found].map(([file, boxes]) => [
            file,
            detectionsOf(
              boxes.map(({ category_id, bbox: [x, y, w, h], score }) => ({
                ...{ classIndex: classIndex(category_id), box: [x, y, x + w, y + h], score },
              })),
            ),
          ]),
        ),
      );
      expect(summary.detections).toBe(expected.detections);
      // The program rounds to five places; its boxes are float64, ours float32.
      expect(Math.abs(summary.map5095! - expected.map50_95)).toBeLessThan(2e-5);
      expect(Math.abs(summary.map50! - expected.map50)).toBeLessThan(2e-5);
      for (const { name, ap50, ap5095 } of summary.perClass) {
        expect(Math.abs(ap50! - expected.per_class[name]!.ap50)).toBeLessThan(2e-5);
        expect(Math.abs(ap5095! - expected.per_class[name]!.ap50_95)).toBeLessThan(2e-5);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

test('images without labels and classes without boxes give null, not 0', async () => {
  const truth: GroundTruth = {
    format: 'yolo',
    classes: ['one', 'two'],
    images: [{ file: 'a.jpg', width: 10, height: 10, boxes: [] }],
    warnings: [],
  };
  const found = new Map([
    ['a.jpg', detectionsOf([{ classIndex: 0, box: [0, 0, 5, 5], score: 0.5 }])],
    ['not-labelled.jpg', detectionsOf([{ classIndex: 0, box: [0, 0, 5, 5], score: 0.5 }])],
  ]);
  const summary = await evaluateDetections(truth, found);
  expect(figures(summary)).toEqual(new Array(12).fill(null));
  expect(summary.detections).toBe(1);
  expect(summary.perClass).toEqual([
    { name: 'one', ap50: null, ap5095: null, groundTruthBoxes: 0 },
    { name: 'two', ap50: null, ap5095: null, groundTruthBoxes: 0 },
  ]);
});

test('a label that no detection meets gives 0', async () => {
  const box: LabelBox = { classIndex: 0, x1: 0, y1: 0, x2: 40, y2: 40, area: 1600, crowd: false };
  const truth: GroundTruth = {
    format: 'yolo',
    classes: ['one'],
    images: [{ file: 'a.jpg', width: 64, height: 64, boxes: [box] }],
    warnings: [],
  };
  const summary = await evaluateDetections(truth, new Map());
  expect([summary.map5095, summary.medium, summary.ar100]).toEqual([0, 0, 0]);
  expect([summary.small, summary.large]).toEqual([null, null]);
});
