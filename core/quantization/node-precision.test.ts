import { describe, expect, it } from 'vitest';
import { convertToHalfPrecision } from './half-precision.ts';
import { insertQuantization, markPrecision } from './insert.ts';
import { nodePrecisions } from './node-precision.ts';
import { planQuantization } from './plan.ts';
import { rangesOfFour, smallDetector } from './testing/small-detector.ts';

describe('nodePrecisions', () => {
  it('gives a plain model no precision, but says what would stay in float', () => {
    const model = smallDetector();
    const found = nodePrecisions(model);
    expect([...found.values()].every(({ precision }) => precision === null)).toBe(true);
    const expected = planQuantization(model).leftInFloat;
    expect([...found].map(([output, { reason }]) => ({ output, reason }))).toEqual(
      expected.map(({ output, reason }) => ({ output, reason })),
    );
  });

  it('finds exactly the planned layers, the residual and what passes int8 on', async () => {
    const plan = planQuantization(smallDetector());
    const { model } = await insertQuantization(smallDetector(), plan, rangesOfFour(plan.tensors));
    markPrecision(model, 'int8');
    const found = nodePrecisions(model);
    const int8 = (model.proto.graph?.node ?? [])
      .filter(({ opType }) => !/QuantizeLinear|DequantizeLinear/.test(opType))
      .filter(({ output }) => found.get(output[0] ?? '')?.precision === 'int8')
      .map(({ name }) => name);
    expect(int8.sort()).toEqual(
      [...plan.layers.map(({ name }) => name), 'residual', 'pool', 'concat'].sort(),
    );
    expect(found.get('unit')).toEqual({
      precision: 'fp32',
      reason: expect.stringMatching(/^decode tail/),
    });
    expect(found.get('raw')).toEqual({ precision: 'fp32', reason: expect.stringMatching(/^final layer/) });
  });

  it('reads float16 from the types of a converted model', () => {
    const { model } = convertToHalfPrecision(smallDetector());
    const found = nodePrecisions(model);
    expect(found.get('stem_x')?.precision).toBe('fp16');
    expect(found.get('unit')).toEqual({
      precision: 'fp32',
      reason: expect.stringMatching(/^decode tail/),
    });
  });

  it('says fp32 of an fp32 engine, without reasons', () => {
    const model = smallDetector();
    markPrecision(model, 'fp32');
    expect(new Set([...nodePrecisions(model).values()].map(({ precision }) => precision))).toEqual(
      new Set(['fp32']),
    );
  });
});
