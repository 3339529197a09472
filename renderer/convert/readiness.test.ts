import { describe, expect, it } from 'vitest';
import type { ImageSet } from '../images/image-types.ts';
import { defaultForm, type FormDraft } from './form.ts';
import { type ReadinessFacts, type ReadyModel, readiness } from './readiness.ts';

const model: ReadyModel = {
  name: 'parts',
  classNames: ['bolt', 'nut'],
  layout: 'yolov5',
  layoutReason: '',
  inputSize: { width: 416, height: 416 },
  dynamicSize: true,
  problems: [],
};
const set = (change: Partial<ImageSet> = {}): ImageSet => ({
  id: 's',
  source: '/c',
  labels: null,
  labelFormat: null,
  classNames: [],
  files: 300,
  phase: 'ready',
  examined: 300,
  unreadable: 0,
  duplicates: 0,
  warnings: [],
  error: null,
  ...change,
});
const ready: ReadinessFacts = {
  model,
  calibration: { source: '/c', labels: null, set: set() },
  validation: { source: '/v', labels: '/l', set: set({ classNames: ['bolt', 'nut'] }) },
};
const points = (change: Partial<ReadinessFacts>, form: Partial<FormDraft> = {}) =>
  readiness({ ...ready, ...change }, { ...defaultForm, ...form }).map(({ code, kind }) => `${kind} ${code}`);

describe('readiness', () => {
  it('has nothing to say when all is there', () => {
    expect(points({})).toEqual([]);
  });

  it('names everything that is missing at the start', () => {
    expect(points({ model: null, calibration: null, validation: null })).toEqual([
      'missing no-model',
      'missing no-calibration',
      'advice no-validation',
    ]);
  });

  it('needs no calibration set without INT8', () => {
    expect(points({ calibration: null }, { int8: false })).toEqual([]);
  });

  it('needs labels only where mAP is demanded', () => {
    const unlabelled = { validation: { source: '/v', labels: null, set: set() } };
    expect(points(unlabelled)).toEqual(['advice unlabelled']);
    expect(points(unlabelled, { maxMapLoss: 0.5 })).toEqual(['missing no-labels']);
    expect(points({ validation: null }, { maxMapLoss: 0 })).toEqual(['missing no-labels']);
  });

  it('passes on what is wrong with the model', () => {
    const problems = [
      {
        severity: 'error' as const,
        message: 'Weights are missing.',
        remedy: 'Copy parts.onnx.data beside it.',
      },
      { severity: 'warning' as const, message: 'Old opset.', remedy: 'Export again.' },
    ];
    expect(points({ model: { ...model, problems } })).toEqual(['blocker model-problem']);
  });

  it('asks for a size where nobody names one', () => {
    const sizeless = { model: { ...model, inputSize: null } };
    expect(points(sizeless)).toEqual(['missing no-size']);
    expect(points(sizeless, { width: 640, height: 640 })).toEqual([]);
  });

  it('judges the sets', () => {
    const calibration = (change: Partial<ImageSet>) => ({
      calibration: { source: '/c', labels: null, set: set(change) },
    });
    expect(points(calibration({ files: 99 }))).toEqual(['advice calibration-few']);
    expect(points(calibration({ files: 3, unreadable: 3 }))).toEqual(['blocker calibration-empty']);
    expect(points(calibration({ files: 3, phase: 'scanning' }))).toEqual([]);
    expect(points(calibration({ phase: 'failed', error: { message: 'Gone.', remedy: 'Look.' } }))).toEqual([
      'blocker calibration-failed',
    ]);
    expect(points({ validation: { source: '/v', labels: '/l', set: set({ classNames: ['one'] }) } })).toEqual(
      ['advice classes-differ'],
    );
  });
});
