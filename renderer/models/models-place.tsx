/** The place for models: those opened lately, and everything about the one that is open. */

import { useNavigation } from '../app/navigation.ts';
import { useProject } from '../app/project-store.ts';
import { ModelFailed } from './model-failed.tsx';
import { ModelList } from './model-list.tsx';
import { ModelSkeleton } from './model-skeleton.tsx';
import { ModelView } from './model-view.tsx';

export function ModelsPlace() {
  const model = useProject((state) => state.model);
  const view = useNavigation((state) => state.params.view);
  if (model === null || view === 'recent') return <ModelList />;
  if (model.failure !== null) return <ModelFailed path={model.path} failure={model.failure} />;
  if (model.details === null) return <ModelSkeleton path={model.path} />;
  return <ModelView model={model.details} />;
}
