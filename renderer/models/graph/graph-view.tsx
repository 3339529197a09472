/** The graph of the model or of one of its engines, with everything that is done to it. */

import { useCallback, useEffect, useRef } from 'react';
import { useNavigation } from '../../app/navigation.ts';
import type { ModelDetails } from '../../app/project-store.ts';
import { useHost } from '../../connection/index.ts';
import { Button, Notice, ProgressBar } from '../../design/index.ts';
import styles from './graph.module.css';
import { GraphCanvas } from './graph-canvas.tsx';
import { useGraph } from './graph-store.ts';
import { GraphToolbar } from './graph-toolbar.tsx';
import { NodePanel } from './node-panel.tsx';
import { useCamera } from './use-camera.ts';
import { useGraphSources } from './use-graph-sources.ts';

export function GraphView({ model }: { readonly model: ModelDetails }) {
  const { client } = useHost();
  const { params, setParams } = useNavigation();
  const sources = useGraphSources(model);
  const source = sources.find(({ path }) => path === params.graph) ?? sources[0];
  const { index, phase, show } = useGraph();
  const redraw = useRef<() => void>(() => undefined);
  const onChange = useCallback(() => redraw.current(), []);
  const camera = useCamera(index, onChange);
  const searchField = useRef<HTMLInputElement>(null);

  const path = source?.path ?? model.path;
  const sha256 = source?.sha256 ?? model.sha256;
  useEffect(() => void show(client, { path, sha256 }), [client, path, sha256, show]);
  useEffect(() => {
    // A drawing that has its size already looks at the new graph from its first view.
    if (index !== null && camera.canvas.current.width > 0) camera.start();
  }, [index, camera]);

  return (
    <div className={styles.graph}>
      <GraphToolbar
        sources={sources}
        source={path}
        onSource={(chosen) => setParams({ graph: chosen === model.path ? null : chosen })}
        camera={camera}
        searchField={searchField}
      />
      <div className={styles.stage}>
        {phase === 'ready' && index !== null ? (
          <>
            <GraphCanvas
              name={model.name}
              index={index}
              camera={camera}
              redraw={redraw}
              onSearch={() => searchField.current?.focus()}
            />
            <NodePanel index={index} camera={camera} />
          </>
        ) : (
          <GraphWaiting onRetry={() => void show(client, { path, sha256 })} />
        )}
      </div>
    </div>
  );
}

function GraphWaiting({ onRetry }: { readonly onRetry: () => void }) {
  const { phase, failure } = useGraph();
  if (phase === 'failed' && failure !== null) {
    return (
      <div className={styles.waiting}>
        <Notice
          severity="error"
          title={failure.message}
          live
          action={
            <Button size="small" onClick={onRetry}>
              Try again
            </Button>
          }
        >
          {failure.remedy}
        </Notice>
      </div>
    );
  }
  const words = phase === 'laying-out' ? 'Laying the graph out' : 'Reading the graph';
  return (
    <div className={styles.waiting} role="status">
      <p>{words}…</p>
      <ProgressBar label={words} value={null} />
    </div>
  );
}
