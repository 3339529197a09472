import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exampleReport } from '../testing/example-report.ts';
import { summaryOf } from '../testing/example-runs.ts';
import { ruinedReport, slowReport } from '../testing/example-variants.ts';
import { paretoFront, type Trade } from './pareto.ts';
import { defaultMeasure, scatterPoints } from './scatter-points.ts';

function beats(a: Trade, b: Trade): boolean {
  return (
    a.latencyMs <= b.latencyMs &&
    a.accuracy >= b.accuracy &&
    (a.latencyMs < b.latencyMs || a.accuracy > b.accuracy)
  );
}

const trades = fc.array(
  fc.record({ latencyMs: fc.integer({ min: 1, max: 12 }), accuracy: fc.integer({ min: 0, max: 10 }) }),
  { maxLength: 30 },
);

describe('paretoFront', () => {
  it('holds exactly those that no other one beats', () => {
    fc.assert(
      fc.property(trades, (list) => {
        const front = new Set(paretoFront(list));
        for (const trade of list) expect(front.has(trade)).toBe(!list.some((other) => beats(other, trade)));
      }),
    );
  });

  it('goes from the fastest to the most accurate', () => {
    fc.assert(
      fc.property(trades, (list) => {
        const front = paretoFront(list);
        for (let i = 1; i < front.length; i++) {
          expect(front[i]!.latencyMs).toBeGreaterThanOrEqual(front[i - 1]!.latencyMs);
          expect(front[i]!.accuracy).toBeGreaterThanOrEqual(front[i - 1]!.accuracy);
        }
      }),
    );
  });

  it('leaves out what is no number', () => {
    expect(paretoFront([{ latencyMs: Number.NaN, accuracy: 1 }])).toEqual([]);
  });
});

describe('scatterPoints', () => {
  const good = summaryOf('good', exampleReport(), '2026-03-01T10:00:00Z');
  const other = { ...summaryOf('other', exampleReport(), '2026-03-02T10:00:00Z'), modelPath: '/other.onnx' };
  const all = { measure: 'map5095', modelPath: null } as const;

  it('has a point for each measured engine, of one model or of all', () => {
    expect(scatterPoints([good, other], all)).toHaveLength(6);
    expect(scatterPoints([good, other], { ...all, modelPath: good.modelPath })).toHaveLength(3);
  });

  it('never puts an engine on the front that must not be used or was dropped', () => {
    const ruined = summaryOf('ruined', ruinedReport(exampleReport()), '2026-03-03T10:00:00Z');
    const slow = summaryOf('slow', slowReport(exampleReport()), '2026-03-03T10:00:00Z');
    const points = scatterPoints([ruined, slow], { ...all, measure: 'matchedShare' });
    expect(points.filter(({ onFront, excluded }) => onFront && excluded !== null)).toEqual([]);
    expect(points.some(({ excluded }) => excluded === 'unusable')).toBe(true);
    expect(points.some(({ excluded }) => excluded === 'dropped')).toBe(true);
  });

  it('counts FP32 as finding all of its own boxes', () => {
    const points = scatterPoints([good], { ...all, measure: 'matchedShare' });
    expect(points.find(({ precision }) => precision === 'fp32')?.accuracy).toBe(1);
  });

  it('leaves out figures without the measure, and begins with one that is there', () => {
    const bare = { ...good, figures: good.figures.map((figure) => ({ ...figure, map5095: null })) };
    expect(scatterPoints([bare], all)).toEqual([]);
    expect(defaultMeasure([bare])).toBe('matchedShare');
    expect(defaultMeasure([good])).toBe('map5095');
  });
});
