/** Everything that quantization writes passes the checker of the onnx Python package and its shape inference. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readModel, writeModel } from '../onnx/model-file.ts';
import { prepareModel } from '../onnx/passes/prepare.ts';
import {
  checkWithOnnx,
  fixtureModels,
  fixtureNote,
  fixturePath,
  haveFixtures,
  onnxPython,
  pythonNote,
} from '../onnx/testing/fixtures.ts';
import { convertToHalfPrecision } from './half-precision.ts';
import { insertQuantization } from './insert.ts';
import { planQuantization } from './plan.ts';
import { rangesOfFour, smallDetector } from './testing/small-detector.ts';

describe.skipIf(!onnxPython)(`onnx.checker${pythonNote}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'engineroom-checker-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([13, 17, 21])('accepts the small detector at opset %i', async (opset) => {
    const model = smallDetector(opset);
    const plan = planQuantization(model);
    const int8 = join(folder, `small-${opset}-int8.onnx`);
    await writeModel((await insertQuantization(model, plan, rangesOfFour(plan.tensors))).model, int8);
    const fp16 = join(folder, `small-${opset}-fp16.onnx`);
    await writeModel(convertToHalfPrecision(model).model, fp16);
    expect(() => checkWithOnnx(int8)).not.toThrow();
    expect(() => checkWithOnnx(fp16)).not.toThrow();
  });

  it.skipIf(!haveFixtures).each(fixtureModels)(`accepts %s${fixtureNote}`, async (file) => {
    const { model } = await prepareModel(await readModel(fixturePath(file)));
    const plan = planQuantization(model);
    const int8 = join(folder, `int8-${file}.onnx`);
    await writeModel((await insertQuantization(model, plan, rangesOfFour(plan.tensors))).model, int8);
    const fp16 = join(folder, `fp16-${file}.onnx`);
    await writeModel(convertToHalfPrecision(model).model, fp16);
    expect(() => checkWithOnnx(int8)).not.toThrow();
    expect(() => checkWithOnnx(fp16)).not.toThrow();
  });
});
