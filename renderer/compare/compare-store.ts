/** What the comparison knows: all runs, kept up to date, and the reports of those that are shown. */

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { HostClient } from '../../contract/procedures/index.ts';
import { newestFirst } from './choose-run.ts';
import type { Report, RunSummary } from './report-parts.ts';

export interface Trouble {
  readonly message: string;
  readonly remedy: string;
}

export type LoadedReport =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly report: Report }
  /** The run has none: it waits, runs, failed early or was cancelled. */
  | { readonly state: 'none' }
  | { readonly state: 'failed'; readonly trouble: Trouble };

export interface CompareState {
  /** Null until the host has answered. */
  readonly runs: readonly RunSummary[] | null;
  readonly trouble: Trouble | null;
  readonly reports: ReadonlyMap<string, LoadedReport>;
}

export interface CompareStore {
  readonly state: StoreApi<CompareState>;
  /** Lists the runs and follows their changes until the returned function is called. */
  watch(): () => void;
  /** Loads a run's report unless it is there or on its way. */
  load(id: string): Promise<void>;
  /** Loads a report again after a failure. */
  reload(id: string): Promise<void>;
}

/** Reports hold every sample and histogram, some megabytes for a large model: the two compared and one to go back to. */
const keptReports = 3;

/** The words of whatever a call threw, with what to do about it. */
export function troubleOf(error: unknown): Trouble {
  if (typeof error === 'object' && error !== null && 'message' in error) {
    const remedy = 'remedy' in error && typeof error.remedy === 'string' ? error.remedy : '';
    return { message: String(error.message), remedy };
  }
  return { message: String(error), remedy: '' };
}

export function createCompareStore(client: HostClient): CompareStore {
  const state = createStore<CompareState>()(() => ({ runs: null, trouble: null, reports: new Map() }));

  const keep = (id: string, loaded: LoadedReport): void => {
    const reports = new Map(state.getState().reports);
    reports.delete(id);
    reports.set(id, loaded);
    for (const oldest of reports.keys()) {
      if (reports.size <= keptReports) break;
      reports.delete(oldest);
    }
    state.setState({ reports });
  };

  const fetchReport = async (id: string): Promise<void> => {
    keep(id, { state: 'loading' });
    try {
      const { report } = await client.call('runs.get', { id });
      keep(id, report ? { state: 'ready', report } : { state: 'none' });
    } catch (error) {
      keep(id, { state: 'failed', trouble: troubleOf(error) });
    }
  };

  const receive = (summary: RunSummary): void => {
    const before = state.getState().runs ?? [];
    const known = before.find(({ id }) => id === summary.id);
    state.setState({ runs: newestFirst([summary, ...before.filter(({ id }) => id !== summary.id)]) });
    // A report that was not there may have come with the end of the run.
    const loaded = state.getState().reports.get(summary.id);
    if (known && known.state !== summary.state && loaded && loaded.state !== 'ready') void fetchReport(summary.id);
  };

  const list = async (): Promise<void> => {
    try {
      const { runs } = await client.call('runs.list', {});
      state.setState({ runs: newestFirst(runs), trouble: null });
    } catch (error) {
      state.setState({ trouble: troubleOf(error) });
    }
  };

  return {
    state,
    watch() {
      void list();
      return client.listen('runs.watch', {}, receive, (error) => {
        if (error) state.setState({ trouble: error });
      });
    },
    async load(id) {
      const loaded = state.getState().reports.get(id);
      if (loaded === undefined) await fetchReport(id);
    },
    reload: fetchReport,
  };
}
