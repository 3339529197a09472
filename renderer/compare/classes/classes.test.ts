import { describe, expect, it } from 'vitest';
import { exampleReport, exampleResult } from '../testing/example-report.ts';
import { ruinedReport } from '../testing/example-variants.ts';
import { classRows, sortClassRows } from './class-rows.ts';
import { scorePictures, stepPath } from './score-steps.ts';

const names = (rows: readonly { readonly name: string }[]) => rows.map(({ name }) => name);

describe('classRows', () => {
  it('has the loss of each class against FP32', () => {
    const [bolt] = classRows(exampleReport());
    expect(bolt?.loss).toBeCloseTo(0.0065);
    expect(bolt?.fellIn).toEqual([]);
  });

  it('knows the classes that fell to nothing and keeps them first in every order', () => {
    const rows = classRows(ruinedReport(exampleReport()));
    expect(rows.filter(({ fellIn }) => fellIn.length > 0).map(({ name }) => name)).toEqual(['bolt', 'nut']);
    for (const falling of [true, false]) {
      for (const by of ['name', 'labels', 'loss'] as const) {
        expect(new Set(names(sortClassRows(rows, { by, falling })).slice(0, 2))).toEqual(
          new Set(['bolt', 'nut']),
        );
      }
    }
  });

  it('sorts by any figure, missing ones last in both directions', () => {
    const report = exampleReport();
    const [fp32, fp16, int8] = report.results;
    const gap = {
      ...int8!,
      accuracy: int8!.accuracy && {
        ...int8!.accuracy,
        perClass: int8!.accuracy.perClass.map((entry, i) => (i === 1 ? { ...entry, ap5095: null } : entry)),
      },
    };
    const rows = classRows(exampleReport({ results: [fp32!, fp16!, gap] }));
    const order = { by: 'ap5095', precision: 'int8' } as const;
    expect(names(sortClassRows(rows, { ...order, falling: true }))).toEqual([
      'gear',
      'washer',
      'bolt',
      'nut',
    ]);
    expect(names(sortClassRows(rows, { ...order, falling: false }))).toEqual([
      'bolt',
      'washer',
      'gear',
      'nut',
    ]);
  });

  it('is empty without accuracy', () => {
    expect(classRows(exampleReport({ results: [exampleResult('fp32', { accuracy: null })] }))).toEqual([]);
  });
});

describe('scorePictures', () => {
  it('leaves out classes without detections and begins with squeezed scores', () => {
    const int8 = exampleResult('int8');
    const squeezed = {
      ...int8,
      agreement: int8.agreement && {
        ...int8.agreement,
        perClass: int8.agreement.perClass.map((entry) =>
          entry.name === 'gear'
            ? { ...entry, squeezedScores: { ratio: 0.6, suggestedThreshold: 0.14 } }
            : entry,
        ),
      },
    };
    const empty = { name: 'pin', counts: Array.from({ length: 20 }, () => 0) };
    const withEmpty = (result: typeof int8) => ({
      ...result,
      scoreHistograms: [...result.scoreHistograms, empty],
    });
    const pictures = scorePictures(
      exampleReport({ results: [withEmpty(exampleResult('fp32')), withEmpty(squeezed)] }),
    );
    expect(pictures[0]).toMatchObject({ name: 'gear', squeezed: [{ precision: 'int8', threshold: 0.14 }] });
    expect(names(pictures)).not.toContain('pin');
  });

  it('draws steps from the left edge to the right one, the largest count at the top', () => {
    expect(stepPath([0, 9], 9, 100, 50)).toBe('M0 50H50V0H100');
    expect(stepPath([0, 0], 0, 100, 50)).toBe('M0 50H50V50H100');
  });
});
