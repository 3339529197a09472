/** A model while the host reads it, in the shape that it will have. */

import { lastPart } from '../app/paths/path-words.ts';
import { Panel, PlaceHeader, Skeleton } from '../design/index.ts';
import styles from './model-view.module.css';

export function ModelSkeleton({ path }: { readonly path: string }) {
  return (
    <div aria-busy="true" role="status" aria-label={`Reading ${lastPart(path)}`}>
      <PlaceHeader title={lastPart(path)} description={<span className={styles.path}>{path}</span>} />
      <div className={styles.overview}>
        <div className={styles.figures}>
          {['size', 'parameters', 'nodes', 'opset', 'input'].map((key) => (
            <div key={key} className={styles.figureSkeleton}>
              <Skeleton width="50%" height="0.8rem" />
              <Skeleton width="75%" height="1.5rem" />
            </div>
          ))}
        </div>
        <div className={styles.columns}>
          <Panel>
            <Skeleton lines={6} height="1rem" />
          </Panel>
          <Panel>
            <Skeleton lines={6} height="1rem" />
          </Panel>
        </div>
      </div>
    </div>
  );
}
