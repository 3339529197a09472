/** The window over a made-up host, one state for each `?state=`; served by `npx vite` at /app/testing/states.html. */

import { createRoot } from 'react-dom/client';
import '../../design/tokens.css';
import '../../design/base.css';
import { openConnection } from '../../connection/index.ts';
import { App } from '../app.tsx';
import { applyStoredTheme } from '../theme.ts';
import { fakeModel, fakeRun } from './fake-data.ts';
import { createFakeHost, type FakeHostOptions } from './fake-host.ts';

const models = [
  fakeModel(),
  fakeModel({
    id: 'model-2',
    path: '/data/models/traffic-yolov5s.onnx',
    name: 'traffic-yolov5s.onnx',
    bytes: 29_340_000,
    problems: [],
    dynamicBatch: true,
  }),
  fakeModel({
    id: 'model-3',
    path: '/data/models/old/rtdetr-l.onnx',
    name: 'rtdetr-l.onnx',
    bytes: 131_900_000,
  }),
  fakeModel({
    id: 'model-4',
    path: '/data/models/segmenter.onnx',
    name: 'segmenter.onnx',
    layout: 'none',
    layoutReason: 'Output mask is 1x21x512x512: no known detector writes that.',
    classNames: [],
    problems: [
      {
        severity: 'error',
        message: 'segmenter.onnx has no output that holds boxes.',
        remedy: 'Export the detector with its decoded outputs; segmentation models are not converted.',
      },
      {
        severity: 'warning',
        message: 'Opset 9 is older than quantization needs.',
        remedy: 'It is raised to 13 on conversion; export with opset 13 or later to be sure.',
      },
    ],
  }),
];

const states: Readonly<Record<string, FakeHostOptions>> = {
  empty: { models: [] },
  done: { models, runs: [fakeRun()] },
  busy: {
    models,
    runs: [
      fakeRun({
        id: 'run-2',
        state: 'running',
        progress: 0.43,
        step: 'Calibrating',
        secondsLeft: 75,
        figures: [],
      }),
      fakeRun(),
    ],
  },
  slow: { models, delayMs: 600_000 },
  large: { models, graphNodes: 520 },
};

const asked = new URLSearchParams(window.location.search).get('state') ?? 'done';
const host = createFakeHost(states[asked] ?? {});
if (asked === 'refused' || asked === 'unreachable') host.block(asked);
applyStoredTheme();
const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<App connection={openConnection(host.link)} />);
if (asked === 'cut') {
  setTimeout(() => {
    host.block('unreachable');
    host.cut();
  }, 1500);
}
