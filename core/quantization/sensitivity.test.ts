import fc from 'fast-check';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { type OnnxModel, serialiseModel } from '../onnx/model-file.ts';
import { floatTensor } from '../onnx/tensors.ts';
import { seededValues } from '../onnx/testing/build-model.ts';
import { planQuantization } from './plan.ts';
import { measureSensitivity, mostCandidates, planOfOneLayer, searchLayersInFloat } from './sensitivity.ts';
import { rangesOfFour, smallDetector } from './testing/small-detector.ts';

async function open(model: OnnxModel) {
  const session = await InferenceSession.create(serialiseModel(model.proto), { logSeverityLevel: 3 });
  return {
    async run(input: { dims: readonly number[]; data: Float32Array }) {
      const outputs = await session.run({ images: new Tensor('float32', input.data, [...input.dims]) });
      return new Map(
        Object.entries(outputs).map(([name, { dims, data }]) => [name, { dims, data: data as Float32Array }]),
      );
    },
    [Symbol.dispose]() {},
  };
}

const images = [1, 2, 3].map((seed) => ({ dims: [1, 3, 8, 8], data: seededValues(3 * 8 * 8, seed) }));

describe('measureSensitivity', () => {
  it('ranks the layer first whose range clips, and shares add up to 1', async () => {
    const model = smallDetector();
    const plan = planQuantization(model);
    // Layer b reads a; its range is cut to a fiftieth of what flows there.
    const thresholds = rangesOfFour(plan.tensors).set('a', 0.02);
    const ranked = await measureSensitivity(model, plan, thresholds, images, open);
    expect(ranked[0]?.name).toBe('b_conv');
    expect(ranked).toHaveLength(plan.layers.length);
    expect(ranked.reduce((sum, { noiseShare }) => sum + noiseShare, 0)).toBeCloseTo(1, 9);
    for (let i = 1; i < ranked.length; i++)
      expect(ranked[i]!.sqnrDb).toBeGreaterThanOrEqual(ranked[i - 1]!.sqnrDb);
  });

  it('finds no noise in a layer whose weights and inputs int8 holds exactly', async () => {
    const model = smallDetector();
    const initializers = model.proto.graph!.initializer;
    const zero = initializers.findIndex(({ name }) => name === 'c_w');
    initializers[zero] = floatTensor('c_w', [8, 8, 3, 3], new Float32Array(8 * 8 * 9));
    const plan = planQuantization(model);
    const ranked = await measureSensitivity(model, plan, rangesOfFour(plan.tensors), images, open);
    expect(ranked.find(({ name }) => name === 'c_conv')?.noiseShare).toBe(0);
  });

  it('leaves the rest unmeasured when told that it is enough', async () => {
    const model = smallDetector();
    const plan = planQuantization(model);
    let asked = 0;
    const enough = () => ++asked > 2;
    const ranked = await measureSensitivity(model, plan, rangesOfFour(plan.tensors), images, open, {
      enough,
    });
    const measured = plan.layers.slice(0, 2).map(({ name }) => name);
    expect(ranked.map(({ name }) => name).sort()).toEqual(measured.sort());
  });

  it('is cancelled between two runs', async () => {
    const model = smallDetector();
    const plan = planQuantization(model);
    const work = { signal: AbortSignal.abort() };
    await expect(
      measureSensitivity(model, plan, rangesOfFour(plan.tensors), images, open, work),
    ).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('planOfOneLayer', () => {
  it('quantizes what the layer reads and nothing else', () => {
    const plan = planQuantization(smallDetector());
    const one = planOfOneLayer(plan, 'a_x');
    expect(one.layers.map(({ name }) => name)).toEqual(['a_conv']);
    expect(one.tensors).toEqual([{ tensor: 'stem', readers: ['a_x'] }]);
  });
});

describe('searchLayersInFloat', () => {
  it('finds the least number of layers for any falling loss, in few trials', async () => {
    const losses = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(losses, fc.double({ min: 0, max: 1, noNaN: true }), async (list, limit) => {
        const falling = list.toSorted((a, b) => b - a);
        const layers = falling.length - 1;
        const { best, reached, candidates } = await searchLayersInFloat(
          layers,
          limit,
          falling[0]!,
          async (n) => falling[n]!,
        );
        const least = falling.findIndex((loss) => loss <= limit);
        expect(reached).toBe(least >= 0);
        if (reached) expect(best.layersInFloat).toBe(least);
        else expect(best.loss).toBe(falling.at(-1));
        expect(candidates.length).toBeLessThanOrEqual(1 + mostCandidates(layers));
        expect(new Set(candidates.map(({ layersInFloat }) => layersInFloat)).size).toBe(candidates.length);
      }),
    );
  });

  it('ends with the best so far when there is no more time', async () => {
    const losses = [5, 3, 4];
    const result = await searchLayersInFloat(60, 1, 5, async (n) => losses[n]);
    expect(result).toMatchObject({ reached: false, best: { layersInFloat: 1, loss: 3 } });
    expect(result.candidates).toHaveLength(3);
    const stoppedWhileNarrowing = await searchLayersInFloat(60, 1, 5, async (n) =>
      n < 8 ? 4 : n > 8 ? 0 : 1,
    );
    expect(stoppedWhileNarrowing).toMatchObject({ reached: true, best: { layersInFloat: 8 } });
    const never = await searchLayersInFloat(60, 1, 5, async () => undefined);
    expect(never).toMatchObject({ reached: false, best: { layersInFloat: 0, loss: 5 } });
  });
});
