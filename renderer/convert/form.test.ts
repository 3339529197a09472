import { describe, expect, it } from 'vitest';
import { checkForm, defaultForm, type FormDraft, formFromStorage } from './form.ts';
import { specificationFromForm, stemOf, suggestedOutput } from './specification-from-form.ts';

const inputs = {
  model: '/m/parts.onnx',
  calibration: '/c',
  validation: { images: '/v', labels: '/l' },
  suggestedOut: '/out/parts',
};

describe('checkForm', () => {
  it('finds nothing wrong with the defaults', () => {
    expect(checkForm(defaultForm)).toEqual({});
  });

  it.each<[Partial<FormDraft>, string, RegExp]>([
    [{ batch: 0 }, 'batch', /at least 1/i],
    [{ batch: 1.5 }, 'batch', /whole/],
    [{ batch: null }, 'batch', /give a batch size/i],
    [{ runs: 2 }, 'runs', /at least 3/i],
    [{ scoreThreshold: 1.2 }, 'scoreThreshold', /0 to 1/],
    [{ batches: '1, two' }, 'batches', /commas/],
    [{ batches: '' }, 'batches', /commas/],
    [{ width: 640 }, 'height', /both sides/],
    [{ method: 'percentile', percentile: 0 }, 'percentile', /more than 0/i],
    [{ values: 'custom', std: '1, 0, 1' }, 'std', /above 0/],
    [{ maxMapLoss: -1 }, 'maxMapLoss', /at least 0/i],
  ])('%j is wrong in %s', (change, field, message) => {
    expect(checkForm({ ...defaultForm, ...change })).toEqual({ [field]: expect.stringMatching(message) });
  });

  it('ignores fields that do not count', () => {
    expect(checkForm({ ...defaultForm, method: 'mse', percentile: null })).toEqual({});
    expect(checkForm({ ...defaultForm, int8: false, calibrationLimit: null })).toEqual({});
    expect(checkForm({ ...defaultForm, mean: 'nonsense' })).toEqual({});
  });
});

describe('specificationFromForm', () => {
  it('leaves out what is the default', () => {
    expect(specificationFromForm(defaultForm, inputs)).toEqual({
      model: '/m/parts.onnx',
      out: '/out/parts',
      calibration: { images: '/c' },
      validation: { images: '/v', labels: '/l' },
    });
  });

  it('writes what was chosen', () => {
    const draft: FormDraft = {
      ...defaultForm,
      fp16: false,
      method: 'percentile',
      percentile: 99.9,
      width: 416,
      height: 320,
      color: 'bgr',
      values: 'bytes',
      batches: '1 2',
      maxMapLoss: 0.5,
      out: ' /elsewhere ',
    };
    expect(specificationFromForm(draft, inputs)).toEqual({
      model: '/m/parts.onnx',
      out: '/elsewhere',
      precisions: ['fp32', 'int8'],
      preprocessing: { width: 416, height: 320, color: 'bgr', scale: 1 },
      calibration: { images: '/c', method: 'percentile', percentile: 99.9 },
      validation: { images: '/v', labels: '/l' },
      benchmark: { batches: [1, 2] },
      checks: { maxMapLoss: 0.5 },
    });
  });

  it('tries other methods as well, each once', () => {
    const draft: FormDraft = {
      ...defaultForm,
      alternatives: ['mse', 'percentile'],
      percentile: 99.9,
      cache: 'c',
      reuseStale: true,
    };
    expect(specificationFromForm(draft, inputs)).toMatchObject({
      calibration: { images: '/c', alternatives: ['percentile'], percentile: 99.9, cache: 'c' },
    });
    expect(specificationFromForm(draft, inputs)?.calibration).not.toHaveProperty('reuseStale');
    expect(checkForm({ ...draft, percentile: null })).toHaveProperty('percentile');
  });

  it('has no calibration without INT8 and nothing at all while a field is wrong', () => {
    expect(specificationFromForm({ ...defaultForm, int8: false }, inputs)).not.toHaveProperty('calibration');
    expect(specificationFromForm({ ...defaultForm, batch: null }, inputs)).toBeNull();
  });
});

describe('formFromStorage', () => {
  it('gives back what was kept', () => {
    const form = { ...defaultForm, method: 'entropy' as const, maxMapLoss: 0.5 };
    expect(formFromStorage(JSON.stringify(form))).toEqual(form);
  });

  it('falls back field by field', () => {
    expect(formFromStorage('{"batch": 0, "runs": 50, "method": "magic", "unknown": 1}')).toEqual({
      ...defaultForm,
      runs: 50,
    });
    for (const text of [null, '', '[]', '{', '"x"', 'null'])
      expect(formFromStorage(text)).toEqual(defaultForm);
  });
});

describe('suggestedOutput', () => {
  it('names a folder by model and time, in the way of the host', () => {
    const now = new Date(2026, 10, 24, 9, 5, 7);
    expect(suggestedOutput('/home/a/runs/', '/m/parts.v2.onnx', now)).toBe(
      '/home/a/runs/parts.v2-20261124-090507',
    );
    expect(suggestedOutput('C:\\Runs', 'D:\\m\\parts.onnx', now)).toBe('C:\\Runs\\parts-20261124-090507');
    expect(stemOf('/m/.onnx')).toBe('model');
  });
});
