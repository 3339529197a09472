/** What stands in place of a model that could not be opened: the sentence, the remedy, and the ways on. */

import { useNavigation } from '../app/navigation.ts';
import { lastPart } from '../app/paths/path-words.ts';
import type { ShownFailure } from '../app/project-store.ts';
import { Button, Notice, PlaceHeader } from '../design/index.ts';
import styles from './model-view.module.css';
import { useOpenModel } from './use-open-model.ts';

export function ModelFailed({ path, failure }: { readonly path: string; readonly failure: ShownFailure }) {
  const { open, choose } = useOpenModel();
  const setParams = useNavigation((state) => state.setParams);
  return (
    <>
      <PlaceHeader
        title={lastPart(path)}
        description={<span className={styles.path}>{path}</span>}
        actions={<Button onClick={() => setParams({ view: 'recent' })}>Recent models</Button>}
      />
      <div className={styles.failed}>
        <Notice severity="error" title={failure.message} live>
          {failure.remedy}
        </Notice>
        <div className={styles.ways}>
          <Button variant="primary" onClick={choose}>
            Choose another model…
          </Button>
          <Button onClick={() => open(path)}>Try again</Button>
        </div>
      </div>
    </>
  );
}
