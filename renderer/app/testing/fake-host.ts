/** A host of made-up models and runs, spoken to through the real protocol: for unit tests and for looking at states. */

import type { Handlers } from '../../../contract/rpc/handlers.ts';
import type { Transport } from '../../../contract/rpc/messages.ts';
import { serveTransport } from '../../../contract/rpc/server.ts';
import type { HostLink } from '../../connection/index.ts';
import {
  fakeModel,
  fakeRun,
  fakeSet,
  folderOfModels,
  type ImageSet,
  type ModelDetails,
  type RunSummary,
} from './fake-data.ts';
import { fakeGraph } from './fake-graph.ts';
import { transportPair } from './transport-pair.ts';

export interface FakeHostOptions {
  readonly models?: readonly ModelDetails[];
  readonly runs?: readonly RunSummary[];
  readonly session?: string;
  /** Nodes of every model's graph. */
  readonly graphNodes?: number;
  /** Milliseconds that each answer takes. */
  readonly delayMs?: number;
}

class FakeFailure extends Error {
  readonly code = 'bad-input';
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

/** Emits values until the signal aborts, then ends. */
async function* standing<T>(values: readonly T[], signal: AbortSignal): AsyncIterable<T> {
  yield* values;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function fakeHandlers({
  models = [fakeModel()],
  runs = [],
  graphNodes = 233,
  delayMs = 0,
}: FakeHostOptions): Handlers {
  const wait = () => new Promise<void>((resolve) => setTimeout(resolve, delayMs));
  const forgotten = new Set<string>();
  const sets = new Map<string, ImageSet>();
  const unknown = (what: string) => new FakeFailure(`There is no ${what}.`, 'Choose another one.');
  const setOf = (id: string) => {
    const set = sets.get(id);
    if (set === undefined) throw unknown(`image set ${id}`);
    return set;
  };
  const runOf = (id: string) => {
    const run = runs.find((candidate) => candidate.id === id);
    if (run === undefined) throw unknown(`run ${id}`);
    return run;
  };
  return {
    procedures: {
      'host.info': async () => ({
        version: '0.1.0',
        node: '24.21.0',
        platform: 'linux x64',
        hostName: 'gpu-box',
        roots: ['/data'],
        outputFolder: '/data/engines',
        filesUrl: '/files',
        uploadLimitBytes: 2_000_000_000,
      }),
      'host.doctor': async () => {
        await wait();
        return {
          checks: [
            { name: 'Node', state: 'ok', detail: '24.21.0', remedy: null },
            { name: 'CPU', state: 'ok', detail: 'AMD EPYC 7B13, 8 cores, avx2', remedy: null },
            {
              name: 'INT8 instructions',
              state: 'warning',
              detail: 'avx2 without avx512_vnni',
              remedy: 'INT8 gains less here than on a CPU with VNNI; figures do not predict a GPU.',
            },
            {
              name: 'TensorRT',
              state: 'missing',
              detail: 'no libnvinfer was found',
              remedy: 'Install TensorRT 10 or name its folder with --target-lib.',
            },
          ],
        };
      },
      'host.listFolder': async ({ path }) => {
        await wait();
        if (path !== null && !path.startsWith('/data')) {
          throw new FakeFailure(
            `${path} lies outside of the folders that this host shows.`,
            'Choose a folder below /data.',
          );
        }
        const present = path ?? '/data';
        const names: readonly (readonly [string, 'folder' | 'model' | 'image' | 'labels', number | null])[] =
          present === '/data'
            ? [
                ['engines', 'folder', null],
                ['images', 'folder', null],
                ['models', 'folder', null],
              ]
            : present === folderOfModels
              ? [
                  ['parts-yolov8n.onnx', 'model', 12_842_176],
                  ['traffic-yolov5s.onnx', 'model', 29_340_000],
                ]
              : [];
        return {
          path: present,
          parent: present === '/data' ? null : present.slice(0, present.lastIndexOf('/')),
          entries: names.map(([name, kind, bytes]) => ({ name, kind, bytes, path: `${present}/${name}` })),
        };
      },
      'models.open': async ({ path }) => {
        await wait();
        const model = models.find((candidate) => candidate.path === path);
        if (model === undefined) {
          throw new FakeFailure(`${path} does not exist.`, 'Check the path, or choose the model again.');
        }
        return model;
      },
      'models.recent': async () => {
        await wait();
        return {
          models: models
            .filter(({ id }) => !forgotten.has(id))
            .map(({ id, path, name, bytes }, index) => ({
              id,
              path,
              name,
              bytes,
              openedAt: new Date(Date.parse('2026-11-23T10:00:00Z') - index * 90_000_000).toISOString(),
              present: index !== 2,
            })),
        };
      },
      'models.forget': async ({ id }) => {
        forgotten.add(id);
        return {};
      },
      'models.graph': async ({ path }) => {
        await wait();
        return fakeGraph(graphNodes, path.includes('int8') ? 'int8' : path.includes('fp16') ? 'fp16' : null);
      },
      'images.open': async ({ source, labels }) => {
        const set = fakeSet(source, labels);
        sets.set(set.id, set);
        return set;
      },
      'images.page': async ({ set, offset, limit }) => {
        const { files } = setOf(set);
        const count = Math.max(0, Math.min(limit, files - offset));
        return {
          total: files,
          items: Array.from({ length: count }, (_, index) => ({
            index: offset + index,
            file: `${String(offset + index).padStart(6, '0')}.jpg`,
            state: 'ok' as const,
            reason: null,
            width: 640,
            height: 480,
            labels: null,
          })),
        };
      },
      'images.boxes': async () => ({ boxes: [] }),
      'images.statistics': async () => ({
        boxes: 0,
        classes: [],
        boxSizes: { edges: [0, 1], counts: [0] },
        imageSizes: [],
      }),
      'images.pick': async ({ count }) => ({
        indices: Array.from({ length: count }, (_, index) => index),
        reason: 'They spread over all of the set.',
        listFile: '/data/picked.txt',
      }),
      'images.close': async () => ({}),
      'runs.submit': async () => fakeRun({ id: 'run-new', state: 'queued', progress: 0, figures: [] }),
      'runs.list': async () => ({ runs: [...runs] }),
      'runs.get': async ({ id }) => ({ summary: runOf(id), specification: {}, report: null, log: [] }),
      'runs.cancel': async () => ({}),
      'runs.repeat': async ({ id }) => runOf(id),
      'runs.remove': async () => ({}),
      'runs.command': async () => ({ command: 'engineroom convert model.onnx --out engines' }),
      'runs.images': async () => ({ total: 0, items: [] }),
      'runs.detections': async ({ id }) => ({
        file: runOf(id).modelName,
        width: 640,
        height: 480,
        classNames: [],
        precisions: [],
        labels: null,
      }),
      'engines.list': async () => ({ engines: [] }),
      'engines.verify': async () => ({ whole: true, files: [] }),
      'engines.export': async ({ to }) => ({ folder: to, files: [] }),
      'engines.remove': async () => ({}),
      'engines.restore': async () => ({}),
    },
    streams: {
      'images.watch': ({ set }, { signal }) => standing([setOf(set)], signal),
      'runs.watch': (_, { signal }) => standing(runs, signal),
      'runs.follow': (_, { signal }) => standing([], signal),
    },
  };
}

export interface FakeHost {
  readonly link: HostLink;
  /** Ends the present connection, as a network that goes away would. */
  cut(): void;
  /** From now on nobody answers (`unreachable`), or the token is wrong (`refused`), or all is well again (null). */
  block(why: 'refused' | 'unreachable' | null): void;
}

export function createFakeHost(options: FakeHostOptions = {}): FakeHost {
  const handlers = fakeHandlers(options);
  let present: Transport | null = null;
  let blocked: 'refused' | 'unreachable' | null = null;
  return {
    link: {
      kind: 'browser',
      open(onTransport) {
        const [near, far] = transportPair();
        present = near;
        if (blocked === null) {
          serveTransport(far, handlers, { version: '0.1.0', session: options.session ?? 'session-1' });
        } else {
          setTimeout(() => far.close(), 0);
        }
        onTransport(near);
      },
      diagnose: async () => blocked ?? 'unreachable',
    },
    cut: () => present?.close(),
    block: (why) => {
      blocked = why;
    },
  };
}
