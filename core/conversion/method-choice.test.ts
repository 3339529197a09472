import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseMethod, type JudgedMethod, reasonForMethod } from './method-choice.ts';

function candidate(method: JudgedMethod['method'], figures: Partial<JudgedMethod>): JudgedMethod {
  return {
    method,
    percentile: method === 'percentile' ? 99.9 : null,
    map50: null,
    map5095: null,
    matchedShare: null,
    meanIou: null,
    finite: true,
    ...figures,
  };
}

function decide(candidates: readonly JudgedMethod[]) {
  const best = chooseMethod(candidates);
  return reasonForMethod(candidates.map((each, i) => ({ ...each, taken: i === best })));
}

describe('chooseMethod', () => {
  it('goes by mAP50-95 where there are labels, whatever the agreement', () => {
    expect(
      decide([
        candidate('mse', { map50: 0.9, map5095: 0.5, matchedShare: 1, meanIou: 0.99 }),
        candidate('entropy', { map50: 0.8, map5095: 0.6, matchedShare: 0.5, meanIou: 0.8 }),
        candidate('minmax', { map50: 0.8, map5095: 0.4, matchedShare: 0.5, meanIou: 0.8 }),
      ]),
    ).toBe(
      'Of the calibration methods mse, entropy and minmax, entropy is taken: its mAP50-95 is the highest with 0.6000, before 0.5000 of mse.',
    );
  });

  it('looks at mAP50 among equals, and then at the order in which they were named', () => {
    const equal = [
      candidate('mse', { map50: 0.8, map5095: 0.5 }),
      candidate('percentile', { map50: 0.9, map5095: 0.5 }),
      candidate('minmax', { map50: 1, map5095: 0.4 }),
    ];
    expect(decide(equal)).toBe(
      'Of the calibration methods mse, percentile 99.9 and minmax, percentile 99.9 is taken: its mAP50-95 of 0.5000 is also that of mse, and its mAP50 is the highest with 0.9000, before 0.8000 of mse.',
    );
    const same = [candidate('minmax', { map50: 1, map5095: 1 }), candidate('mse', { map50: 1, map5095: 1 })];
    expect(decide(same)).toMatch(/minmax is taken: .* also that of mse; it was named first\.$/);
  });

  it('goes by the agreement with FP32 without labels', () => {
    expect(
      decide([
        candidate('mse', { matchedShare: 0.9, meanIou: 0.8 }),
        candidate('entropy', { matchedShare: 0.9, meanIou: 0.85 }),
        candidate('minmax', { matchedShare: 0.5, meanIou: 0.99 }),
      ]),
    ).toBe(
      "Of the calibration methods mse, entropy and minmax, entropy is taken: its share of FP32's detections of 90.0 % is also that of mse, and its mean IoU with them is the highest with 0.8500, before 0.8000 of mse.",
    );
  });

  it('takes the first where FP32 finds nothing, and says so', () => {
    expect(decide([candidate('entropy', {}), candidate('mse', {})])).toBe(
      'Of the calibration methods entropy and mse, entropy is taken, which was named first: FP32 finds nothing to compare with.',
    );
  });

  it('never takes one that is not finite before one that is', () => {
    const reason = decide([
      candidate('mse', { map50: 1, map5095: 1, finite: false }),
      candidate('entropy', { map50: 0.1, map5095: 0.1 }),
    ]);
    expect(reason).toMatch(/entropy is taken: only its outputs are finite on all images/);
  });

  it('takes one that no other beats, the first of those', () => {
    const figure = fc.constantFrom(0, 0.25, 0.5, 1);
    fc.assert(
      fc.property(fc.array(fc.tuple(figure, figure), { minLength: 1, maxLength: 6 }), (figures) => {
        const candidates = figures.map(([map5095, map50]) => candidate('mse', { map5095, map50 }));
        const best = chooseMethod(candidates);
        const rank = ([map5095, map50]: readonly [number, number]) => 10 * map5095 + map50;
        const ranks = figures.map(rank);
        expect(best).toBe(ranks.indexOf(Math.max(...ranks)));
      }),
    );
  });
});
