import { describe, expect, it } from 'vitest';
import { chooseOther, chooseRun } from './choose-run.ts';
import { nextPosition } from './next-position.ts';
import type { RunSummary } from './report-parts.ts';
import { createReportStore } from './report-store.ts';
import { distinctLabel, runHint, runLabel } from './run-label.ts';
import { exampleReport } from './testing/example-report.ts';
import { detectionsOf, imagesOf, summaryOf } from './testing/example-runs.ts';
import { createFakeClient, FakeFailure } from './testing/fake-client.ts';
import { chooseSides } from './viewer/sides.ts';
import { createViewerStore } from './viewer/viewer-store.ts';

const report = exampleReport();
const run = summaryOf('run-1', report, '2026-03-14T10:15:00Z');
const details = { summary: run, specification: {}, log: [] };

describe('report store', () => {
  it('loads a report once, however often it is asked for', async () => {
    const client = createFakeClient({ 'runs.get': () => ({ ...details, report }) });
    const store = createReportStore(client);
    await Promise.all([store.load('run-1'), store.load('run-1')]);
    await store.load('run-1');
    expect(client.calls).toHaveLength(1);
    expect(store.reports.getState().get('run-1')).toEqual({ state: 'ready', report });
  });

  it('asks again for a report that was not there yet, and after a failure', async () => {
    let answer: () => typeof report | null = () => null;
    const store = createReportStore(
      createFakeClient({ 'runs.get': () => ({ ...details, report: answer() }) }),
    );
    await store.load('run-1');
    expect(store.reports.getState().get('run-1')).toEqual({ state: 'none' });
    answer = () => {
      throw new FakeFailure('It is damaged.', 'Repeat the run.');
    };
    await store.load('run-1');
    expect(store.reports.getState().get('run-1')).toEqual({
      state: 'failed',
      failure: { message: 'It is damaged.', remedy: 'Repeat the run.' },
    });
    answer = () => report;
    await store.load('run-1');
    expect(store.reports.getState().get('run-1')?.state).toBe('ready');
  });

  it('keeps three reports at most', async () => {
    const store = createReportStore(createFakeClient({ 'runs.get': () => ({ ...details, report }) }));
    for (const id of ['a', 'b', 'c', 'd']) await store.load(id);
    expect([...store.reports.getState().keys()]).toEqual(['b', 'c', 'd']);
  });
});

describe('viewer store', () => {
  const answers = {
    'runs.images': ({
      precision,
      offset,
      limit,
    }: {
      precision: 'fp32' | 'fp16' | 'int8';
      offset: number;
      limit: number;
    }) => ({ ...imagesOf(report, precision, offset, limit), total: 250 }),
    'runs.detections': ({ index }: { index: number }) => detectionsOf(report, index),
  };

  it('loads the pages that are looked at, once each', async () => {
    const client = createFakeClient(answers);
    const store = createViewerStore(client, 'run-1', 'int8');
    await store.show(0, 20);
    await store.show(5, 120);
    await store.show(90, 110);
    expect(client.calls.map(({ params }) => (params as { offset: number }).offset)).toEqual([0, 100]);
    expect(store.state.getState().total).toBe(250);
  });

  it('drops a page of an order that is no longer wanted', async () => {
    const store = createViewerStore(createFakeClient(answers, 5), 'run-1', 'int8');
    const late = store.show(0, 0);
    await store.order('fp16');
    await late;
    expect(store.state.getState().precision).toBe('fp16');
    expect([...store.state.getState().images.values()].every(({ lost }) => lost === 0)).toBe(true);
  });

  it('tells a failure and loads the page when asked again', async () => {
    let broken = true;
    const store = createViewerStore(
      createFakeClient({
        'runs.images': (params) => {
          if (broken) throw new FakeFailure('It is gone.', 'Repeat the run.');
          return answers['runs.images'](params);
        },
      }),
      'run-1',
      'int8',
    );
    await store.show(0, 0);
    expect(store.state.getState().failure?.remedy).toBe('Repeat the run.');
    broken = false;
    await store.show(0, 0);
    expect(store.state.getState().failure).toBeNull();
  });

  it('keeps the detections of the images seen last', async () => {
    const client = createFakeClient(answers);
    const store = createViewerStore(client, 'run-1', 'int8');
    for (let index = 0; index < 30; index++) await store.look(index);
    expect(store.state.getState().detections.size).toBe(24);
    await store.look(29);
    expect(client.calls).toHaveLength(30);
  });
});

describe('choice of runs', () => {
  const queued: RunSummary = { ...run, id: 'queued', figures: [], state: 'queued' };
  const other = { ...run, id: 'other', modelPath: '/other.onnx' };
  const same = { ...run, id: 'same' };

  it('shows the wanted run, else the newest with figures', () => {
    expect(chooseRun([queued, run], undefined)?.id).toBe('run-1');
    expect(chooseRun([queued, run], 'queued')?.id).toBe('queued');
    expect(chooseRun([queued, run], 'gone')?.id).toBe('run-1');
    expect(chooseRun([queued], undefined)).toBeNull();
  });

  it('holds a run of the same model against it before any other', () => {
    expect(chooseOther([run, other, same], run, undefined)?.id).toBe('same');
    expect(chooseOther([run, other, same], run, 'other')?.id).toBe('other');
    expect(chooseOther([run, queued], run, undefined)).toBeNull();
  });

  it('never puts the same precision on both sides', () => {
    expect(chooseSides(['fp32', 'fp16', 'int8'], undefined, undefined)).toEqual(['fp32', 'int8']);
    expect(chooseSides(['fp32', 'fp16', 'int8'], 'int8', 'int8')).toEqual(['int8', 'fp16']);
    expect(chooseSides(['fp32', 'int8'], 'fp16', 'fp32')).toEqual(['fp32', 'int8']);
  });

  it('labels a run by model and moment, and its year when that is another one', () => {
    const now = new Date('2027-01-02T00:00:00Z');
    expect(runLabel(run, new Date('2026-06-01T00:00:00Z'))).toMatch(/^parts \u00b7 14 Mar, \d\d:\d\d$/);
    expect(runLabel(run, now)).toMatch(/2026/);
    const twin = { ...run, id: 'twin', createdAt: '2026-03-14T10:15:40Z' };
    expect(distinctLabel(twin, [run, twin])).toMatch(/:40$/);
    expect(distinctLabel(run, [run])).not.toMatch(/:00$/);
    expect(runHint(run)).toBe('FP32, FP16, INT8');
    expect(runHint(queued)).toBe('waiting');
  });
});

describe('nextPosition', () => {
  it('moves within the list and starts before the first', () => {
    expect(nextPosition('ArrowDown', -1, 5, 3)).toBe(0);
    expect(nextPosition('ArrowUp', 0, 5, 3)).toBe(0);
    expect(nextPosition('PageDown', 1, 5, 3)).toBe(4);
    expect(nextPosition('End', 1, 5, 3)).toBe(4);
    expect(nextPosition('a', 1, 5, 3)).toBeNull();
    expect(nextPosition('ArrowDown', 0, 0, 3)).toBeNull();
  });
});
