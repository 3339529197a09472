import { appendFile, copyFile, mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { graphSchema, modelDetailsSchema } from '../../../contract/procedures/models.ts';
import { writeModel } from '../../../core/onnx/model-file.ts';
import { fixtureNote, fixturePath, haveFixtures } from '../../../core/onnx/testing/fixtures.ts';
import { insertQuantization, markPrecision } from '../../../core/quantization/insert.ts';
import { planQuantization } from '../../../core/quantization/plan.ts';
import { rangesOfFour, smallDetector } from '../../../core/quantization/testing/small-detector.ts';
import { built, call, type TestContext, testContext, whyNotBuilt } from '../testing/service-context.ts';
import { createModelService } from './model-service.ts';

const sample = join(import.meta.dirname, '..', '..', '..', 'assets', 'sample', 'parts.onnx');

describe.skipIf(!built)(`model service${whyNotBuilt}`, () => {
  let context: TestContext;
  let procedures: ReturnType<typeof createModelService>['procedures'];
  const inFolder = (name: string) => join(context.folder, name);

  beforeEach(async () => {
    context = await testContext();
    procedures = createModelService(context).procedures;
  });
  afterEach(() => context.end());

  it('describes the sample as the contract has it', async () => {
    const model = modelDetailsSchema.parse(await procedures['models.open']({ path: sample }, call));
    expect(model).toMatchObject({
      name: 'parts.onnx',
      opset: 17,
      layout: 'yolov5',
      classNames: ['bolt', 'nut', 'washer', 'gear'],
      inputSize: { width: 416, height: 416 },
      dynamicBatch: true,
      parameterCount: 750796,
      problems: [],
    });
    expect(model.operators.reduce((sum, { count }) => sum + count, 0)).toBe(model.nodeCount);
  });

  it('answers a second look from memory, and looks again when the file has changed', async () => {
    const path = inFolder('model.onnx');
    await copyFile(sample, path);
    const first = await procedures['models.open']({ path }, call);
    expect(await procedures['models.open']({ path }, call)).toBe(first);
    await utimes(path, new Date(), new Date(1e12));
    expect(await procedures['models.open']({ path }, call)).not.toBe(first);
  });

  it('keeps the models that were opened, latest first, over a restart', async () => {
    const paths = [inFolder('a b.onnx'), inFolder('模型 é.onnx')];
    for (const path of paths) {
      await copyFile(sample, path);
      await procedures['models.open']({ path }, call);
    }
    await rm(paths[0] as string);
    const again = createModelService(context).procedures;
    const { models } = await again['models.recent']({}, call);
    expect(models.map(({ name, present }) => ({ name, present }))).toEqual([
      { name: '模型 é.onnx', present: true },
      { name: 'a b.onnx', present: false },
    ]);
    await again['models.forget']({ id: models[1]?.id ?? '' }, call);
    expect((await again['models.recent']({}, call)).models).toHaveLength(1);
  });

  it('starts with an empty list where the file of recent models is damaged', async () => {
    await mkdir(join(context.dataFolder, 'models'));
    await writeFile(join(context.dataFolder, 'models', 'recent.json'), '{"schema":1,"models":[{');
    expect(await procedures['models.recent']({}, call)).toEqual({ models: [] });
  });

  it.each([
    ['a folder', async (path: string) => void (await mkdir(path)), /is a folder/],
    [
      'a PyTorch checkpoint',
      (path: string) =>
        writeFile(path, Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.from('x/data.pkl')])),
      /PyTorch checkpoint/,
    ],
    ['a TensorRT engine', (path: string) => writeFile(path, 'ftrt and so on'), /TensorRT engine/],
    [
      'a model that was cut off',
      async (path: string) => writeFile(path, (await readFile(sample)).subarray(0, 100_000)),
      /truncated or damaged/,
    ],
  ])('says what is wrong with %s, and what to do', async (_what, make, message) => {
    const path = inFolder('dropped.bin');
    await make(path);
    const failure = procedures['models.open']({ path }, call);
    await expect(failure).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(/\S/),
    });
    expect((await procedures['models.recent']({}, call)).models).toEqual([]);
  });

  it('says so when the file is still being written', async () => {
    const path = inFolder('growing.onnx');
    const bytes = await readFile(sample);
    await writeFile(path, bytes.subarray(0, 100_000));
    let writing = true;
    const writer = (async () => {
      while (writing) {
        await wait(40);
        await appendFile(path, bytes.subarray(0, 10_000));
      }
    })();
    await expect(procedures['models.open']({ path }, call)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('still being written'),
    });
    writing = false;
    await writer;
  });

  it('names a file that has gone', async () => {
    await expect(procedures['models.open']({ path: inFolder('gone.onnx') }, call)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('gone.onnx does not exist'),
    });
  });

  it('opens nothing outside of the roots', async () => {
    const narrow = await testContext([context.folder]);
    const { procedures: guarded } = createModelService(narrow);
    await expect(guarded['models.open']({ path: sample }, call)).rejects.toMatchObject({ code: 'bad-input' });
    await expect(guarded['models.graph']({ path: sample }, call)).rejects.toMatchObject({
      code: 'bad-input',
    });
    await narrow.end();
  });

  it('stops when the client does', async () => {
    const controller = new AbortController();
    const opening = procedures['models.open']({ path: sample }, { signal: controller.signal });
    controller.abort();
    await expect(opening).rejects.toMatchObject({ code: 'cancelled' });
  });

  describe.skipIf(!haveFixtures)(`fixtures${fixtureNote}`, () => {
    it('says that the size is dynamic and that nothing names one', async () => {
      const model = await procedures['models.open']({ path: fixturePath('cells-yolov5n-v8layout') }, call);
      expect(model).toMatchObject({
        layout: 'yolov8',
        inputSize: null,
        dynamicSize: true,
        dynamicBatch: true,
        problems: [{ severity: 'warning', message: expect.stringContaining('its size is dynamic') }],
      });
    });

    it('names the data file that is missing, and sees it when it comes', async () => {
      const path = inFolder('cells-yolov5n-external.onnx');
      await copyFile(fixturePath('cells-yolov5n-external'), path);
      await expect(procedures['models.open']({ path }, call)).rejects.toMatchObject({
        code: 'bad-input',
        message: expect.stringContaining('cells-yolov5n-external.onnx_data'),
      });
      await copyFile(`${fixturePath('cells-yolov5n-external')}_data`, `${path}_data`);
      expect(await procedures['models.open']({ path }, call)).toMatchObject({ layout: 'yolov5' });
    });
  });

  describe('graphs', () => {
    it('has one component, edges that join its nodes, and no precision before a conversion', async () => {
      const graph = graphSchema.parse(await procedures['models.graph']({ path: sample }, call));
      const ids = new Set(graph.nodes.map(({ id }) => id));
      expect(ids.size).toBe(graph.nodes.length);
      expect(graph.edges.every(({ from, to }) => ids.has(from) && ids.has(to))).toBe(true);
      expect(graph.nodes.every(({ precision }) => precision === null)).toBe(true);
      expect(graph.nodes.some(({ reason }) => reason?.startsWith('decode tail'))).toBe(true);
      expect(graph.nodes.find(({ operator }) => operator === 'Conv')?.constants[0]).toMatch(
        /^weight \d+x3x\d+x\d+ float32$/,
      );
    });

    it('tells int8 nodes of an engine from those that stay in float', async () => {
      const model = smallDetector();
      const plan = planQuantization(model);
      const { model: quantized } = await insertQuantization(model, plan, rangesOfFour(plan.tensors));
      markPrecision(quantized, 'int8');
      const path = inFolder('engine.onnx');
      await writeModel(quantized, path);
      const { nodes } = await procedures['models.graph']({ path }, call);
      const int8 = nodes.filter(({ precision }) => precision === 'int8').map(({ name }) => name);
      for (const layer of plan.layers) expect(int8).toContain(layer.name);
      expect(int8).toEqual(expect.arrayContaining(['residual', 'pool', 'concat']));
      const squash = nodes.find(({ name }) => name === 'squash');
      expect(squash).toMatchObject({ precision: 'fp32', reason: expect.stringMatching(/^decode tail/) });
    });
  });
});
