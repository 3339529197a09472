/** Opens a model by path or by asking for one. */

import { useCallback } from 'react';
import { useNavigation } from '../app/navigation.ts';
import { useChoosePath } from '../app/paths/use-choose-path.ts';
import { useProject } from '../app/project-store.ts';
import { useHost } from '../connection/index.ts';

export interface OpenModel {
  readonly open: (path: string) => void;
  readonly choose: () => Promise<void>;
}

export function useOpenModel(): OpenModel {
  const { client } = useHost();
  const choosePath = useChoosePath();
  const openModel = useProject((state) => state.openModel);
  const go = useNavigation((state) => state.go);
  const open = useCallback(
    (path: string) => {
      go('models', {});
      void openModel(client, path);
    },
    [client, go, openModel],
  );
  const choose = useCallback(async () => {
    const path = await choosePath('model');
    if (path !== null) open(path);
  }, [choosePath, open]);
  return { open, choose };
}
