/** The comparison's state as the place sees it: which run is shown, its report, and what the address says. */

import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { useNavigation } from '../app/navigation.ts';
import { type RunSummary, useRuns } from '../app/runs-store.ts';
import { useHost } from '../connection/index.ts';
import { chooseRun } from './choose-run.ts';
import { createReportStore, type LoadedReport, type ReportStore } from './report-store.ts';

export const comparisonTabs = [
  'overview',
  'pictures',
  'classes',
  'time',
  'calibration',
  'all-runs',
  'two-runs',
  'details',
] as const;
export type ComparisonTab = (typeof comparisonTabs)[number];

export interface Comparison {
  readonly runs: readonly RunSummary[];
  readonly runsLoaded: boolean;
  readonly run: RunSummary | null;
  readonly report: LoadedReport | undefined;
  readonly reports: ReportStore;
  readonly tab: ComparisonTab;
  readonly chooseRun: (id: string) => void;
  readonly chooseTab: (tab: ComparisonTab) => void;
}

/** A run's report, loaded when the run has one to show; asked for again when the run's state changes. */
export function useReport(store: ReportStore, run: RunSummary | null): LoadedReport | undefined {
  const reports = useStore(store.reports);
  const id = run?.id;
  const state = run?.state;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of state is the reason to ask again
  useEffect(() => {
    if (id !== undefined) void store.load(id);
  }, [store, id, state]);
  return id === undefined ? undefined : reports.get(id);
}

export function useComparison(): Comparison {
  const { client } = useHost();
  const runs = useRuns((state) => state.runs);
  const runsLoaded = useRuns((state) => state.loaded);
  const params = useNavigation((state) => state.params);
  const setParams = useNavigation((state) => state.setParams);
  const reports = useMemo(() => createReportStore(client), [client]);
  const run = chooseRun(runs, params.run);
  const report = useReport(reports, run);
  return {
    runs,
    runsLoaded,
    run,
    report,
    reports,
    tab: comparisonTabs.find((tab) => tab === params.tab) ?? 'overview',
    chooseRun: (id) => setParams({ run: id, image: null, against: null }),
    chooseTab: (tab) => setParams({ tab: tab === 'overview' ? null : tab }),
  };
}
