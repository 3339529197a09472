import { mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Failure } from '../base/failure.ts';
import { hashFile } from '../base/files.ts';
import { inspectModel } from './check.ts';
import { makeNode } from './graph.ts';
import { cloneModel, parseModel, readModel, serialiseModel, writeModel } from './model-file.ts';
import { DataType, floatTensor, rawTensor } from './tensors.ts';
import { buildModel, seededValues } from './testing/build-model.ts';
import {
  checkWithOnnx,
  fixtureModels,
  fixtureNote,
  fixturePath,
  haveFixtures,
  onnxPython,
  pythonNote,
} from './testing/fixtures.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engineroom-onnx-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function smallModel(opset = 17) {
  return buildModel({
    opset,
    inputs: [{ name: 'x', dims: [1, 600] }],
    outputs: [{ name: 'y', dims: [1, 600] }],
    nodes: [makeNode('Add', { name: 'add', inputs: ['x', 'bias'], outputs: ['y'] })],
    initializers: [floatTensor('bias', [600], seededValues(600))],
  });
}

async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Failure);
  const failure = error as Failure;
  expect(failure.code).toBe('bad-input');
  expect(failure.remedy).not.toBe('');
  expect(failure.message).toMatch(/^[^\n]+\.$/);
  return failure;
}

describe('reading and writing', () => {
  it('gives back what it wrote, byte for byte', async () => {
    const path = join(folder, 'small.onnx');
    await writeModel(smallModel(), path);
    const read = await readModel(path);
    expect(serialiseModel(read.proto)).toEqual(new Uint8Array(await readFile(path)));
    expect(read.sha256).toBe(await hashFile(path));
    expect(read.bytes).toBe((await readFile(path)).byteLength);
  });

  it('moves weights to a data file and reads them back', async () => {
    const path = join(folder, 'outside.onnx');
    const model = smallModel();
    await writeModel(model, path, { externalData: 'always' });
    // The model in memory is whole again.
    expect(model.proto.graph?.initializer[0]?.rawData.byteLength).toBe(2400);
    expect(model.proto.graph?.initializer[0]?.externalData).toEqual([]);

    const data = join(folder, 'outside.onnx_data');
    expect((await readFile(data)).byteLength).toBe(2400);
    const read = await readModel(path);
    expect(serialiseModel(read.proto)).toEqual(serialiseModel(model.proto));
    expect(read.bytes).toBe((await readFile(path)).byteLength + 2400);
    expect(read.sha256).not.toBe(await hashFile(path));

    // The hash follows the weights.
    const changed = await readFile(data);
    changed[7] = (changed[7] ?? 0) ^ 1;
    await writeFile(data, changed);
    expect((await readModel(path)).sha256).not.toBe(read.sha256);
  });

  it('leaves nothing behind when the folder cannot be written', async () => {
    const failure = await writeModel(smallModel(), join(folder, 'absent', 'x.onnx')).catch((e) => e);
    expect(failure).toBeInstanceOf(Failure);
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('leaves neither file behind when the data file cannot be written', async () => {
    const inner = join(folder, 'blocked');
    await mkdir(join(inner, 'x.onnx_data', 'occupied'), { recursive: true });
    const writing = writeModel(smallModel(), join(inner, 'x.onnx'), { externalData: 'always' });
    await expect(writing).rejects.toThrow();
    expect(await readdir(inner)).toEqual(['x.onnx_data']);
  });

  it('keeps fields that it does not know', () => {
    // Field 999 with the varint 5, as a newer exporter might write it.
    const bytes = Buffer.concat([serialiseModel(smallModel().proto), Buffer.of(0xb8, 0x3e, 5)]);
    const model = parseModel(bytes, 'newer.onnx');
    expect(Buffer.from(serialiseModel(model)).includes(Buffer.of(0xb8, 0x3e, 5))).toBe(true);
  });

  it('refuses to write 2 GiB into one file', async () => {
    const model = smallModel();
    const bytes = new Uint8Array(1e9);
    model.proto.graph!.initializer = ['a', 'b', 'c'].map((name) =>
      rawTensor(name, DataType.UINT8, [1e9], bytes),
    );
    const writing = writeModel(model, join(folder, 'huge.onnx'), { externalData: 'never' });
    expect((await failureOf(writing)).message).toMatch(/huge\.onnx would have 2\.8 GiB/);
    expect(await readdir(folder)).not.toContain('huge.onnx');
  });

  it('clones without sharing', () => {
    const model = smallModel();
    const copy = cloneModel(model);
    copy.proto.graph!.initializer[0]!.rawData[0] = 99;
    copy.proto.graph!.node[0]!.name = 'other';
    expect(model.proto.graph!.initializer[0]!.rawData[0]).not.toBe(99);
    expect(model.proto.graph!.node[0]!.name).toBe('add');
  });

  it('stops when cancelled', async () => {
    const path = join(folder, 'cancel.onnx');
    await writeModel(smallModel(), path);
    const reading = readModel(path, { signal: AbortSignal.abort() });
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('bad input', () => {
  const write = async (name: string, contents: string | Uint8Array) => {
    const path = join(folder, name);
    await writeFile(path, contents);
    return path;
  };

  it.each([
    ['empty.onnx', '', /is empty/],
    ['text.onnx', 'hello, this is text\n', /looks like a text file/],
    ['page.onnx', '<!DOCTYPE html><html></html>', /looks like a web page/],
    ['lfs.onnx', 'version https://git-lfs.github.com/spec/v1\noid sha256:0', /Git LFS pointer/],
    ['zip.onnx', Buffer.from('PK\x03\x04\x14\0\0\0\0\0', 'latin1'), /ZIP archive/],
    ['net.pt', Buffer.from('PK\x03\x04\x14\0\0\0\0\0net/data.pkl', 'latin1'), /PyTorch checkpoint/],
    ['old.pt', Buffer.from('\x80\x02}q\0', 'latin1'), /pickle/],
    ['net.engine', Buffer.from('\x20\0\0\0{"stride": 32}ptrt', 'latin1'), /TensorRT engine/],
    ['raw.engine', Buffer.from('ftrt\0\0\0\0', 'latin1'), /TensorRT engine/],
    ['net.tflite', Buffer.from('\x1c\0\0\0TFL3', 'latin1'), /TensorFlow Lite/],
    ['picture.onnx', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), /picture/],
    ['zeros.onnx', new Uint8Array(100), /not an ONNX model/],
    ['noise.onnx', Uint8Array.from({ length: 4096 }, (_, i) => (i * 167 + 13) & 0xff), /not an ONNX model/],
  ])('%s is named for what it is', async (name, contents, expected) => {
    const failure = await failureOf(readModel(await write(name, contents)));
    expect(failure.message).toMatch(expected);
    expect(failure.message).toContain(name);
  });

  it('names a missing file and a folder', async () => {
    expect((await failureOf(readModel(join(folder, 'nowhere.onnx')))).message).toMatch(/does not exist/);
    expect((await failureOf(readModel(folder))).message).toMatch(/is a folder/);
  });

  it('tells truncation at every length', async () => {
    const whole = serialiseModel(smallModel().proto);
    for (let length = 1; length < whole.byteLength; length += 37) {
      const failure = await failureOf(readModel(await write('cut.onnx', whole.subarray(0, length))));
      expect(failure.message).toMatch(/truncated|without a graph|not an ONNX|no version/);
    }
  });

  it('refuses a file of 2 GiB or more without reading it', async () => {
    const path = await write('large.onnx', Uint8Array.of(8, 8));
    await truncate(path, 2.5 * 2 ** 30);
    expect((await failureOf(readModel(path))).message).toMatch(/has 2\.5 GiB, and an ONNX file cannot/);
    await rm(path);
  });

  it('answers any damage with a model or a failure, never a crash', () => {
    const whole = serialiseModel(smallModel().proto);
    const change = fc.record({ at: fc.nat(whole.byteLength - 1), to: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        const bytes = whole.slice();
        // Most of the file is one weight; the interesting bytes lie around it.
        for (const { at, to } of changes) bytes[at % 2 === 0 ? at % 60 : at] = to;
        try {
          inspectModel({ ...smallModel(), proto: parseModel(bytes, 'damaged.onnx') });
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it.each([10, 22, 99])('refuses opset %i', async (opset) => {
    const path = await write('opset.onnx', serialiseModel(smallModel(opset).proto));
    expect((await failureOf(readModel(path))).message).toContain(`opset ${opset}`);
  });

  describe('external data', () => {
    const external = async (name: string) => {
      const path = join(folder, `${name}.onnx`);
      await writeModel(smallModel(), path, { externalData: 'always' });
      return { path, data: join(folder, `${name}.onnx_data`) };
    };
    const relocate = async (path: string, location: string) => {
      // All locations here have the length of the one they replace, so the file stays well-formed.
      const bytes = await readFile(path, 'latin1');
      const old = `${path.slice(dirname(path).length + 1)}_data`;
      expect(location.length).toBe(old.length);
      await writeFile(path, bytes.replace(old, location), 'latin1');
    };

    it('names a missing data file and the tensor', async () => {
      const { path, data } = await external('missing');
      await rm(data);
      expect((await failureOf(readModel(path))).message).toMatch(
        /missing\.onnx_data of tensor bias is missing/,
      );
    });

    it('names a data file that is too short', async () => {
      const { path, data } = await external('short');
      await writeFile(data, new Uint8Array(100));
      expect((await failureOf(readModel(path))).message).toMatch(
        /short\.onnx_data is too short for tensor bias/,
      );
    });

    it.each([
      '../abcdefghijklm',
      '/etc/hosts-abcde',
      'a/../../abcdefgh',
      'C:\\abcdefghijkl',
      '..\\abcdefghijklm',
    ])('refuses %s', async (location) => {
      const base = 'x'.repeat(location.length - '.onnx_data'.length);
      const { path } = await external(base);
      await relocate(path, location);
      expect((await failureOf(readModel(path))).message).toMatch(/outside the model's folder/);
    });

    it('names a tensor that does not say where its data is', async () => {
      const { path } = await external('nowhere');
      const damaged = (await readFile(path, 'latin1')).replace('location', 'lXcation');
      await writeFile(path, damaged, 'latin1');
      expect((await failureOf(readModel(path))).message).toMatch(/Tensor bias .* does not say which file/);
    });

    it('refuses a link that leads outside', async () => {
      const { path, data } = await external('linked');
      const elsewhere = await mkdtemp(join(tmpdir(), 'engineroom-elsewhere-'));
      await writeFile(join(elsewhere, 'secret'), new Uint8Array(4096));
      await rm(data);
      await symlink(join(elsewhere, 'secret'), data);
      expect((await failureOf(readModel(path))).message).toMatch(/outside the model's folder/);
      await rm(elsewhere, { recursive: true });
    });
  });
});

describe.skipIf(!haveFixtures)(`fixture models${fixtureNote}`, () => {
  it.each([...fixtureModels, 'parts'])('%s: decoding and encoding loses nothing', async (name) => {
    const read = await readModel(fixturePath(name));
    const path = join(folder, `${name}.onnx`);
    await writeModel(read, path);
    const again = await readModel(path);
    // Not toEqual: it takes seconds for each megabyte.
    expect(Buffer.compare(serialiseModel(again.proto), serialiseModel(read.proto))).toBe(0);
  });

  it.skipIf(!onnxPython)(`passes onnx's checker, inline and external${pythonNote}`, async () => {
    for (const name of [...fixtureModels, 'parts']) {
      const read = await readModel(fixturePath(name));
      const path = join(folder, `checked-${name}.onnx`);
      await writeModel(read, path);
      checkWithOnnx(path);
      await writeModel(read, path, { externalData: 'always' });
      checkWithOnnx(path);
    }
  });
});
