/** The reports of the runs that are being compared, loaded once each. */

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { HostClient } from '../../contract/procedures/index.ts';
import { type ShownFailure, shownFailure } from '../app/project-store.ts';
import type { Report } from './report-parts.ts';

export type LoadedReport =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly report: Report }
  /** The run has none: it waits, runs, failed early or was cancelled. */
  | { readonly state: 'none' }
  | { readonly state: 'failed'; readonly failure: ShownFailure };

export interface ReportStore {
  /** By run. */
  readonly reports: StoreApi<ReadonlyMap<string, LoadedReport>>;
  /** Loads a run's report unless it is there or on its way; asks again after `none` and after a failure. */
  load(run: string): Promise<void>;
}

/** Reports hold every sample and histogram, some megabytes for a large model: the two compared and one to go back to. */
const keptReports = 3;

export function createReportStore(client: HostClient): ReportStore {
  const reports = createStore<ReadonlyMap<string, LoadedReport>>()(() => new Map());

  const keep = (run: string, loaded: LoadedReport): void => {
    const next = new Map(reports.getState());
    next.delete(run);
    next.set(run, loaded);
    for (const oldest of next.keys()) {
      if (next.size <= keptReports) break;
      next.delete(oldest);
    }
    reports.setState(next, true);
  };

  return {
    reports,
    async load(run) {
      const present = reports.getState().get(run)?.state;
      if (present === 'ready' || present === 'loading') return;
      keep(run, { state: 'loading' });
      try {
        const { report } = await client.call('runs.get', { id: run });
        keep(run, report ? { state: 'ready', report } : { state: 'none' });
      } catch (error) {
        keep(run, { state: 'failed', failure: shownFailure(error) });
      }
    },
  };
}
