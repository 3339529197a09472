import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkExcluded, closestNames } from './excluded-layers.ts';
import { planQuantization } from './plan.ts';
import { smallDetector } from './testing/small-detector.ts';

describe('closestNames', () => {
  it('takes names that contain the word first, then those with the fewest different letters', () => {
    const known = ['/model.1/conv/Conv', '/model.10/conv/Conv', '/model.2/cv1/Conv', '/neck/up'];
    expect(closestNames('model.10', known, 1)).toEqual(['/model.10/conv/Conv']);
    expect(closestNames('/MODEL.2/cv1/Con', known, 1)).toEqual(['/model.2/cv1/Conv']);
    expect(closestNames('/model.2/cv2/Conv', known)[0]).toBe('/model.2/cv1/Conv');
    expect(closestNames('x', [])).toEqual([]);
  });

  it('finds any name that one letter was dropped from among names that differ by three', () => {
    const known = ['aaaa_conv', 'bbbb_conv', 'cccc_conv', 'dddd_conv'];
    fc.assert(
      fc.property(fc.nat(3), fc.nat(8), (which, letter) => {
        const name = known[which]!;
        expect(closestNames(name.slice(0, letter) + name.slice(letter + 1), known, 1)).toEqual([name]);
      }),
    );
  });
});

const plan = planQuantization(smallDetector());

describe('checkExcluded', () => {
  it('takes node names and first outputs, of layers that stay in float anyway too', () => {
    const names = [...plan.layers, ...plan.leftInFloat].flatMap(({ name, output }) => [name, output]);
    expect(() =>
      checkExcluded(
        plan,
        names.filter((name) => name !== ''),
      ),
    ).not.toThrow();
  });

  it('refuses an unknown name and says which are like it', () => {
    expect(() => checkExcluded(plan, ['a_conv', 'b_con'])).toThrow(
      expect.objectContaining({
        code: 'bad-usage',
        message: expect.stringContaining('--exclude names b_con,'),
        remedy: expect.stringContaining('closest names are b_conv'),
      }),
    );
  });
});

describe('planQuantization', () => {
  it('leaves excluded and sensitive layers in float, each with its reason, and quantizes no tensor for them alone', () => {
    const less = planQuantization(smallDetector(), {
      exclude: new Set(['a_conv']),
      sensitive: new Set(['b_x']),
    });
    const reasons = new Map(less.leftInFloat.map(({ name, reason }) => [name, reason]));
    expect(reasons.get('a_conv')).toMatch(/^excluded/);
    const layerB = plan.layers.find(({ name }) => name === 'b_conv')!;
    const withoutB = planQuantization(smallDetector(), { sensitive: new Set([layerB.output]) });
    expect(withoutB.leftInFloat.find(({ name }) => name === 'b_conv')?.reason).toMatch(/^sensitive/);
    expect(withoutB.layers).toHaveLength(plan.layers.length - 1);
    const tensors = new Set(plan.tensors.map(({ tensor }) => tensor));
    for (const { tensor } of [...less.tensors, ...withoutB.tensors]) expect(tensors).toContain(tensor);
  });
});
