import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeCpu, hasHalfArithmetic, hasIntegerDotProduct, instructionSetsIn } from './cpu.ts';
import { onnxRuntime } from './onnxruntime.ts';
import { profileEngine, sumProfile } from './profile.ts';

const model = join(import.meta.dirname, '../../../assets/sample/parts.onnx');
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engineroom-ort-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const image = { dims: [1, 3, 64, 96], data: new Float32Array(3 * 64 * 96).fill(0.5) };

describe('onnxRuntime', () => {
  it('describes itself with version, device and capabilities', async () => {
    const description = await onnxRuntime.describe();
    expect(description).toMatchObject({ name: 'onnxruntime', available: true });
    expect(description.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(description.device).toContain(describeCpu().model);
  });

  it('builds an engine under its name and runs it', async () => {
    const modelPath = join(folder, 'work.onnx');
    const enginePath = join(folder, 'parts-fp32.onnx');
    await cp(model, modelPath);
    await onnxRuntime.build({ modelPath, enginePath, precision: 'fp32', threads: 1 }, {});
    using engine = await onnxRuntime.load(enginePath, { threads: 1 });
    expect(engine.inputs).toEqual([{ name: 'images', dtype: 'float32', dims: [-1, 3, -1, -1] }]);
    const output = (await engine.run(image)).get('output0');
    // Strides 8, 16, 32 with three anchors each.
    expect(output?.dims).toEqual([1, 3 * (8 * 12 + 4 * 6 + 2 * 3), 9]);
    expect(output?.data.every(Number.isFinite)).toBe(true);
  });

  it('says what is wrong with a file that is no model, and leaves no engine', async () => {
    const modelPath = join(folder, 'broken.onnx');
    const enginePath = join(folder, 'broken-fp32.onnx');
    await writeFile(modelPath, (await readFile(model)).subarray(0, 100_000));
    await expect(
      onnxRuntime.build({ modelPath, enginePath, precision: 'fp32', threads: 1 }, {}),
    ).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining(modelPath) });
    await expect(readFile(enginePath)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('names the shape that a model does not take', async () => {
    using engine = await onnxRuntime.load(model, { threads: 1 });
    const odd = { dims: [1, 3, 65, 97], data: new Float32Array(3 * 65 * 97) };
    await expect(engine.run(odd)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('[1, 3, 65, 97]'),
    });
  });

  it('stops a build that was cancelled', async () => {
    const modelPath = join(folder, 'cancelled.onnx');
    await cp(model, modelPath);
    const request = {
      modelPath,
      enginePath: join(folder, 'never.onnx'),
      precision: 'fp32',
      threads: 1,
    } as const;
    await expect(onnxRuntime.build(request, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

describe('profile', () => {
  it('adds up nodes by what they compute in', () => {
    const node = (op: string, dur: number, type: string) => ({
      cat: 'Node',
      name: `${op}_1_kernel_time`,
      dur,
      args: { op_name: op, input_type_shape: [{ [type]: [1, 3] }] },
    });
    const times = sumProfile(
      JSON.stringify([
        { cat: 'Session', name: 'model_run', dur: 5000 },
        { ...node('Conv', 999, 'float'), name: 'Conv_1_fence_before' },
        node('Conv', 30, 'float'),
        node('QLinearConv', 50, 'uint8'),
        node('MaxPool', 10, 'int8'),
        node('QuantizeLinear', 10, 'float'),
      ]),
    );
    expect(times).toMatchObject({ totalMicroseconds: 100, float: 0.3, quantized: 0.6, conversion: 0.1 });
    expect(times.operators[0]).toEqual({ operator: 'QLinearConv', share: 0.5 });
  });

  it('profiles a real engine: a float model spends nothing on 8-bit nodes', async () => {
    const times = await profileEngine(model, image, { threads: 1, runs: 2 });
    expect(times.totalMicroseconds).toBeGreaterThan(0);
    expect(times.quantized).toBe(0);
    expect(times.float + times.conversion).toBeCloseTo(1, 9);
    expect(times.operators.map(({ operator }) => operator)).toContain('Conv');
  });
});

describe('cpu', () => {
  it('reads the flags that matter', () => {
    const sets = instructionSetsIn('model name : X\nflags\t\t: fpu sse2 avx avx2 fma avx512f avx512_vnni\n');
    expect(sets).toEqual(['avx', 'avx2', 'fma', 'avx512f', 'avx512_vnni']);
    const cpu = { model: 'X', logicalCores: 1, instructionSets: sets };
    expect(hasIntegerDotProduct(cpu)).toBe(true);
    expect(hasHalfArithmetic(cpu)).toBe(false);
  });

  it('reads those of an Arm core', () => {
    const sets = instructionSetsIn('Features\t: fp asimd fphp asimdhp asimddp\n');
    expect(sets).toEqual(['asimd', 'asimdhp', 'asimddp']);
    expect(hasHalfArithmetic({ model: 'A78', logicalCores: 8, instructionSets: sets })).toBe(true);
  });
});
