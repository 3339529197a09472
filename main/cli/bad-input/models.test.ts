/** Bad input: models that cannot be converted. Each gets one sentence that names it, the remedy, the right exit code; nothing half-written stays. */

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { create } from '@bufbuild/protobuf';
import { StringStringEntryProtoSchema, TensorProto_DataLocation } from 'onnx-buf';
import { describe, expect, it } from 'vitest';
import { makeNode } from '../../../core/onnx/graph.ts';
import { readModel, serialiseModel } from '../../../core/onnx/model-file.ts';
import { floatTensor } from '../../../core/onnx/tensors.ts';
import { buildModel, seededValues } from '../../../core/onnx/testing/build-model.ts';
import {
  calibrationImages,
  convert,
  inFolder,
  labels,
  makeFolder,
  model,
  newOut,
  quick,
  quickFloat,
  readReport,
  validationImages,
  write,
} from '../testing/bad-input.ts';
import { built, whyNotBuilt } from '../testing/run-cli.ts';

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
    await refuses(inFolder('absent.onnx'), 'absent.onnx', 'does not exist');
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
    expect(stderr).toMatch(/Accuracy and agreement with FP32 are not measured.*a classifier/);
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
