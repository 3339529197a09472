import { describe, expect, it } from 'vitest';
import { detectLayout, layoutFromUser } from './detect-layout.ts';
import { makeNode } from './graph.ts';
import { readModel } from './model-file.ts';
import { resolveTensorTypes } from './shapes.ts';
import { floatTensor } from './tensors.ts';
import { buildModel } from './testing/build-model.ts';
import { fixtureNote, fixturePath, haveFixtures } from './testing/fixtures.ts';

interface Sketch {
  readonly outputs: Record<string, number[]>;
  readonly op?: string;
  readonly metadata?: Record<string, string>;
  readonly constants?: ReturnType<typeof floatTensor>[];
  readonly input?: (number | string)[];
}

/** A model of which only outputs, metadata and the operator before the outputs matter. */
function sketch({ outputs, op = 'Relu', metadata = {}, constants = [], input }: Sketch) {
  const model = buildModel({
    inputs: [{ name: 'images', dims: input ?? [1, 3, 'height', 'width'] }],
    outputs: Object.entries(outputs).map(([name, dims]) => ({ name, dims })),
    nodes: Object.keys(outputs).map((name) => makeNode(op, { name, inputs: ['images'], outputs: [name] })),
    initializers: constants,
    metadata,
  });
  return [model, new Map(Object.entries(outputs))] as const;
}

const threeNames = { names: "{0: 'a', 1: 'b', 2: 'c'}" };
const heads = { p3: [1, 24, 52, 52], p4: [1, 24, 26, 26], p5: [1, 24, 13, 13] };

describe('detectLayout', () => {
  it.each<[string, Sketch, string, number]>([
    ['YOLOv5 with names', { outputs: { o: [1, 100, 8] }, metadata: threeNames }, 'yolov5', 3],
    ['YOLOv8 with names', { outputs: { o: [1, 7, 100] }, metadata: threeNames }, 'yolov8', 3],
    ['YOLOv5 without names', { outputs: { o: [1, 25200, 85] } }, 'yolov5', 80],
    ['YOLOv8 without names', { outputs: { o: [1, 84, 8400] } }, 'yolov8', 80],
    ['YOLOv8 of one class', { outputs: { o: [1, 5, 8400] } }, 'yolov8', 1],
    ['YOLOv5 of one class', { outputs: { o: [1, 25200, 6] }, metadata: { names: "['x']" } }, 'yolov5', 1],
    ['YOLOv5 of one class without names', { outputs: { o: [1, 25200, 6] } }, 'yolov5', 1],
    ['end-to-end by its TopK', { outputs: { o: [1, 300, 6] }, op: 'TopK' }, 'end-to-end', 1],
    [
      'end-to-end of one class',
      { outputs: { o: [1, 300, 6] }, op: 'TopK', metadata: { names: "['x']" } },
      'end-to-end',
      1,
    ],
    ['end-to-end by its names', { outputs: { o: [1, 300, 6] }, metadata: threeNames }, 'end-to-end', 3],
    [
      'rows behind NMS',
      { outputs: { o: [0, 7] }, op: 'NonMaxSuppression', metadata: threeNames },
      'nms-rows',
      3,
    ],
    [
      'YOLOv5 beside its raw heads',
      { outputs: { o: [1, 100, 8], ...heads }, metadata: threeNames },
      'yolov5',
      3,
    ],
    ['raw heads with names', { outputs: heads, metadata: threeNames }, 'yolov5-raw', 3],
    ['raw heads without names', { outputs: heads }, 'yolov5-raw', 3],
    [
      'raw heads of five dimensions',
      { outputs: { p5: [1, 3, 13, 13, 9], p3: [1, 3, 52, 52, 9], p4: [1, 3, 26, 26, 9] } },
      'yolov5-raw',
      4,
    ],
  ])('%s', (_, given, kind, classes) => {
    const layout = detectLayout(...sketch(given));
    expect(layout.kind).toBe(kind);
    expect(layout.classCount).toBe(classes);
    expect(layout.classNames).toHaveLength(classes);
    expect(layout.reason).toMatch(/^[A-Z0-9][^\n]*\.$/);
  });

  it.each<[string, Sketch, RegExp]>([
    ['a classifier', { outputs: { o: [1, 1000] } }, /classifier/],
    ['a classifier of seven classes', { outputs: { o: [1, 7] } }, /classifier/],
    ['another task', { outputs: { o: [1, 39, 100] }, metadata: { task: 'segment' } }, /segment/],
    [
      'boxes in rows without objectness',
      { outputs: { o: [1, 100, 7] }, metadata: threeNames },
      /4 \+ C columns/,
    ],
    [
      'a segmentation model without task',
      { outputs: { o: [1, 100, 40], m: [1, 32, 16, 16] }, metadata: threeNames },
      /segmentation/,
    ],
    [
      'a transformer without names',
      { outputs: { o: [1, 300, 84] }, op: 'TopK' },
      /selected inside the model/,
    ],
    ['heads behind a sigmoid', { outputs: heads, op: 'Sigmoid' }, /sigmoid/],
    [
      'heads of other sizes',
      { outputs: { a: [1, 144, 80, 80], b: [1, 144, 40, 40] }, metadata: threeNames },
      /not YOLOv5/,
    ],
    ['a segmentation map', { outputs: { o: [1, 21, 64, 64] } }, /fit no detector layout/],
    [
      'four arrays of a plugin',
      { outputs: { n: [1, 1], b: [1, 100, 4], s: [1, 100], c: [1, 100] } },
      /fits? no detector/,
    ],
  ])('does not take %s for a detector', (_, given, reason) => {
    const layout = detectLayout(...sketch(given));
    expect(layout.kind).toBe('none');
    expect(layout.classCount).toBe(0);
    expect(layout.reason).toMatch(reason);
  });

  it('says when two layouts fit', () => {
    const layout = detectLayout(...sketch({ outputs: { o: [1, 7, 8] }, metadata: threeNames }));
    expect(layout.reason).toMatch(/both YOLOv5 and YOLOv8 fit/);
  });

  it('says when the names do not fit and leaves them out', () => {
    const layout = detectLayout(...sketch({ outputs: { o: [1, 25200, 85] }, metadata: threeNames }));
    expect(layout.classCount).toBe(80);
    expect(layout.classNames[0]).toBe('class 0');
    expect(layout.reason).toMatch(/3 names in the metadata do not fit/);
  });

  describe('raw heads', () => {
    it('come finest first, with strides from a fixed input', () => {
      const outputs = { p5: [1, 24, 6, 6], p3: [1, 24, 24, 24], p4: [1, 24, 12, 12] };
      const layout = detectLayout(...sketch({ outputs, metadata: threeNames, input: [1, 3, 384, 384] }));
      expect(layout.outputs).toEqual(['p3', 'p4', 'p5']);
      expect(layout.strides).toEqual([16, 32, 64]);
    });

    it('take the default anchors with a note when the model states none', () => {
      const layout = detectLayout(...sketch({ outputs: heads, metadata: threeNames }));
      expect(layout.anchors?.[2]?.[2]).toEqual([373, 326]);
      expect(layout.strides).toEqual([8, 16, 32]);
      expect(layout.reason).toMatch(/default COCO anchors/);
      expect(layout.reason).toMatch(/stride of 32 is assumed/);
    });

    it('take anchors from the metadata, in pixels', () => {
      const anchors = '[[1,2,3,4,5,6],[7,8,9,10,11,12],[40,50,60,70,80,90]]';
      const layout = detectLayout(...sketch({ outputs: heads, metadata: { ...threeNames, anchors } }));
      expect(layout.anchors?.[0]).toEqual([
        [1, 2],
        [3, 4],
        [5, 6],
      ]);
      expect(layout.reason).toMatch(/anchors from the metadata/);
    });

    it('take anchors from the graph, in cells', () => {
      const cells = Float32Array.from({ length: 18 }, (_, i) => i / 4 + 1);
      const constants = [floatTensor('model.24.anchors', [3, 3, 2], cells)];
      const layout = detectLayout(
        ...sketch({ outputs: heads, metadata: { ...threeNames, stride: '32' }, constants }),
      );
      expect(layout.anchors?.[0]?.[0]).toEqual([8, 10]);
      expect(layout.anchors?.[2]?.[0]).toEqual([4 * 32, 4.25 * 32]);
      expect(layout.reason).toMatch(/anchors from model\.24\.anchors/);
      expect(layout.reason).not.toMatch(/assumed/);
    });
  });
});

describe('layoutFromUser', () => {
  it('overrides what would be detected', () => {
    const given = sketch({ outputs: { o: [1, 7, 8] }, metadata: threeNames });
    expect(layoutFromUser('yolov8', ...given)).toMatchObject({
      kind: 'yolov8',
      classCount: 3,
      outputs: ['o'],
    });
    expect(layoutFromUser('none', ...given).kind).toBe('none');
    const raw = sketch({ outputs: heads, metadata: threeNames });
    expect(layoutFromUser('yolov5-raw', ...raw)).toMatchObject({ kind: 'yolov5-raw', classCount: 3 });
  });

  it.each(['yolov5', 'yolov8', 'end-to-end', 'nms-rows', 'yolov5-raw'] as const)(
    'refuses %s where the shapes contradict',
    (kind) => {
      const given = sketch({ outputs: { o: [1, 1000] } });
      expect(() => layoutFromUser(kind, ...given)).toThrow(`cannot have output layout ${kind}`);
    },
  );
});

describe.skipIf(!haveFixtures)(`fixture models${fixtureNote}`, () => {
  it.each([
    ['cells-yolov5n-416-static', 'yolov5', 'WBC'],
    ['cells-yolov5n', 'yolov5', 'WBC'],
    ['cells-yolov5n-external', 'yolov5', 'WBC'],
    ['cells-yolov5n-v8layout', 'yolov8', 'WBC'],
    ['cells-yolov5n-nms', 'nms-rows', 'WBC'],
    ['parts', 'yolov5', 'gear'],
  ])('%s is %s', async (name, kind, last) => {
    const model = await readModel(fixturePath(name));
    const types = await resolveTensorTypes(model, new Map([['images', [1, 3, 416, 416]]]));
    const dims = new Map([...types].map(([tensor, type]) => [tensor, type.dims]));
    const layout = detectLayout(model, dims);
    expect(layout).toMatchObject({ kind, outputs: ['output0'] });
    expect(layout.classNames.at(-1)).toBe(last);
  });
});
