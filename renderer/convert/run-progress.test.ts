import { describe, expect, it } from 'vitest';
import { exampleReport } from '../compare/testing/example-report.ts';
import { afterEvent, noProgress, type RunProgress } from './run-progress.ts';
import type { RunEvent } from './run-types.ts';

const steps = [
  { id: 'prepare', title: 'Prepare', weight: 0.2 },
  { id: 'calibrate', title: 'Calibrate', weight: 0.5 },
  { id: 'report', title: 'Report', weight: 0.3 },
];
const started: RunEvent = { type: 'run-started', run: 'r', steps };
const progress = (step: string, value: number, stepValue: number): RunEvent => ({
  type: 'progress',
  step,
  value,
  stepValue,
  description: 'image 3 of 9',
  secondsLeft: 12,
});
const note: RunEvent = {
  type: 'note',
  precision: 'int8',
  note: { severity: 'warning', code: 'x', message: 'Slow.', tip: 'Use more threads.' },
};
const replay = (...events: RunEvent[]): RunProgress => events.reduce(afterEvent, noProgress);
const states = (view: RunProgress) => view.steps.map(({ state }) => state);

describe('afterEvent', () => {
  it('plans, runs and finishes steps', () => {
    const view = replay(
      started,
      { type: 'step-started', step: 'prepare', title: 'Prepare' },
      { type: 'step-finished', step: 'prepare', seconds: 1.25 },
      { type: 'step-started', step: 'calibrate', title: 'Calibrate' },
      progress('calibrate', 0.4, 0.4),
    );
    expect(states(view)).toEqual(['done', 'running', 'waiting']);
    expect(view.steps[1]).toMatchObject({ value: 0.4, description: 'image 3 of 9' });
    expect(view).toMatchObject({ value: 0.4, secondsLeft: 12, finished: false });
    expect(view.log).toEqual(['run r started', 'Prepare', '  done in 1.3 s', 'Calibrate']);
  });

  it('sees which steps were passed over', () => {
    const view = replay(started, { type: 'step-started', step: 'report', title: 'Report' });
    expect(states(view)).toEqual(['skipped', 'skipped', 'running']);
  });

  it('keeps notes and writes them into the log', () => {
    const view = replay(started, note);
    expect(view.notes).toEqual([note]);
    expect(view.log[1]).toBe('  INT8, warning: Slow. Use more threads.');
  });

  it('stops at an error, with its remedy', () => {
    const view = replay(started, progress('prepare', 0.1, 0.5), {
      type: 'error',
      code: 'disk-full',
      message: 'The disk is full.',
      remedy: 'Free 2 GB.',
    });
    expect(states(view)).toEqual(['stopped', 'waiting', 'waiting']);
    expect(view).toMatchObject({
      finished: true,
      secondsLeft: null,
      failure: { code: 'disk-full', message: 'The disk is full.', remedy: 'Free 2 GB.' },
    });
  });

  it('keeps what a report says in words, also after a demand that was missed', () => {
    const report = exampleReport();
    const missed: RunEvent = {
      type: 'error',
      code: 'target-missed',
      message: 'Not reached.',
      remedy: 'Try more.',
    };
    const view = replay(started, missed, { type: 'report', path: '/r.json', htmlPath: '/r.html', report });
    expect(view).toMatchObject({ finished: true, value: 1, failure: { code: 'target-missed' } });
    expect(view.verdicts?.map(({ precision }) => precision)).toEqual(['fp16', 'int8']);
    expect(view.verdicts?.[1]?.sentence).toContain('2.1 times faster');
    expect(JSON.stringify(view)).not.toContain('samples');
  });

  it('starts over with a run that starts over', () => {
    expect(replay(started, note, progress('prepare', 0.1, 0.5), started)).toEqual(replay(started));
  });
});
