import { describe, expect, it } from 'vitest';
import { notesOnConvergence } from '../convergence-words.ts';
import { renderCalibration } from './calibration-section.ts';
import { exampleReport } from './example-report.ts';

const { calibration } = exampleReport();
if (!calibration) throw new Error('the example is calibrated');

const point = (previousImages: number, images: number, medianChange: number) => ({
  previousImages,
  images,
  medianChange,
  worstChange: 0.25,
  worstTensor: '/model.0/<Conv>',
});
const curve = [point(8, 16, 0.02), point(16, 32, 0.01), point(24, 48, 0.006)];

const pageOf = (more: object) =>
  renderCalibration(exampleReport({ calibration: { ...calibration, ...more } }))?.text ?? null;

describe('renderCalibration', () => {
  it('is absent where nothing was decided', () => {
    expect(pageOf({})).toBeNull();
    expect(pageOf({ convergence: [] })).toBeNull();
    expect(renderCalibration(exampleReport({ calibration: null }))).toBeNull();
  });

  it('draws one point for each doubling, those with less change lower', () => {
    const page = pageOf({ convergence: curve });
    expect(page).toContain(
      'Between 24 and 48 images the median range moved by 0.6 %: more images of this kind change little.',
    );
    expect(page).toContain('/model.0/&lt;Conv&gt;');
    const heights = [...page!.matchAll(/<circle [^>]*cy="([\d.]+)"/g)].map(([, y]) => Number(y));
    expect(heights).toHaveLength(3);
    expect(heights).toEqual([...heights].sort((a, b) => a - b));
    expect(page).not.toMatch(/NaN|undefined|style=/);
  });

  it('draws a single point too', () => {
    expect(pageOf({ convergence: [point(8, 12, 0)] })).not.toMatch(/NaN|Infinity/);
  });

  it('shows each method and which one was taken', () => {
    const figures = { percentile: null, meanIou: 0.9, matchedShare: 0.95, finite: true };
    const page = pageOf({
      candidates: [
        { ...figures, method: 'mse', map50: 0.9, map5095: 0.61234, taken: true },
        { ...figures, method: 'minmax', map50: null, map5095: null, finite: false, taken: false },
      ],
    });
    expect(page).toMatch(/mse <strong>\u2190 taken<\/strong>/);
    expect(page).toContain('<td>0.6123</td>');
    expect(page).toMatch(/minmax <strong class="worse">not finite/);
    expect(page?.match(/\u2190 taken/g)).toHaveLength(1);
  });
});

describe('notesOnConvergence', () => {
  it('asks for more images while the last doubling moves the ranges by more than 2 %', () => {
    expect(notesOnConvergence([...curve, point(48, 96, 0.021)])).toEqual([
      {
        severity: 'warning',
        code: 'ranges-unsettled',
        message:
          'Between 48 and 96 images the median range moved by 2.1 %, more than 2.0 %: more images are needed.',
        tip: 'Calibrate on 192 images or more (--calibration, --calibration-limit).',
      },
    ]);
    expect(notesOnConvergence([point(8, 16, 0.02)])).toMatchObject([
      { severity: 'info', code: 'ranges-settled' },
    ]);
    expect(notesOnConvergence([])).toEqual([]);
    expect(notesOnConvergence(null)).toEqual([]);
  });
});
