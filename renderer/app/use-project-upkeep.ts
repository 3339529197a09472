/** Keeps what all places share in step with the host: opens again what was open, follows runs, obeys the desktop. */

import { useEffect } from 'react';
import { useHost } from '../connection/index.ts';
import { useToasts } from '../design/index.ts';
import { desktopBridge } from './bridge.ts';
import { useNavigation } from './navigation.ts';
import { useProject } from './project-store.ts';
import { type RunSummary, useRuns } from './runs-store.ts';
import { logLine } from './window-log.ts';

/** Tells of a run that has ended, unless its own page is open. */
function tellOfRun(run: RunSummary): void {
  const { show } = useToasts.getState();
  const { go, place, params } = useNavigation.getState();
  if (place === 'convert' && params.run === run.id) return;
  if (run.state === 'done') {
    show({
      severity: 'ok',
      title: `${run.modelName} is converted.`,
      action: { label: 'Compare', onSelect: () => go('compare', { run: run.id }) },
    });
  } else if (run.state === 'failed' || run.state === 'interrupted') {
    show({
      severity: 'error',
      title: run.error?.message ?? `The conversion of ${run.modelName} was interrupted.`,
      text: run.error?.remedy ?? 'Repeat it from Convert.',
      action: { label: 'Show the run', onSelect: () => go('convert', { run: run.id }) },
    });
  }
}

export function useProjectUpkeep(): void {
  const { client, session } = useHost();
  useEffect(() => {
    logLine(`connected to host session ${session}`);
    void useProject.getState().reopen(client);
  }, [client, session]);
  useEffect(() => useRuns.getState().watch(client, tellOfRun), [client]);
  useEffect(() => {
    desktopBridge()?.onOpenPath((path) => {
      useNavigation.getState().go('models', {});
      void useProject.getState().openModel(client, path);
    });
  }, [client]);
  useEffect(() => {
    desktopBridge()?.onHostState((state) => {
      if (state.state !== 'restarted') return;
      useToasts.getState().show({
        severity: 'warning',
        title: 'The host was started anew.',
        text: `${state.reason} Runs that were in progress are marked as interrupted; repeat them from Convert.`,
      });
    });
  }, []);
}
