import { describe, expect, it } from 'vitest';
import type { RunFigure, RunSummary } from './run-types.ts';
import {
  announcementOf,
  figureWords,
  missedCheck,
  standingWords,
  stateName,
  summaryWords,
  timeLeftWords,
} from './run-words.ts';

const figure = (change: Partial<RunFigure>): RunFigure => ({
  precision: 'fp32',
  status: 'ok',
  bytes: 1000,
  p50Ms: 10,
  map50: 0.9,
  map5095: 0.6,
  matchedShare: null,
  ...change,
});
const run = (change: Partial<RunSummary>): RunSummary => ({
  id: 'r',
  modelName: 'parts',
  modelPath: '/parts.onnx',
  out: '/out',
  state: 'running',
  createdAt: '2026-11-24T12:00:00Z',
  finishedAt: null,
  progress: 0.427,
  step: 'Calibrate',
  secondsLeft: 43,
  queuePosition: null,
  error: null,
  figures: [],
  ...change,
});
const beside = (change: Partial<RunFigure>) =>
  figureWords([figure({}), figure({ precision: 'int8', ...change })])[0]?.words;

describe('figureWords', () => {
  it('says speed, accuracy and size', () => {
    expect(beside({ bytes: 271, p50Ms: 4.8, map5095: 0.5961 })).toBe(
      '2.1 times faster, 0.4 points of mAP lost, 27.1 % of the size',
    );
    expect(beside({ p50Ms: 12, map5095: 0.61, bytes: 500 })).toBe(
      '1.2 times slower, 1.0 point of mAP gained, 50.0 % of the size',
    );
    expect(beside({ p50Ms: 10.1, map5095: 0.6, bytes: 500 })).toBe(
      'about as fast as FP32, same mAP, 50.0 % of the size',
    );
  });

  it('falls back on agreement without labels', () => {
    const words = figureWords([
      figure({ map5095: null }),
      figure({ precision: 'int8', map5095: null, matchedShare: 0.982, bytes: 300 }),
    ]);
    expect(words[0]?.words).toContain('98.2 % of FP32’s boxes found again');
  });

  it('never praises an engine that lost its detections', () => {
    const lost = figureWords([
      figure({}),
      figure({ precision: 'int8', status: 'detections-lost', p50Ms: 1 }),
    ]);
    expect(lost).toEqual([{ precision: 'int8', good: false, words: expect.stringContaining('not usable') }]);
    expect(lost[0]?.words).not.toContain('faster');
    expect(beside({ status: 'non-finite' })).toContain('NaN');
  });

  it('has a word for a run of fp32 alone', () => {
    expect(summaryWords([figure({})])).toBe('FP32 only');
    expect(summaryWords([])).toBe('FP32 only');
  });
});

describe('a run that ended with a failed check', () => {
  const error = {
    code: 'target-missed',
    message: '0.5 points is not reached: best was 0.8.',
    remedy: 'Allow more.',
  };

  it('is nowhere called plainly done', () => {
    const missed = run({ state: 'done', error });
    expect(missedCheck(missed)).toEqual(error);
    expect(stateName(missed)).toBe('Check failed');
    expect(standingWords(missed)).toBe(error.message);
    expect(announcementOf(missed)).toBe(`parts: check failed. ${error.message}`);
  });

  it('is told apart from one that kept its demands', () => {
    expect(missedCheck(run({ state: 'done' }))).toBeNull();
    expect(stateName(run({ state: 'done' }))).toBe('Done');
  });
});

describe('words of a run that goes on', () => {
  it('rounds the time left so that it does not flicker', () => {
    expect(timeLeftWords(null)).toBe('');
    expect(timeLeftWords(0.2)).toBe('');
    expect(timeLeftWords(7.4)).toBe('about 7 s left');
    expect(timeLeftWords(43)).toBe('about 45 s left');
    expect(timeLeftWords(200)).toBe('about 3 min left');
  });

  it('tells how it stands', () => {
    expect(standingWords(run({}))).toBe('42 %, Calibrate, about 45 s left');
    expect(standingWords(run({ state: 'queued', queuePosition: 0 }))).toBe('Next in the queue');
    expect(standingWords(run({ state: 'queued', queuePosition: 2 }))).toBe('2 before it in the queue');
    expect(
      standingWords(run({ state: 'failed', error: { code: 'bad-input', message: 'No.', remedy: 'Do.' } })),
    ).toBe('No.');
  });

  it('is spoken in tenths, so that not every per cent is', () => {
    expect(announcementOf(run({ progress: 0.42 }))).toBe(announcementOf(run({ progress: 0.49 })));
    expect(announcementOf(run({ progress: 0.5 }))).toBe('parts: Calibrate, 50 per cent');
  });
});
