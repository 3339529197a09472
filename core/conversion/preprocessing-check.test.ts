import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultPreprocessing } from '../images/preprocessing.ts';
import { type JudgedVariant, judgePreprocessing, notesOnPreprocessing } from './preprocessing-check.ts';
import { preprocessingVariants } from './preprocessing-variants.ts';
import type { PreprocessingCheckReport } from './report.ts';

const own = defaultPreprocessing(416, 320);

describe('preprocessingVariants', () => {
  it('combines the three changes, the own first and single ones before several', () => {
    const scale = String(1 / 255);
    expect(preprocessingVariants(own).map(({ options }) => options)).toEqual([
      '',
      '--color bgr',
      '--scale 1',
      '--resize stretch',
      '--color bgr --scale 1',
      '--color bgr --resize stretch',
      '--scale 1 --resize stretch',
      '--color bgr --scale 1 --resize stretch',
    ]);
    const back = preprocessingVariants({ ...own, color: 'bgr', scale: 1, resize: 'stretch' });
    expect(back.at(-1)).toEqual({
      preprocessing: own,
      changes: 3,
      options: `--color rgb --scale ${scale} --resize letterbox`,
    });
    expect(Number(scale)).toBe(1 / 255);
  });

  it('also leaves out mean and deviation where they are given, and changes nothing else', () => {
    const given = { ...own, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], pad: 0 } as const;
    const variants = preprocessingVariants(given);
    expect(variants).toHaveLength(9);
    expect(variants.find(({ options }) => options === '--mean 0,0,0 --std 1,1,1')).toEqual({
      preprocessing: { ...own, pad: 0 },
      changes: 1,
      options: '--mean 0,0,0 --std 1,1,1',
    });
    for (const { preprocessing } of variants) {
      expect(preprocessing).toMatchObject({ width: 416, height: 320, pad: 0 });
    }
  });
});

/** The variants of `own` with these accuracies; what is not named finds nothing. */
function judge(figures: Readonly<Record<string, number>>, images = 20): PreprocessingCheckReport {
  const [first, ...others] = preprocessingVariants(own).map((variant): JudgedVariant => {
    const map5095 = figures[variant.options] ?? 0;
    return { ...variant, map50: map5095, map5095 };
  });
  return judgePreprocessing(images, first!, others);
}

const codeOf = (check: PreprocessingCheckReport) => notesOnPreprocessing(check).map(({ code }) => code);

describe('judgePreprocessing', () => {
  it('offers what is better by 5 points and by 1.2 times, and nothing that misses one of both', () => {
    expect(judge({ '': 0.3, '--color bgr': 0.37 }).offered).toBe('--color bgr');
    expect(judge({ '': 0.3, '--color bgr': 0.355 }).offered).toBeNull();
    expect(judge({ '': 0.1, '--color bgr': 0.14 }).offered).toBeNull();
    expect(judge({ '': 0, '--color bgr': 0.2 }).offered).toBe('--color bgr');
  });

  it('offers the fewest changes among those that are as good', () => {
    const figures = { '': 0.1, '--color bgr': 0.8, '--color bgr --resize stretch': 0.815 };
    expect(judge(figures).offered).toBe('--color bgr');
    expect(judge({ ...figures, '--color bgr --resize stretch': 0.85 }).offered).toBe(
      '--color bgr --resize stretch',
    );
  });

  it('never offers something worse than the own, nor the own', () => {
    const accuracy = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(accuracy, { minLength: 8, maxLength: 8 }), (values) => {
        const names = preprocessingVariants(own).map(({ options }) => options);
        const figures = Object.fromEntries(names.map((name, i) => [name, values[i]!]));
        const { offered } = judge(figures);
        if (offered === null) return;
        expect(offered).not.toBe('');
        expect(figures[offered]! - figures['']!).toBeGreaterThanOrEqual(0.05);
      }),
    );
  });

  it('says it with the figures and the options, and never confirms what it cannot', () => {
    const [note] = notesOnPreprocessing(judge({ '': 0.31, '--color bgr': 0.842 }));
    expect(note).toMatchObject({ severity: 'warning', code: 'preprocessing-doubtful' });
    expect(note!.message).toMatch(/0\.310 .*0\.842 with --color bgr/);
    expect(note!.tip).toContain('--color bgr');
    expect(codeOf(judge({ '': 0.84, '--color bgr': 0.7 }))).toEqual(['preprocessing-confirmed']);
    const alike = notesOnPreprocessing(judge({ '': 0.84, '--color bgr': 0.83, '--resize stretch': 0.7 }));
    expect(alike[0]!.message).toContain('do not tell it from --color bgr, with');
    expect(codeOf(judge({ '': 0.01 }))).toEqual(['preprocessing-not-confirmed']);
    expect(judge({ '--color bgr': 0.8 }, 4).offered).toBeNull();
    expect(codeOf(judge({ '': 0.84 }, 4))).toEqual(['preprocessing-not-checked']);
  });
});
