/**
 * Compare and Engines over made-up answers, one state for each `?state=`; served by `npx vite` at
 * /compare/testing/states.html. A report at /files/report.json, where there is one, takes the example's place.
 */

import { createRoot } from 'react-dom/client';
import { createStore } from 'zustand/vanilla';
import '../../design/tokens.css';
import '../../design/base.css';
import { reportSchema } from '../../../contract/report-schema.ts';
import { App } from '../../app/app.tsx';
import { applyStoredTheme } from '../../app/theme.ts';
import type { Connection, ConnectionData } from '../../connection/index.ts';
import type { Report, RunSummary } from '../report-parts.ts';
import { exampleReport } from './example-report.ts';
import { detectionsOf, engineOf, imagesOf, manyRuns, summaryOf } from './example-runs.ts';
import { ruinedReport, slowReport, withoutLabels } from './example-variants.ts';
import { createFakeClient, type FakeAnswers, FakeFailure } from './fake-client.ts';

async function givenReport(): Promise<Report> {
  try {
    const answer = await fetch('/files/report.json');
    const parsed = reportSchema.safeParse(await answer.json());
    return parsed.success ? parsed.data : exampleReport();
  } catch {
    return exampleReport();
  }
}

const report = await givenReport();
const unlabelled = withoutLabels(report);
const ruined = ruinedReport(report);
const slow = slowReport(report);

interface State {
  readonly runs: readonly RunSummary[];
  readonly reports: Readonly<Record<string, Report>>;
  readonly delayMs?: number;
  readonly broken?: boolean;
}

const at = (hour: number) => `2026-11-24T${String(hour).padStart(2, '0')}:12:00.000Z`;
const states: Readonly<Record<string, State>> = {
  empty: { runs: [], reports: {} },
  done: {
    runs: [summaryOf('run-1', report, at(11)), summaryOf('run-2', slow, at(9)), ...manyRuns(report, 14)],
    reports: { 'run-1': report, 'run-2': slow },
  },
  unlabelled: { runs: [summaryOf('run-1', unlabelled, at(11))], reports: { 'run-1': unlabelled } },
  ruined: { runs: [summaryOf('run-1', ruined, at(11))], reports: { 'run-1': ruined } },
  slow: { runs: [summaryOf('run-1', slow, at(11))], reports: { 'run-1': slow } },
  running: {
    runs: [
      {
        ...summaryOf('run-1', report, at(11)),
        state: 'running',
        figures: [],
        progress: 0.43,
        step: 'Calibrating: 41 of 96 images',
      },
    ],
    reports: {},
  },
  failed: {
    runs: [
      {
        ...summaryOf('run-1', report, at(11)),
        state: 'failed',
        figures: [],
        error: {
          code: 'out-of-memory',
          message: 'Evaluating INT8 needed more memory than this machine has.',
          remedy: 'Close other programs, or use a smaller batch.',
        },
      },
    ],
    reports: {},
  },
  loading: { runs: [summaryOf('run-1', report, at(11))], reports: { 'run-1': report }, delayMs: 600_000 },
  broken: { runs: [summaryOf('run-1', report, at(11))], reports: { 'run-1': report }, broken: true },
};

const asked = new URLSearchParams(window.location.search).get('state') ?? 'done';
const state = states[asked] ?? { runs: [], reports: {} };
const many = new URLSearchParams(window.location.search).get('engines') === 'many';
let removed = new Set<string>();

function reportOf(id: string): Report | null {
  if (state.broken)
    throw new FakeFailure('The report of this run is damaged.', 'Repeat the run to measure again.');
  return state.reports[id] ?? null;
}

const answers: FakeAnswers = {
  'runs.list': () => ({ runs: [...state.runs] }),
  'runs.get': ({ id }) => ({
    summary: state.runs.find((run) => run.id === id) ?? summaryOf(id, report, at(1)),
    specification: {},
    report: reportOf(id),
    log: [],
  }),
  'runs.images': ({ precision, offset, limit }) =>
    imagesOf(reportOf('run-1') ?? report, precision, offset, limit),
  'runs.detections': ({ index }) => detectionsOf(reportOf('run-1') ?? report, index),
  'engines.list': () => ({
    engines: Array.from({ length: many ? 40 : 1 }, (_, copy) =>
      state.runs.flatMap((run) => run.figures.map((figure) => engineOf(run, figure, copy))),
    )
      .flat()
      .filter(({ id }) => !removed.has(id)),
  }),
  'engines.verify': ({ id }) => ({
    whole: !id.endsWith('fp16'),
    files: [
      { file: 'parts.onnx', state: id.endsWith('fp16') ? 'changed' : 'same' },
      { file: 'parts.engine.json', state: 'same' },
    ],
  }),
  'engines.export': ({ to }) => ({ folder: to, files: ['parts.onnx', 'parts.engine.json', 'report.html'] }),
  'engines.remove': ({ id }) => {
    removed = new Set([...removed, id]);
    return {};
  },
  'engines.restore': ({ id }) => {
    removed.delete(id);
    return {};
  },
  'models.recent': () => ({ models: [] }),
};

const store = createStore<ConnectionData>(() => ({
  state: { phase: 'ready' },
  session: 'session-1',
  info: {
    version: '0.1.0',
    node: '24.21.0',
    platform: 'linux x64',
    hostName: 'gpu-box',
    roots: ['/data'],
    outputFolder: '/data/engines',
    filesUrl: '/files',
    uploadLimitBytes: 2e9,
  },
}));
const slowly = state.delayMs ?? 0;
const quick = createFakeClient(answers);
const client = createFakeClient(
  {
    ...answers,
  },
  slowly,
);
const connection: Connection = {
  store,
  // Runs are always there at once: it is their reports that take long.
  client: { ...client, call: (name, params) => (name === 'runs.list' ? quick : client).call(name, params) },
  kind: 'browser',
  retryNow: () => undefined,
  fail: () => undefined,
  close: () => undefined,
};
applyStoredTheme();
const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<App connection={connection} />);
