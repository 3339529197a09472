/** Answers what clients ask about models. Files are read and run in worker processes: a broken one harms nobody. */

import { availableParallelism } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { WorkQueue } from '../../../core/base/work-queue.ts';
import type { GraphOutput } from '../../../core/conversion/steps/graph.ts';
import { runStep } from '../../../core/conversion/worker/run-step.ts';
import type { ModelService, ServiceContext } from '../service.ts';
import { SharedResults } from '../shared-results.ts';
import { type ModelDetails, modelDetails } from './model-details.ts';
import { modelId, RecentModels } from './recent-models.ts';
import { type FileState, fileState, readSettled } from './settled-file.ts';

/** Dropping fifty files must not start fifty processes. */
const processesAtOnce = 2;
const detailsKept = 50;
/** A graph of 2,000 nodes is about a megabyte. */
const graphsKept = 8;

function keyOf(path: string, { bytes, modifiedMs }: FileState): string {
  return `${bytes} ${modifiedMs} ${path}`;
}

export function createModelService(context: ServiceContext): ModelService {
  const recent = new RecentModels(join(context.dataFolder, 'models', 'recent.json'));
  const details = new SharedResults<ModelDetails>(detailsKept);
  const graphs = new SharedResults<GraphOutput>(graphsKept);
  const queue = new WorkQueue(processesAtOnce);

  /** The file as the client named it (a link's own name, and what lies beside it), once the policy allows it. */
  const allowed = async (path: string): Promise<{ path: string; state: FileState }> => {
    await context.paths.check(path);
    const absolute = resolve(path);
    return { path: absolute, state: await fileState(absolute) };
  };

  const isPresent = (path: string): Promise<boolean> =>
    context.paths.check(path).then(
      () => true,
      () => false,
    );

  const inWorker = <T>(
    path: string,
    state: FileState,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    const either = AbortSignal.any([signal, context.signal]);
    return queue.run(either, () => readSettled(path, state, () => work(either)));
  };

  const inspect = async (path: string, state: FileState, signal: AbortSignal): Promise<ModelDetails> => {
    const found = await inWorker(path, state, signal, (stop) =>
      runStep(
        'inspect',
        {
          modelPath: path,
          batch: 1,
          threads: availableParallelism(),
          layout: 'auto',
          preprocessing: {},
        },
        { signal: stop },
      ),
    );
    return modelDetails(path, found);
  };

  return {
    procedures: {
      'models.open': async (params, call) => {
        const { path, state } = await allowed(params.path);
        const key = keyOf(path, state);
        const model = await details.get(key, call.signal, (signal) => inspect(path, state, signal));
        // External data files may change while the model itself does not.
        if (model.bytes !== state.bytes) details.forget(key);
        await recent.add({
          id: modelId(path),
          path,
          name: basename(path),
          bytes: model.bytes,
          openedAt: new Date().toISOString(),
        });
        return model;
      },
      'models.recent': async () => ({ models: await recent.list(isPresent) }),
      'models.forget': async ({ id }) => {
        await recent.forget(id);
        return {};
      },
      'models.graph': async (params, call) => {
        const { path, state } = await allowed(params.path);
        return await graphs.get(keyOf(path, state), call.signal, (signal) =>
          inWorker(path, state, signal, (stop) => runStep('graph', { modelPath: path }, { signal: stop })),
        );
      },
    },
  };
}
