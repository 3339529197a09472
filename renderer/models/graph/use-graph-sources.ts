/** The graphs that can be looked at for a model, asked anew when a run of it ends. */

import { useEffect, useMemo, useState } from 'react';
import { useRuns } from '../../app/runs-store.ts';
import { useHost } from '../../connection/index.ts';
import { type Engine, type GraphSource, graphSources } from './graph-sources.ts';

export function useGraphSources(model: {
  readonly path: string;
  readonly sha256: string;
}): readonly GraphSource[] {
  const { client } = useHost();
  const runs = useRuns((state) => state.runs);
  const [engines, setEngines] = useState<readonly Engine[]>([]);
  const finished = runs.filter((run) => run.modelPath === model.path && run.figures.length > 0).length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another finished run means other engines
  useEffect(() => {
    const abort = new AbortController();
    client.call('engines.list', {}, { signal: abort.signal }).then(
      (answer) => setEngines(answer.engines),
      // Without the list the model's own graph is still there.
      () => undefined,
    );
    return () => abort.abort();
  }, [client, finished]);
  const { path, sha256 } = model;
  return useMemo(() => graphSources({ path, sha256 }, engines, runs), [path, sha256, engines, runs]);
}
