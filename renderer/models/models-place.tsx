/** The place for models: those opened lately, and everything about the one that is open. */

import { useMemo } from 'react';
import { type Command, useRegisterCommands } from '../app/commands.ts';
import { useNavigation } from '../app/navigation.ts';
import { useProject } from '../app/project-store.ts';
import { ModelIcon } from '../design/icons.tsx';
import { ModelFailed } from './model-failed.tsx';
import { ModelList } from './model-list.tsx';
import { ModelSkeleton } from './model-skeleton.tsx';
import { ModelView } from './model-view.tsx';

export function ModelsPlace() {
  const model = useProject((state) => state.model);
  const params = useNavigation((state) => state.params);
  useModelCommands(model !== null);
  if (model === null || params.view === 'recent') return <ModelList />;
  if (model.failure !== null) return <ModelFailed path={model.path} failure={model.failure} />;
  if (model.details === null) return <ModelSkeleton path={model.path} />;
  return <ModelView model={model.details} />;
}

function useModelCommands(isOpen: boolean): void {
  const commands = useMemo((): readonly Command[] => {
    const { go, setParams } = useNavigation.getState();
    const always: Command = {
      id: 'models:recent',
      title: 'Recent models',
      group: 'Models',
      icon: <ModelIcon />,
      run: () => go('models', { view: 'recent' }),
    };
    if (!isOpen) return [always];
    return [
      always,
      {
        id: 'models:overview',
        title: 'Overview of the model',
        group: 'Models',
        run: () => setParams({ view: null }),
      },
      {
        id: 'models:graph',
        title: 'Graph of the model',
        group: 'Models',
        keywords: ['nodes', 'layers', 'operators'],
        run: () => setParams({ view: 'graph' }),
      },
      {
        id: 'models:close',
        title: 'Close the model',
        group: 'Models',
        run: () => useProject.getState().closeModel(),
      },
    ];
  }, [isOpen]);
  useRegisterCommands(commands);
}
