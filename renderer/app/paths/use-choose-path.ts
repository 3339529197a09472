/** `choosePath` for the host that the window is connected to. */

import { useCallback } from 'react';
import { useHost } from '../../connection/index.ts';
import { choosePath, type PathPurpose } from './choose-path.ts';

export function useChoosePath(): (purpose: PathPurpose) => Promise<string | null> {
  const { local } = useHost();
  return useCallback((purpose: PathPurpose) => choosePath(purpose, local), [local]);
}
