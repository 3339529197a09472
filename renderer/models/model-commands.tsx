/** What the command palette offers for models, from every place. */

import { useEffect, useMemo } from 'react';
import { type Command, useRegisterCommands } from '../app/commands.ts';
import { useNavigation } from '../app/navigation.ts';
import { useProject } from '../app/project-store.ts';
import { useHost } from '../connection/index.ts';
import { ModelIcon } from '../design/icons.tsx';
import { useRecentModels } from './recent-models-store.ts';

/** Recent models in the palette; all of them are in the place itself. */
const mostRecent = 6;

function commandsOfOpenModel(): readonly Command[] {
  const { go } = useNavigation.getState();
  return [
    {
      id: 'models:overview',
      title: 'Overview of the model',
      group: 'Models',
      keywords: ['inputs', 'outputs', 'layout', 'classes'],
      run: () => go('models', {}),
    },
    {
      id: 'models:graph',
      title: 'Graph of the model',
      group: 'Models',
      keywords: ['nodes', 'layers', 'operators'],
      run: () => go('models', { view: 'graph' }),
    },
    {
      id: 'models:close',
      title: 'Close the model',
      group: 'Models',
      run: () => useProject.getState().closeModel(),
    },
  ];
}

export function useModelCommands(): void {
  const { client, session } = useHost();
  const isOpen = useProject((state) => state.model !== null);
  const openPath = useProject((state) => state.model?.path);
  const recent = useRecentModels((state) => state.models);
  const load = useRecentModels((state) => state.load);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another model or host has another list
  useEffect(() => void load(client), [client, session, load, openPath]);
  const commands = useMemo((): readonly Command[] => {
    const { go } = useNavigation.getState();
    const others = (recent ?? [])
      .filter(({ present, path }) => present && path !== openPath)
      .slice(0, mostRecent);
    return [
      {
        id: 'models:recent',
        title: 'Recent models',
        group: 'Models',
        icon: <ModelIcon />,
        run: () => go('models', { view: 'recent' }),
      },
      ...(isOpen ? commandsOfOpenModel() : []),
      ...others.map(({ id, name, path }) => ({
        id: `models:open:${id}`,
        title: `Open ${name}`,
        group: 'Models',
        keywords: [path],
        run: () => {
          go('models', {});
          void useProject.getState().openModel(client, path);
        },
      })),
    ];
  }, [client, isOpen, openPath, recent]);
  useRegisterCommands(commands);
}
